"""Static, follow, look_at: a camera that holds, to a moment, to an entity, to a direction."""

import numpy as np
import pytest

from r2s2r.errors import InputError
from r2s2r.geometry.camera import look_at_rotation
from tests.edit.pictures import BUNNY_M, GHOST_M, lean_deg, pixels, state

TRUCK = {"type": "truck", "distance_m": 4, "ease": "linear"}
SPIN = {"bunny": [{"type": "spin", "degrees": 90, "ease": "linear"}]}
FINE = np.arange(0, 40.01, 1 / 8)


def test_a_static_camera_stays_as_it_was_at_its_start_until_its_end(shoot):
    still = shoot(TRUCK, {"type": "static", "from": 10, "to": 30, "blend_s": 0})
    moving = shoot(TRUCK)
    inside = (np.arange(41) >= 10) & (np.arange(41) <= 30)
    np.testing.assert_array_equal(state(still)[inside], np.tile(state(moving)[10], (21, 1)))
    np.testing.assert_array_equal(state(still)[~inside], state(moving)[~inside])


def test_a_static_camera_stops_and_goes_on_softly_along_its_way(shoot):
    path = shoot(TRUCK, {"type": "static", "from": 8, "to": 36}, at=FINE)
    x, rest = path.eye_m[:, 0], (FINE >= 16) & (FINE <= 28)
    assert np.ptp(state(path)[rest], axis=0).max() == 0
    # Half of the time it takes to stop is gone when it stands: nothing is run past and come back to.
    np.testing.assert_allclose(x[rest], 0.1 * 12, atol=1e-9)
    assert np.diff(x).min() > -1e-12
    speeds = np.diff(x) * 8
    assert np.abs(np.diff(speeds)).max() < 0.04


def test_static_alone_holds_the_shots_first_frame(shoot):
    path = shoot({"type": "orbit", "around": "bunny", "degrees": 90}, TRUCK, {"type": "static"})
    np.testing.assert_array_equal(state(path), np.tile(state(shoot())[0], (41, 1)))


def test_following_keeps_the_entity_in_place_in_the_picture(shoot):
    path = shoot({"type": "follow", "target": "ghost"})
    shown = pixels(path, GHOST_M)
    assert np.abs(shown - shown[0]).max() < 1e-6
    np.testing.assert_array_equal(path.rotation, shoot().rotation)


def test_following_begins_and_ends_where_it_says(shoot):
    path = shoot({"type": "follow", "target": "ghost", "from": 10, "to": 30})
    expected = np.clip(np.arange(41) - 10, 0, 20) * 0.1
    np.testing.assert_allclose(path.eye_m[:, 0], expected, atol=1e-12)


def test_a_late_follower_starts_and_stops_softly_and_comes_as_far(shoot):
    path = shoot({"type": "follow", "target": "ghost", "from": 8, "to": 24, "lag_s": 0.5}, at=FINE)
    x = path.eye_m[:, 0]
    assert x[FINE <= 8].max() == 0
    np.testing.assert_allclose(x[FINE >= 32], 1.6, atol=1e-12)
    inside = (FINE >= 16) & (FINE <= 24)
    np.testing.assert_allclose(x[inside], 0.1 * (FINE[inside] - 8 - 4), atol=1e-12)
    assert np.abs(np.diff(np.diff(x) * 8)).max() < 0.002, "its speed does not jump"


def test_following_turns_with_the_entity_on_request(shoot):
    move = {"type": "follow", "target": "bunny"}
    np.testing.assert_array_equal(state(shoot(move, edits=SPIN)), state(shoot()))
    path = shoot({**move, "turn": True}, edits=SPIN)
    around = shoot({"type": "orbit", "around": "bunny", "degrees": 90, "ease": "linear"})
    np.testing.assert_allclose(state(path), state(around), atol=1e-9)


