"""Whom captions speak of: who is in the shot, who comes and goes, who is called what."""

import re

import pytest

from tests.spec.captions.conftest import TWIN
from tests.spec.conftest import HEAD


def test_descriptions_are_used(draft):
    head = HEAD.replace("{clip: clip.mp4}", "{clip: clip.mp4, description: A sunlit meadow before a cave.}")
    head = head.replace("40]}}", "40]}, description: a fat grey rabbit with long ears}")
    text = draft("camera: [{type: pan, degrees: -10}]", head)
    assert text.startswith(
        "The video shows a fat grey rabbit with long ears. The setting is a sunlit meadow before a cave. "
        "The camera slowly pans to the left by about ten degrees. The fat grey rabbit and the surroundings stay "
    )


def test_assets_have_a_place_of_their_own_to_start_from(draft, folder):
    (folder / "crate.glb").write_bytes(b"glb")
    head = HEAD + "  crate: {asset: crate.glb, place: {position_m: [1, 0, -3]}}\n"
    text = draft("edits: {crate: [{type: transform, keys: [{at: 0}, {at: 76, position_m: [-1, 0, -3]}]}]}", head)
    assert "The crate moves about two metres to the left." in text
    assert (
        "The bunny and the background stay perfectly still, neither moving nor turning; only the crate moves." in text
    )


def test_copies_are_told_from_their_original(draft):
    text = draft("edits: {twin: [{type: transform, keys: [{at: 0}, {at: 76, move_m: [0, 0, 2]}]}]}", TWIN)
    assert text.startswith("The video shows a bunny and a second bunny farther back to the right.")
    assert "The second bunny moves about two metres towards the camera." in text
    assert "The first bunny and the background stay perfectly still" in text


RING = HEAD + "  crate: {copy: bunny, description: a wooden box, copies: {ring: {count: 6, radius_m: 1}}}\n"


def test_copies_that_do_the_same_are_told_as_one(draft):
    text = draft("edits: {crate.*: [{type: bounce, height_m: 1, times: 2}]}", RING)
    assert "a bunny, a wooden box and six more wooden boxes in a ring around it." in text
    assert "The other wooden boxes bounce up and down twice." in text
    assert "only the other wooden boxes move." in text
    apart = draft("edits: {crate.2: [{type: spin, turns: 1}]}", RING)
    assert "The seventh" not in apart
    assert "five more wooden boxes" in apart
    assert "second wooden box spins once" in apart


def test_what_takes_an_entitys_place_is_named(draft, folder):
    for name in ("dog.glb", "old_chair.glb"):
        (folder / name).write_bytes(b"glb")
    walking = draft("edits: {bunny: [{type: replace, asset: dog.glb}, {type: animate, clip: Walk_loop}]}")
    assert walking.startswith("The video shows a dog. The dog keeps walking.")
    described = draft("edits: {bunny: [{type: replace, asset: old_chair.glb, description: a red armchair}]}")
    assert described.startswith("The video shows a red armchair.")


@pytest.mark.parametrize("gone", ["bunny", "twin"])
def test_what_is_removed_for_the_whole_shot_is_not_mentioned(draft, gone):
    text = draft(f"edits: {{{gone}: [{{type: remove}}]}}", TWIN)
    assert text.startswith("The video shows a bunny. ")
    assert "second" not in text
    assert "first" not in text


@pytest.mark.parametrize(
    ("removed", "expected"),
    [
        ("{type: remove, from: 50%}", "The second bunny disappears halfway through."),
        ("{type: remove, from: 70}", "The second bunny disappears shortly before the end."),
        ("{type: remove, to: 50%}", "A second bunny farther back to the right appears halfway through."),
        ("{type: remove, from: 30%, to: 60%}", "second bunny first disappears about a third .* and then comes back."),
        (
            "{type: remove, from: 10, to: 20}, {type: remove, from: 40, to: 50}, {type: remove, from: 70, to: 71}",
            "The second bunny comes and goes.",
        ),
        ("{type: remove, from: 40}, {type: remove, to: 50}", None),
        ("{type: remove, from: 0.5, to: 76}", "The second bunny disappears shortly after the start."),
    ],
)
def test_what_appears_and_disappears_is_told(draft, removed, expected):
    text = draft(f"edits: {{twin: [{removed}]}}", TWIN)
    assert ("second" in text) is (expected is not None)
    assert re.search(expected or "", text), text


def test_a_move_after_an_entity_is_gone_is_not_told(draft):
    edits = "[{type: remove, from: 50%}, {type: transform, keys: [{at: 60%}, {at: 76, move_m: [1, 0, 0]}]}]"
    text = draft(f"edits: {{twin: {edits}}}", TWIN)
    assert "The second bunny disappears halfway through." in text
    assert "metre" not in text
