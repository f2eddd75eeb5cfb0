"""Captions: drafted from the scene in plain sentences that say what moves, what stays still, and the camera."""

import re
from pathlib import Path

import numpy as np
import pytest

from r2s2r.spec.captions import caption, speaks_of_camera
from r2s2r.spec.captions.nouns import Noun
from r2s2r.spec.captions.words import degrees, listed, metres, number
from r2s2r.spec.load import load_scene

HEAD = """\
version: 1
name: test
source: {clip: clip.mp4}
entities:
  bunny: {select: {box_px: [1, 2, 30, 40]}}
"""
TWIN = HEAD + "  twin: {copy: bunny, place: {move_m: [0.9, 0, -1.6]}}\n"


@pytest.fixture
def draft(load):
    """Returns the caption of shot ``a``, written in flow style."""

    def run(shot, head=HEAD):
        scene = load(f"shots: {{a: {{{shot}}}}}\n", head=head)
        return caption(scene, scene.shots["a"])

    return run


def keys(*written, more=""):
    return f"edits: {{bunny: [{{type: transform, keys: [{', '.join(written)}]}}]}}{more}"


def test_a_written_prompt_is_left_as_it_is(draft):
    assert draft("prompt: ' a rabbit,  by itself '") == " a rabbit,  by itself "


def test_the_demos_captions():
    scene = load_scene(Path(__file__).parents[2] / "scenes" / "bunny.yaml")
    orbit, hop = (caption(scene, scene.shots[name]) for name in ("orbit", "hop"))
    assert "The camera slowly orbits to the right around the " in orbit
    assert "by about twenty-five degrees, showing more and more of the right-hand side." in orbit
    assert "and the surroundings stay in place, neither moving nor turning; only the camera moves." in orbit
    assert "second" not in orbit
    assert "farther back to the right" in hop
    assert "hops about forty centimetres to the right, turning about forty-five degrees counterclockwise" in hop
    assert "then hops back to the start, turning back as well, and then stays there." in hop
    assert "The camera slowly dollies in by about forty centimetres." in hop
    assert all(50 <= len(text.split()) <= 120 for text in (orbit, hop))


def test_descriptions_are_used(draft):
    head = HEAD.replace("{clip: clip.mp4}", "{clip: clip.mp4, description: A sunlit meadow before a cave.}")
    head = head.replace("40]}}", "40]}, description: a fat grey rabbit with long ears}")
    text = draft("camera: [{type: pan, degrees: -10}]", head)
    assert text.startswith(
        "The video shows a fat grey rabbit with long ears. The setting is a sunlit meadow before a cave. "
        "The camera slowly pans to the left by about ten degrees. The fat grey rabbit and the surroundings stay "
    )


@pytest.mark.parametrize("camera", ["", "camera: [{type: static}]", "camera: [{type: pan, degrees: 0}]"])
def test_a_static_camera_is_said_to_be_static(draft, camera):
    text = draft(camera)
    assert "The camera is static and neither moves nor turns." in text
    assert "The bunny and the background stay perfectly still throughout, neither moving nor turning." in text


