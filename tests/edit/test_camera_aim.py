"""Camera keys: where the camera looks between them."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation, Slerp

from r2s2r.errors import InputError

BUNNY = np.array([0.3, 0.8, -4.0])
OTHER = np.array([1.5, 0.4, -6.0])
AT = np.arange(41)
GHOST = np.array([-2, 1.5, -5]) + AT[:, None] * np.array([0.1, 0, 0])


def _keys(*keys, curve="linear"):
    return {"type": "keyframes", "keys": keys, "curve": curve}


def _sights(path, targets):
    """Return the angle in degrees between where the camera looks and where the targets are."""
    ways = targets - path.eye_m
    cosines = np.sum(path.rotation[:, :, 2] * ways, axis=1) / np.linalg.norm(ways, axis=1)
    return np.degrees(np.arccos(np.clip(cosines, -1, 1)))


def _turn(*degrees):
    return Rotation.from_euler("XYZ", degrees, degrees=True).as_matrix()


def test_one_look_at_follows_its_target_for_the_whole_shot(shoot):
    dolly = {"type": "dolly", "distance_m": 2}
    path = shoot(dolly, _keys({"at": 0, "look_at": "ghost"}))
    assert _sights(path, GHOST).max() < 1e-5
    assert np.abs(path.rotation[:, 1, 0]).max() < 1e-12


@pytest.mark.parametrize("curve", ["linear", "smooth", "catmull_rom"])
def test_the_same_target_at_both_keys_is_tracked_between(shoot, curve):
    path = shoot(
        _keys(
            {"at": 0, "look_at": "ghost", "position_m": [0, 1, 0]},
            {"at": 40, "look_at": "ghost", "position_m": [3, 2, 0]},
            curve=curve,
        )
    )
    assert _sights(path, GHOST).max() < 1e-5


def test_between_two_targets_the_point_looked_at_goes_straight(shoot):
    path = shoot(_keys({"at": 0, "look_at": "ghost"}, {"at": 40, "look_at": OTHER.tolist()}))
    share = (AT / 40)[:, None]
    assert _sights(path, GHOST * (1 - share) + OTHER * share).max() < 1e-5


def test_turns_are_about_the_cameras_own_axes(shoot, source):
    path = shoot(_keys({"at": 5, "rotate_deg": [10, -20, 30]}))
    np.testing.assert_allclose(path.rotation[0], source.world_from_camera[:3, :3] @ _turn(10, -20, 30), atol=1e-12)
    right = shoot(_keys({"at": 0, "rotate_deg": [0, 20, 0]})).rotation[0]
    assert right[0, 2] > 0, "y points down, so a positive turn about it looks right"


def test_turns_go_on_the_sphere_at_an_even_rate(shoot, source):
    path = shoot(_keys({"at": 0}, {"at": 40, "rotate_deg": [0, 120, 0]}))
    expected = source.world_from_camera[:3, :3] @ np.stack([_turn(0, 3 * frame, 0) for frame in AT])
    np.testing.assert_allclose(path.rotation, expected, atol=1e-12)


def test_a_turn_is_relative_to_the_camera_so_far(shoot):
    pan = {"type": "pan", "degrees": 60}
    path = shoot(pan, _keys({"at": 0, "rotate_deg": [5, 0, 0]}))
    np.testing.assert_allclose(path.rotation, shoot(pan).rotation @ _turn(5, 0, 0), atol=1e-12)


@pytest.mark.parametrize("curve", ["linear", "smooth", "catmull_rom", "hold"])
def test_a_look_at_and_a_turn_are_each_met_at_their_key(shoot, source, curve):
    path = shoot(
        _keys(
            {"at": 0, "look_at": "ghost"},
            {"at": 20, "rotate_deg": [0, 30, 0]},
            {"at": 40, "look_at": "bunny"},
            curve=curve,
        )
    )
    assert _sights(path, GHOST)[0] < 1e-5
    np.testing.assert_allclose(path.rotation[20], source.world_from_camera[:3, :3] @ _turn(0, 30, 0), atol=1e-12)
    assert _sights(path, np.tile(BUNNY, (41, 1)))[40] < 1e-5
    np.testing.assert_allclose(path.rotation @ path.rotation.swapaxes(1, 2), np.tile(np.eye(3), (41, 1, 1)), atol=1e-12)


@pytest.mark.parametrize("curve", ["smooth", "catmull_rom"])
def test_a_mixed_list_turns_without_a_jump_in_speed(shoot, curve):
    keys = _keys(
        {"at": 5, "look_at": "ghost"},
        {"at": 12, "look_at": "bunny", "position_m": [1, 1, 0]},
        {"at": 20, "rotate_deg": [0, 30, 0]},
        {"at": 30, "rotate_deg": [0, 40, 9]},
        {"at": 36, "look_at": "bunny"},
        curve=curve,
    )
    step = 1e-4
    for key in (12, 20, 30):
        turns = Rotation.from_matrix(shoot(keys, at=[key - step, key, key + step]).rotation)
        velocity = (turns[:-1].inv() * turns[1:]).as_rotvec() / step
        np.testing.assert_allclose(velocity[0], velocity[1], atol=1e-4)


def test_a_point_key_at_the_eye_names_key_and_frame(shoot):
    with pytest.raises(
        InputError, match=r"camera\[1\]\.keys\[0\]\.look_at: at frame 0 the camera stands on this point"
    ):
        shoot({"type": "static"}, _keys({"at": 0, "look_at": [0, 1.2, 0]}))


def test_flying_through_what_is_looked_at_names_key_and_frame(shoot):
    through = ({"at": 0, "position_m": [-1, 1, -4], "look_at": [0, 1, -4]}, {"at": 40, "position_m": [1, 1, -4]})
    with pytest.raises(InputError, match=r"camera\[0\]\.keys\[0\]\.look_at: at frame 20 "):
        shoot(_keys(*through))
    looks = [{**key, "look_at": [0, 1, -4]} for key in through]
    with pytest.raises(InputError, match=r"camera\[0\]\.keys\[0\]\.look_at: at frame 20 "):
        shoot(_keys(*looks))


def test_an_orientation_in_the_world_is_met_whatever_came_before(shoot):
    pan = {"type": "pan", "degrees": 60}
    wanted = _turn(170, 20, 5)
    x, y, z, w = 3 * Rotation.from_matrix(wanted).as_quat()
    path = shoot(pan, _keys({"at": 10}, {"at": 30, "orientation_wxyz": [w, x, y, z]}))
    np.testing.assert_allclose(path.rotation[30:], np.tile(wanted, (11, 1, 1)), atol=1e-12)
    np.testing.assert_allclose(path.rotation[:11], shoot(pan).rotation[:11], atol=1e-12)


def test_orientations_go_over_by_slerp_the_shorter_way(shoot):
    start, end = Rotation.from_euler("XYZ", [170, 10, 0], degrees=True), Rotation.from_euler("XYZ", [190, 60, 9], True)
    w, x, y, z = np.roll(end.as_quat(), 1)
    keys = [{"at": 0, "orientation_wxyz": np.roll(start.as_quat(), 1).tolist()}]
    keys.append({"at": 40, "orientation_wxyz": [-w, -x, -y, -z]})
    path = shoot(_keys(*keys))
    expected = Slerp([0, 40], Rotation.concatenate([start, end]))(AT)
    np.testing.assert_allclose(path.rotation, expected.as_matrix(), atol=1e-12)


def test_a_roll_leans_the_camera_clockwise(shoot):
    level, path = (
        shoot(_keys({"at": 0, "look_at": "bunny"})),
        shoot(_keys({"at": 0, "look_at": "bunny", "roll_deg": 30})),
    )
    np.testing.assert_allclose(path.rotation, level.rotation @ _turn(0, 0, 30), atol=1e-12)
    assert np.all(path.rotation[:, 1, 0] < 0), "clockwise, so that the camera's right side points down"


def test_a_roll_goes_over_evenly_and_is_met_beside_turns(shoot):
    keys = [
        {"at": 0, "look_at": "bunny"},
        {"at": 20, "look_at": "bunny", "roll_deg": 30},
        {"at": 40, "rotate_deg": [0, 9, 0]},
    ]
    path, level = shoot(_keys(*keys)), shoot(_keys({"at": 0, "look_at": "bunny"}))
    np.testing.assert_allclose(path.rotation[:20], (level.rotation @ _turns_about_z(1.5 * AT))[:20], atol=1e-12)
    np.testing.assert_allclose(path.rotation[20], level.rotation[20] @ _turn(0, 0, 30), atol=1e-12)


def _turns_about_z(angles_deg):
    return Rotation.from_euler("z", angles_deg[:, None], degrees=True).as_matrix()
