"""What is told of the camera: where it cannot be, how fast it is, what it shows that no one filmed."""

import pytest

from tests.edit.conftest import box
from tests.edit.lint.conftest import FAR, about, ball, findings_of


@pytest.mark.parametrize(
    "move",
    [
        {"type": "orbit", "around": "bunny", "degrees": 24},
        {"type": "dolly", "distance_m": 0.5},
        {"type": "pan", "degrees": -12},
    ],
)
def test_an_ordinary_shot_has_no_findings(animated, move):
    assert findings_of(animated([move])) == ()


def test_a_camera_below_the_ground_is_told_with_its_frames(animated):
    keys = [{"at": 10, "position_m": [0, 1, 0]}, {"at": 20, "position_m": [0, -1, 0]}, {"at": 21}]
    found = findings_of(animated([{"type": "keyframes", "keys": keys, "curve": "linear"}]))
    assert "the camera is below the ground (y = 0) at frames 16-20" in found


def test_a_camera_inside_an_entity_is_told(animated):
    keys = [{"at": 0}, {"at": 5, "position_m": [0.5, 0.3, -3]}, {"at": 6}]
    found = findings_of(animated([{"type": "keyframes", "keys": keys, "curve": "hold"}]))
    assert "the camera is inside bunny at frame 5" in found


def test_a_camera_in_the_box_round_a_mesh_but_not_in_the_mesh_is_left_alone(told):
    ways = {"corner": [0.55, 0.2, 0.55], "middle": [0.1, 0.9, 0.1]}
    found = {
        where: told(
            {"planet": (ball(1.0), (0, 0, 0))},
            [{"type": "keyframes", "keys": [{"at": 0, "position_m": [x * 1.6, y * 0.5, z * 1.6]}]}],
        )
        for where, (x, y, z) in ways.items()
    }
    assert not about(found["corner"], "inside")
    assert about(found["middle"], "the camera is inside planet at frames 0-40")


def test_a_camera_inside_something_hidden_is_left_alone(animated):
    keys = [{"at": 0}, {"at": 5, "position_m": [0.5, 0.3, -3]}, {"at": 6}]
    hidden = {"bunny": [{"type": "hide", "from": 4, "to": 7}]}
    assert not about(findings_of(animated([{"type": "keyframes", "keys": keys, "curve": "hold"}], hidden)), "inside")


def test_a_camera_that_rushes_is_told_once_and_not_for_each_entity(told):
    things = {"one": FAR, "two": (box(), (1, 0, -5))}
    rush = {"type": "pan", "degrees": 60, "from": 10, "to": 20, "ease": "linear"}
    found = told(things, [rush])
    assert len(about(found, "too fast")) == 1
    assert about(found, "the camera is too fast for 16 fps at frames 11-20")


def test_a_camera_that_turns_a_little_less_than_that_is_left_alone(told):
    """Of a picture of 45 degrees, 8 % of the width are between 3.2 and 3.8 degrees."""
    slow, fast = ([{"type": "pan", "degrees": 40 * step, "ease": "linear"}] for step in (3.1, 4.2))
    assert not about(told({"one": FAR}, slow), "too fast")
    assert about(told({"one": FAR}, fast), "the camera is too fast", "frames 1-40")


def test_a_camera_that_leaves_what_the_clip_shows_is_told(animated):
    found = findings_of(animated([{"type": "pan", "degrees": 60}]))
    assert about(found, "beyond what the clip shows at frames", "-40: at frame ", "100% of the background")


def test_a_lens_that_shows_the_clips_pixels_is_told(animated):
    tele = [{"type": "keyframes", "keys": [{"at": 0}, {"at": 40, "fov_deg": 5}]}]
    assert about(findings_of(animated(tele)), "too close for the clip's pixels at frames", "-40", "at frame 40")


def test_the_shortest_shots_are_looked_at_too(animated):
    assert findings_of(animated(frames=1)) == ()
    assert findings_of(animated(frames=1, entities={})) == ()
    assert findings_of(animated(frames=2, edits={"bunny": [{"type": "remove"}], "crate.1": [{"type": "remove"}]})) == ()