@pytest.mark.parametrize(
    ("moves", "expected"),
    [
        ("{type: orbit, around: bunny, degrees: -90}", "orbits to the left around the bunny by about ninety"),
        ("{type: orbit, around: bunny, degrees: 180}", "orbits to .*eighty degrees, showing the other side"),
        ("{type: orbit, around: bunny, degrees: 360}", "quickly orbits to the right all the way around the bunny"),
        ("{type: orbit, around: [0, 1, -3], degrees: 20}", "orbits to the right around a fixed point by"),
        ("{type: dolly, distance_m: -1}", "slowly dollies out by about a metre"),
        ("{type: dolly, distance_m: 2, towards: bunny}", "dollies in towards the bunny by about two metres"),
        ("{type: pan, degrees: 30}", "slowly pans to the right by about thirty degrees"),
        (
            "{type: dolly, distance_m: 1, to: 50%}, {type: pan, degrees: 90, from: 50%}",
            "The camera first dollies in by about a metre and then pans to the right by about ninety degrees",
        ),
        (
            "{type: orbit, around: bunny, degrees: 30}, {type: dolly, distance_m: 1}",
            "slowly orbits to the right around the bunny by about thirty degrees, dollying in by about a metre",
        ),
        (
            "{type: pan, degrees: 30, from: 40%, to: 60%}",
            "The camera first stays static, then pans to the right by about thirty degrees, and then comes to rest",
        ),
        (
            "{type: keyframes, keys: [{at: 0}, {at: 76, position_m: [1, 1.6, 0]}]}",
            "The camera slowly moves about a metre to the right",
        ),
        (
            "{type: keyframes, keys: [{at: 0}, {at: 76, position_m: [0, 1.6, -3], look_at: bunny}]}",
            "The camera moves about three metres forward, turning to look at the bunny",
        ),
        (
            "{type: keyframes, keys: [{at: 0, look_at: bunny}, {at: 76, position_m: [0, 3.6, 0], look_at: bunny}]}",
            "The camera moves about two metres upward, keeping the bunny in view",
        ),
        (
            "{type: keyframes, keys: [{at: 0}, {at: 76, rotate_deg: [20, -10, 0], fov_deg: 30}]}",
            "The camera pans about ten degrees to the left, tilting about twenty degrees up and zooming in",
        ),
        (
            "{type: dolly, distance_m: 1, to: 9}, {type: keyframes, keys: [{at: 20}, {at: 76, position_m: [1, 1, 0]}]}",
            "dollies in by .* then moves to another place",
        ),
        (
            "{type: tilt, degrees: -5}",
            "The camera slowly tilts down by about five degrees",
        ),
        (
            "{type: roll, degrees: 6}",
            "The camera slowly rolls clockwise by about six degrees",
        ),
        (
            "{type: zoom, factor: 1.5}",
            "The camera slowly zooms in",
        ),
        (
            "{type: zoom, focal_mm: 20}",
            "zooms out",
        ),
        (
            "{type: zoom, fov_deg: 20, to: 50%}, {type: zoom, fov_deg: 40, from: 50%}",
            "first zooms in and then zooms out",
        ),
        (
            "{type: dolly_zoom, distance: 0.4x, to: 50%}, {type: zoom, fov_deg: 40, from: 50%}",
            "then zooms to another focal length",
        ),
        (
            "{type: dolly, distance: -0.3x, towards: bunny}",
            "The camera slowly dollies out from the bunny",
        ),
        (
            "{type: truck, distance_m: -0.4}",
            "slowly trucks to the left by about forty centimetres",
        ),
        (
            "{type: pedestal, distance_m: 0.5}",
            "slowly rises straight up by about half a metre",
        ),
        (
            "{type: crane, distance: 0.5x, relative_to: size}",
            "cranes up, tilting down to keep the bunny in place",
        ),
        (
            "{type: crane, distance_m: -1}",
            "cranes down by about a metre, tilting up to keep the bunny in place",
        ),
        (
            "{type: arc, around: bunny, degrees: 15, rise_deg: 10}",
            "arcs to the right around the bunny by about fifteen degrees, rising above it",
        ),
        (
            "{type: arc, around: bunny, rise_deg: -30}",
            "arcs down around the bunny by about thirty degrees",
        ),
        (
            "{type: spiral, around: bunny, degrees: -40, radius: 0.8x, rise_m: 0.3}",
            "spirals to the left around the bunny by about forty degrees, coming closer and rising by about thirty",
        ),
        (
            "{type: dolly_zoom, distance: 0.4x}",
            "dollies in, zooming out to keep the bunny at the same size",
        ),
        (
            "{type: handheld}",
            "The camera sways slightly as if held by hand",
        ),
        (
            "{type: look_at, target: bunny, from: 1s}",
            "first stays static, then turns to look at the bunny, and then comes to rest",
        ),
        (
            "{type: truck, distance_m: 1}, {type: look_at, target: bunny}",
            "trucks to the right by about a metre, keeping the bunny in view",
        ),
        (
            "{type: path, relative: true, aim: along, points: [[0, 0, 0], [1, 0, -1], [1, 0, -2]]}",
            "moves along a curve about two metres forward and to the right, looking where it goes",
        ),
        (
            "{type: path, closed: true, relative: true, points: [[0, 0, 0], [1, 0, -1], [1, 0, -2]]}",
            "moves along a curve and back to where it began",
        ),
        (
            "{type: keyframes, curve: hold, keys: [{at: 0}, {at: 2s, position_m: [1, 1, 0]}]}",
            "then jumps to another view",
        ),
        (
            "{type: keyframes, keys: [{at: 0, orientation_wxyz: [0, 1, 0, 0]}, "
            "{at: 76, orientation_wxyz: [0, 0.966, -0.259, 0]}]}",
            "rolls about thirty degrees clockwise",
        ),
        (
            "{type: keyframes, keys: [{at: 0, orientation_wxyz: [0, 1, 0, 0]}, "
            "{at: 76, orientation_wxyz: [0, 0.966, 0, 0.259]}]}",
            "pans about thirty degrees to the right",
        ),
        (
            "{type: dolly, distance: 0.4x}, {type: arc, around: bunny, degrees: 20}, {type: static, from: 60%}, "
            "{type: handheld}",
            "first slowly dollies in, arcing to the right around the bunny, and then stays there, all the while",
        ),
        (
            "{type: pan, degrees: 10, to: 40%}, {type: tilt, degrees: 5, from: 50%}, {type: truck, distance_m: 1}",
            "all the while trucking to the right by about a metre",
        ),
    ],
)  # fmt: skip
def test_camera_moves_are_told(draft, moves, expected):
    text = draft(f"camera: [{moves}]")
    assert re.search(expected, text), text
    assert "only the camera moves" in text