def test_a_late_follower_counts_full_turns(shoot):
    spin = {"bunny": [{"type": "spin", "degrees": 720, "ease": "linear"}]}
    path = shoot({"type": "follow", "target": "bunny", "turn": True, "lag_s": 0.25}, edits=spin)
    around = shoot({"type": "orbit", "around": "bunny", "degrees": 720 * 38 / 40, "ease": "linear"})
    np.testing.assert_allclose(state(path)[-1], state(around)[-1], atol=1e-9)


@pytest.mark.parametrize(("target", "track_m"), [("bunny", BUNNY_M), ("ghost", GHOST_M)])
def test_look_at_keeps_its_target_in_the_middle_and_the_camera_level(shoot, target, track_m):
    path = shoot(TRUCK, {"type": "look_at", "target": target})
    np.testing.assert_allclose(pixels(path, track_m), np.tile([640, 360], (41, 1)), atol=1e-6)
    np.testing.assert_allclose(lean_deg(path), 0, atol=1e-9)
    np.testing.assert_array_equal(path.eye_m, shoot(TRUCK).eye_m)


def test_look_at_leans_the_camera_clockwise(shoot):
    path = shoot({"type": "look_at", "target": "bunny", "roll_deg": 15})
    np.testing.assert_allclose(lean_deg(path), 15, atol=1e-9)


def test_look_at_comes_and_goes_by_the_shortest_turn(shoot):
    path = shoot({"type": "look_at", "target": "ghost", "from": 8, "to": 32, "ease": "linear"}, at=FINE)
    still = shoot(at=FINE)
    looking = look_at_rotation(still.eye_m, shoot_ghost(FINE))
    cosine = (np.einsum("tij,tij->t", path.rotation, looking) - 1) / 2
    whole = (np.einsum("tij,tij->t", still.rotation, looking) - 1) / 2
    left = np.arccos(np.clip(cosine, -1, 1)) / np.arccos(np.clip(whole, -1, 1))
    np.testing.assert_allclose(left[FINE == 12], 0.5, atol=1e-6)
    np.testing.assert_array_equal(path.rotation[FINE <= 8], still.rotation[FINE <= 8])
    np.testing.assert_array_equal(path.rotation[FINE >= 32], still.rotation[FINE >= 32])
    inside = (FINE >= 16) & (FINE <= 24)
    np.testing.assert_allclose(path.rotation[inside], looking[inside], atol=1e-12)


def test_a_target_that_passes_behind_a_camera_does_not_turn_it_back(shoot):
    keys = [{"at": frame, "position_m": [x, 0.5, 3]} for frame, x in ((0, -1), (20, 1), (40, -1))]
    edits = {"bunny": [{"type": "transform", "keys": keys}]}
    path = shoot({"type": "look_at", "target": "bunny", "from": 4, "to": 36, "blend_s": 1}, edits=edits, at=FINE)
    assert np.abs(np.diff(path.rotation, axis=0)).max() < 0.06
    np.testing.assert_array_equal(path.rotation[FINE >= 36], shoot(at=FINE).rotation[FINE >= 36])


def shoot_ghost(at):
    """Where the ghost is at moments [T]."""
    return np.array([-2, 1.5, -5]) + at[:, None] * np.array([0.1, 0, 0])


def test_from_the_shots_first_frame_on_there_is_nothing_to_come_from(shoot):
    given = shoot({"type": "look_at", "target": "bunny", "from": 0, "to": "100%"})
    np.testing.assert_array_equal(state(given), state(shoot({"type": "look_at", "target": "bunny"})))


def test_a_camera_on_what_it_looks_at_names_move_and_frame(shoot):
    with pytest.raises(InputError, match=r"camera\[1\]\.target: at frame 10 the camera stands on this point"):
        shoot(TRUCK, {"type": "look_at", "target": [1.0, 1.2, 0], "from": 5})


def test_a_target_that_is_passed_while_nobody_looks_is_no_error(shoot):
    looked = state(shoot(TRUCK, {"type": "look_at", "target": [1.0, 1.2, 0], "from": 20}))
    np.testing.assert_array_equal(looked[:20], state(shoot(TRUCK))[:20])
    assert (looked[21:] != state(shoot(TRUCK))[21:]).any()
