"""What captions say of entities that are moved, turned and changed."""

import re

import pytest

from r2s2r.spec.captions import caption
from tests.spec.captions.conftest import TWIN, keys
from tests.spec.conftest import HEAD


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
    ("turned", "edit", "expected"),
    [
        ("[0, 180, 0]", "{type: deform, bend_deg: 60, towards_deg: 90}", "bends about sixty degrees to the left."),
        ("[0, 90, 0]", "{type: spin, degrees: 90, axis: x}", "tips about ninety degrees to the right."),
        ("[90, 0, 0]", "{type: spin, degrees: 90, axis: x}", "tips about ninety degrees."),
    ],
)
def test_sides_are_the_cameras_however_an_entity_is_turned(draft, turned, edit, expected):
    head = HEAD.replace("40]}}", f"40]}}, place: {{rotate_deg: {turned}}}}}")
    assert expected in draft(f"edits: {{bunny: [{edit}]}}", head)


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