def test_a_camera_that_follows_says_so(draft):
    camera = ", camera: [{type: keyframes, keys: [{at: 0, look_at: bunny}, {at: 76, look_at: bunny}]}]"
    text = draft(keys("{at: 0}", "{at: 76, move_m: [2, 0, 0]}", more=camera))
    assert "The camera keeps the bunny in view." in text
    assert "only the bunny and the camera move." in text


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (["{at: 0}", "{at: 76, move_m: [-2, 0, 0]}"], "The bunny moves about two metres to the left."),
        (["{at: 0}", "{at: 76, move_m: [0, 0, 1]}"], "The bunny slowly moves about a metre towards the camera."),
        (["{at: 0}", "{at: 76, move_m: [1, 0, -1]}"], "moves about one and a half metres to the right and away from"),
        (["{at: 0}", "{at: 76, move_m: [0, 0.5, 0]}"], "The bunny slowly rises about half a metre."),
        (["{at: 0}", "{at: 38, move_m: [0, 1, 0]}", "{at: 76}"], "The bunny hops on the spot."),
        (["{at: 0}", "{at: 38, move_m: [0, -1, 0]}", "{at: 76}"], "sinks about a metre and then rises back"),
        (["{at: 0}", "{at: 76, rotate_deg: [0, 90, 0]}"], "turns about ninety degrees counterclockwise as"),
        (["{at: 0}", "{at: 40, rotate_deg: [0, -170, 0]}", "{at: 76, rotate_deg: [0, -340, 0]}"], "hundred and forty"),
        (["{at: 0}", "{at: 40, rotate_deg: [0, -179, 0]}", "{at: 76, rotate_deg: [0, -358, 0]}"], "once all the way"),
        (["{at: 0}", "{at: 76, rotate_deg: [30, 0, 0]}"], "tips about thirty degrees towards the camera"),
        (["{at: 0}", "{at: 76, rotate_deg: [0, 0, -30]}"], "tips about thirty degrees to the right"),
        (["{at: 0}", "{at: 76, scale: 2}"], "grows to about twice the size"),
        (["{at: 0}", "{at: 76, scale: 0.5}"], "shrinks to about half the size"),
        (["{at: 0}", "{at: 76, scale: [1, 2, 1]}"], "stretches upwards"),
        (["{at: 50%}", "{at: 76, move_m: [3, 0, 0]}"], "first stays still and then moves about three metres"),
        (["{at: 0}", "{at: 30, move_m: [1, 0, 0]}", "{at: 76}"], "to the right and then moves back to the start"),
        (["{at: 0}", "{at: 76, position_m: [1, 0, -3]}"], "The bunny moves to another place."),
        (["{at: 0, position_m: [0, 0, -3]}", "{at: 76, position_m: [2, 0, -3]}"], "moves about two metres to the"),
    ],
)  # fmt: skip
def test_entities_moves_are_told(draft, written, expected):
    text = draft(keys(*written))
    assert re.search(expected, text), text
    assert "The background stays perfectly still; only the bunny moves." in text


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        (
            "{type: path, relative: true, orient: true, points: [[0, 0, 0], [0.3, 0, 0.2], [0.6, 0, 0]]}",
            "moves along a curve about sixty centimetres to the right, turning with the curve",
        ),
        (
            "{type: path, relative: true, closed: true, points: [[0, 0, 0], [1, 0, 0], [1, 0, 1]]}",
            "moves along a curve and back to the start",
        ),
        (
            "{type: spin, turns: 2}",
            "spins twice on the spot counterclockwise as seen from above",
        ),
        (
            "{type: spin, degrees: 90, axis: x}",
            "tips about ninety degrees towards the camera",
        ),
        (
            "{type: spin, turns: -1, axis: z}",
            "tumbles over to the right",
        ),
        (
            "{type: bounce, height: 0.3x, times: 3, decay: 0.3}",
            "bounces up and down three times, lower each time",
        ),
        (
            "{type: look_at, target: [0, 1, 5], from: 1s}",
            "first stays still, then turns to face a fixed point, and then stays there",
        ),
        (
            "{type: transform, keys: [{at: 0, move_m: [0, 1, 0]}]}, {type: drop, from: 0.5s, bounce: 0.3}",
            "then falls straight down to the ground, bouncing a few times, and then stays there",
        ),
        (
            "{type: scale, factor: 1.5}",
            "grows by about half",
        ),
        (
            "{type: scale, height_m: 2}",
            "changes size to about two metres in height",
        ),
        (
            "{type: deform, bend_deg: 25, twist_deg: 40}",
            "bends about twenty-five degrees towards the camera, twisting around the upright axis by about forty",
        ),
        (
            "{type: deform, squash: 0.7, taper: 0.5}",
            "flattens, narrowing towards the top",
        ),
        (
            "{type: spin, turns: 3}, "
            "{type: transform, keys: [{at: 0}, {at: 1s, move_m: [1, 0, 0]}, {at: 2s, move_m: [1, 0, 0]}, {at: 76}]}",
            "all the while spinning three times on the spot",
        ),
    ],
)
def test_other_edits_of_entities_are_told(draft, edits, expected):
    text = draft(f"edits: {{bunny: [{edits}]}}")
    assert expected in text
    assert "The background stays perfectly still; only the bunny moves." in text


