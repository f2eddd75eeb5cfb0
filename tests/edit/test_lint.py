"""Lint: what an author is told of before anything is rendered."""

from r2s2r.artifacts.animation import Animation


def _findings(folder):
    return Animation.load(folder).facts.findings


def test_an_ordinary_shot_has_no_findings(animated):
    assert _findings(animated([{"type": "orbit", "around": "bunny", "degrees": 24}])) == ()


def test_a_camera_below_the_ground_is_told_with_its_frames(animated):
    keys = [{"at": 10, "position_m": [0, 1, 0]}, {"at": 20, "position_m": [0, -1, 0]}, {"at": 21}]
    found = _findings(animated([{"type": "keyframes", "keys": keys, "curve": "linear"}]))
    assert found == ("the camera is below the ground (y = 0) at frames 16-20",)


def test_a_camera_inside_an_entity_is_told(animated):
    keys = [{"at": 0}, {"at": 5, "position_m": [0.5, 0.3, -3]}, {"at": 6}]
    found = _findings(animated([{"type": "keyframes", "keys": keys, "curve": "hold"}]))
    assert "the camera is inside the box round bunny at frames 5" in found


def test_an_entity_that_is_never_in_the_picture_is_told(animated):
    away = {"type": "transform", "keys": [{"at": 0, "position_m": [50, 0, -3]}]}
    assert _findings(animated([], {"crate.1": [away]})) == ("crate.1 is outside the picture for the whole shot",)
    behind = {"type": "transform", "keys": [{"at": 0, "position_m": [0, 0, 9]}]}
    assert _findings(animated([], {"crate.1": [behind]})) == ("crate.1 is outside the picture for the whole shot",)


def test_a_removed_entity_is_not_missed(animated):
    away = {"type": "transform", "keys": [{"at": 0, "position_m": [50, 0, -3]}]}
    assert _findings(animated([], {"crate.1": [away, {"type": "remove"}]})) == ()