@pytest.mark.parametrize(
    "edits",
    ["{type: drop}", "{type: look_at, target: camera}", "{type: follow, target: camera}", "{type: spin, turns: 0}"],
)
def test_edits_that_change_nothing_in_the_shot_are_no_move(draft, edits):
    assert "The bunny and the background stay perfectly still throughout" in draft(f"edits: {{bunny: [{edits}]}}")


def test_what_goes_along_moves_only_with_what_it_follows(draft):
    edits = "edits: {twin: [{type: follow, target: bunny}]"
    assert "only the camera moves" in draft(
        f"{edits}}}, camera: [{{type: follow, target: twin}}, {{type: pan, degrees: 9}}]", TWIN
    )
    path = "bunny: [{type: path, relative: true, points: [[0, 0, 0], [1, 0, 0]]}]"
    text = draft(f"{edits}, {path}}}, camera: [{{type: follow, target: twin}}]", TWIN)
    assert "The second bunny moves along with the first bunny." in text
    assert "The camera follows the second bunny at the same distance." in text
    assert "only the first bunny, the second bunny and the camera move." in text


def test_what_looks_at_a_camera_that_travels_turns(draft):
    edits = ", edits: {bunny: [{type: look_at, target: camera}]}"
    assert "The bunny turns to keep facing the camera." in draft(f"camera: [{{type: truck, distance_m: 1}}]{edits}")
    assert "keep facing" not in draft(f"camera: [{{type: pan, degrees: 9}}]{edits}")


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


def test_a_motion_taken_from_another_shot_is_told(load):
    text = """\
    shots:
      a: {edits: {twin: [{type: motion, of: bunny, shot: b}]}}
      b: {edits: {bunny: [{type: spin, turns: 2}]}}
    """
    scene = load(text, head=TWIN)
    told = caption(scene, scene.shots["a"])
    assert "The second bunny spins on the spot counterclockwise" in told
    assert "The first bunny and the background stay perfectly still" in told


def test_nothing_is_said_of_what_a_file_may_move(draft, folder):
    (folder / "moved.usda").write_bytes(b"usd")
    text = draft("animation: {file: moved.usda}")
    assert "The camera moves along a planned path. The surroundings stay in place. " in text
    assert "only" not in text


@pytest.mark.parametrize(
    "written", [["{at: 0, move_m: [1, 0, 0]}"], ["{at: 0}", "{at: 9}"], ["{at: 0}", "{at: 9, move_m: [0, 0.001, 0]}"]]
)
def test_keys_that_change_nothing_in_the_shot_are_no_move(draft, written):
    assert "The bunny and the background stay perfectly still throughout" in draft(keys(*written))


def test_several_edits_of_one_entity_are_told_as_one(draft):
    move = "{type: transform, keys: [{at: 0}, {at: 76, move_m: [1, 0, 0]}]}"
    text = draft(f"edits: {{bunny: [{move}, {move}]}}")
    assert "The bunny moves about two metres to the right." in text


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


@pytest.mark.parametrize(
    ("name", "full", "later", "many"),
    [
        ("bunny", "a bunny", "the bunny", False),
        ("oak_tree2", "an oak tree", "the oak tree", False),
        ("old.oak-tree", "an old oak tree", "the old oak tree", False),
        ("trees", "trees", "the trees", True),
        ("glass", "a glass", "the glass", False),
        ("people", "people", "the people", True),
        ("Anna", "Anna", "Anna", False),
        ("r2d2", "a r2d2", "the r2d2", False),
        ("chair_01", "a chair", "the chair", False),
    ],
)
def test_names_become_nouns(name, full, later, many):
    noun = Noun.from_name(name)
    assert (noun.full, noun.known, noun.many) == (full, later, many)


@pytest.mark.parametrize(
    ("written", "full", "later", "second", "many"),
    [
        ("a fat grey rabbit", "a fat grey rabbit", "the fat grey rabbit", "a second fat grey rabbit", False),
        ("A cup of coffee. ", "a cup of coffee", "the cup", "a second cup", False),
        ("the red car, parked", "the red car, parked", "the red car", "a second red car", False),
        ("old wooden chair", "an old wooden chair", "the old wooden chair", "a second old wooden chair", False),
        ("two old friends", "two old friends", "the old friends", "more old friends", True),
        ("Big Buck Bunny", "Big Buck Bunny", "Big Buck Bunny", "a second Big Buck Bunny", False),
        ("her dog on a lead", "her dog on a lead", "her dog", "a second dog", False),
        (
            "a black\n and white cow",
            "a black and white cow",
            "the black and white cow",
            "a second black and white cow",
            False,
        ),
        ("with", "a with", "the with", "a second with", False),
    ],
)
def test_descriptions_become_nouns(written, full, later, second, many):
    noun = Noun.from_description(written)
    assert (noun.full, noun.known, noun.many) == (full, later, many)
    assert noun.another(2) == second


def test_amounts_are_words():
    assert [number(n) for n in (0, 7, 19, 20, 42, 100, 345, 1000)] == [
        "no", "seven", "nineteen", "twenty", "forty-two", "one hundred", "three hundred and forty-five", "1000",
    ]  # fmt: skip
    assert [degrees(d) for d in (0.4, -5, 24, 358, 722, 540)] == [
        "about one degree", "about five degrees", "about twenty-five degrees", "once all the way round",
        "twice all the way round", "about five hundred and forty degrees",
    ]  # fmt: skip
    assert [metres(m) for m in (0.03, 0.2, -0.52, 1.1, 1.5, 2.4)] == [
        "a few centimetres", "about twenty centimetres", "about half a metre", "about a metre",
        "about one and a half metres", "about two metres",
    ]  # fmt: skip
    assert [listed(items) for items in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]


def _random_scene(rng):
    """Return entities and shot of a scene with more going on than anyone would write."""
    between = rng.uniform

    def choose(items):
        return items[rng.integers(len(items))]

    names = [f"{choose(['chair', 'red_box', 'Anna', 'people'])}{number}" for number in range(choose([0, 1, 2, 5, 12]))]

    def vector(size):
        return [round(choose([0, between(-size, size)]), 2) for _ in range(3)]

    def move():
        target = choose(names) if names else "[0, 1, -3]"
        span = f"from: {choose([0, 20, 40])}%, to: {choose([50, 80, 100])}%"
        camera_keys = ", ".join(
            f"{{at: {share}%, {choose([f'position_m: {vector(3)}', f'look_at: {target}', 'fov_deg: 30'])}}}"
            for share in (0, 20, 45, 70, 100)
        )
        return choose(
            [
                f"{{type: orbit, around: {target}, degrees: {between(-400, 400):.1f}, {span}}}",
                f"{{type: dolly, distance_m: {between(-3, 3):.2f}, {span}}}",
                f"{{type: pan, degrees: {between(-90, 90):.1f}, {span}}}",
                f"{{type: keyframes, keys: [{camera_keys}]}}",
                f"{{type: arc, around: {target}, degrees: {between(-90, 90):.1f}, rise_deg: 20, {span}}}",
                f"{{type: spiral, around: {target}, degrees: {between(-90, 90):.1f}, radius: 0.6x, rise_m: 1, {span}}}",
                f"{{type: dolly_zoom, distance: {between(-1, 1):.2f}x, subject: {target}, {span}}}",
                f"{{type: crane, distance_m: {between(-1, 1):.2f}, subject: {target}, {span}}}",
                f"{{type: path, relative: true, aim: along, points: [[0, 0, 0], {vector(2)}, [1, 1, 1]]}}",
                f"{{type: look_at, target: {target}, {span}}}",
                f"{{type: handheld, amount: {between(0.5, 9):.1f}}}",
                f"{{type: static, {span}}}",
            ]
        )

    def edit():
        entity_keys = ", ".join(
            f"{{at: {share}%, move_m: {vector(1)}, rotate_deg: {vector(40)}, scale: {choose([1, 1.5, 0.4])}}}"
            for share in (0, 20, 45, 70, 100)
        )
        removal = f"{{type: remove, from: {choose([0, 30])}%, to: {choose([50, 100])}%}}"
        others = [
            f"{{type: spin, turns: {between(-3, 3):.1f}, axis: {choose(['x', 'y', 'z'])}}}",
            "{type: bounce, height_m: 1, times: 4, decay: 0.5, squash: 0.2, from: 30%}",
            "{type: look_at, target: [0, 1, 5], from: 20%, to: 70%}",
            "{type: scale, factor: [1, 2, 1], from: 10%}",
            "{type: deform, bend_deg: 30, twist_deg: 400, squash: 0.5, taper: 2, to: 60%}",
            f"{{type: path, relative: true, orient: true, points: [[0, 0, 0], {vector(2)}, [1, 1, 1]]}}",
            "{type: hide, from: 40%, to: 60%}",
        ]
        return choose([removal, f"{{type: transform, keys: [{entity_keys}]}}", *others])

    entities = "".join(f"  {name}: {{select: {{box_px: [1, 2, 3, 4]}}}}\n" for name in names)
    edits = ", ".join(f"{name}: [{edit()}, {edit()}]" for name in names if rng.random() < 0.7)
    camera = ", ".join(move() for _ in range(choose([0, 1, 2, 4])))
    head = "version: 1\nname: t\nsource: {clip: clip.mp4}\n" + (f"entities:\n{entities}" if entities else "")
    return head, f"frames: {choose([40, 77, 300])}, camera: [{camera}], edits: {{{edits}}}"


@pytest.mark.parametrize("seed", range(60))
def test_a_caption_is_whole_sentences_of_30_to_120_words_that_speak_of_the_camera(draft, seed):
    head, shot = _random_scene(np.random.default_rng(seed))
    text = draft(shot, head)
    assert 30 <= len(text.split()) <= 120, text
    assert speaks_of_camera(text)
    assert re.fullmatch(r"([A-Z][^.]*[a-z]\.)( [A-Z][^.]*[a-z]\.)*", text), text
    assert not re.search(r"  | [.,;]|,,|\bnan\b|\d", text), text
    assert draft(shot, head) == text


@pytest.mark.parametrize("frames", [1, 2])
def test_the_shortest_shots_have_captions(draft, frames):
    text = draft(f"frames: {frames}, camera: [{{type: pan, degrees: 9}}], edits: {{bunny: [{{type: remove, to: 0}}]}}")
    assert len(text.split()) >= 30


@pytest.mark.parametrize(
    "text",
    ["The camera is static.", "slow orbit around a car", "a wide SHOT of it", "dollying in", "zoomed out", "hand-held",
     "panning left", "Kamerafahrt", "la cámara gira", "la caméra tourne", "камера движется", "镜头缓慢环绕"],
)  # fmt: skip
def test_prompts_that_speak_of_the_camera(text):
    assert speaks_of_camera(text)


@pytest.mark.parametrize("text", ["a panda eats", "a rabbit in the sun", "campaign pancakes", "an orbital station", ""])
def test_prompts_that_do_not(text):
    assert not speaks_of_camera(text)


def test_a_camera_that_follows_the_clips_is_told_so(draft):
    head = HEAD.replace("clip: clip.mp4", "clip: clip.mp4, camera: {solve: sfm}")
    assert "The camera moves as in the original footage" in draft("camera: [{type: source}]", head)
    assert "backwards" in draft("camera: [{type: source, speed: -1}]", head)
    assert "original footage" not in draft("camera: [{type: source}]"), "a camera that stands is not followed"


MOVING = HEAD.replace("40]}}", "40]}, motion: keep}")


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        ("", "The bunny moves as in the original footage."),
        ("{type: motion, speed: 2}", "The bunny moves as in the original footage, but faster."),
        ("{type: motion, speed: -0.5}", "moves as in the original footage, but backwards and more slowly."),
        (
            "{type: transform, keys: [{at: 0}, {at: 76, move_m: [1, 0, 0]}]}",
            "The bunny moves as in the original footage, moving about a metre to the right",
        ),
    ],
)
def test_what_moves_by_itself_is_told(draft, edit, expected):
    text = draft(f"edits: {{bunny: [{edit}]}}", MOVING)
    assert expected in text
    assert "only the bunny moves" in text


@pytest.mark.parametrize("edit", ["{type: motion, of: none}", "{type: motion, speed: 0}"])
def test_a_motion_that_is_taken_away_is_not_told(draft, edit):
    text = draft(f"edits: {{bunny: [{edit}]}}", MOVING)
    assert "footage" not in text
    assert "The bunny and the background stay perfectly still" in text


def test_another_that_moves_alike_is_told(draft):
    head = MOVING + "  crate: {copy: bunny, description: a crate, place: {move_m: [2, 0, 0]}}\n"
    text = draft("edits: {crate: [{type: motion, of: bunny}]}", head)
    assert "The crate moves just as the bunny does." in text
