"""Camera keys: where the camera goes between them, and with which lens."""

from itertools import product

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from r2s2r.errors import InputError

AT = np.arange(41)


def _keys(*keys, curve="linear"):
    return {"type": "keyframes", "keys": keys, "curve": curve}


def _turn(*degrees):
    return Rotation.from_euler("XYZ", degrees, degrees=True).as_matrix()


def test_positions_go_from_key_to_key_and_hold_outside(shoot):
    path = shoot(_keys({"at": 10, "position_m": [1, 2, 3]}, {"at": 30, "position_m": [3, 2, -1]}))
    expected = np.stack([np.interp(AT, [10, 30], [1, 3]), np.full(41, 2), np.interp(AT, [10, 30], [3, -1])], axis=1)
    np.testing.assert_allclose(path.eye_m, expected, atol=1e-12)
    np.testing.assert_array_equal(path.rotation, shoot().rotation)


def test_absolute_positions_do_not_depend_on_the_moves_before(shoot):
    keys = _keys({"at": 0, "position_m": [0, 1, 1]}, {"at": 40, "position_m": [2, 1, 1]}, curve="smooth")
    orbit = {"type": "orbit", "around": "bunny", "degrees": 50}
    np.testing.assert_allclose(shoot(orbit, keys).eye_m, shoot(keys).eye_m, atol=1e-12)


def test_what_no_key_gives_stays_as_it_was(shoot):
    orbit = {"type": "orbit", "around": "bunny", "degrees": 50}
    path = shoot(orbit, _keys({"at": 0, "fov_deg": 30}))
    np.testing.assert_array_equal(path.world_from_camera, shoot(orbit).world_from_camera)


def test_a_key_without_a_position_is_where_the_camera_already_goes(shoot):
    dolly = {"type": "dolly", "distance_m": 2, "ease": "linear"}
    path = shoot(dolly, _keys({"at": 0, "position_m": [0, 3, 0]}, {"at": 20}, {"at": 30}))
    np.testing.assert_allclose(path.eye_m[20:], shoot(dolly).eye_m[20:], atol=1e-12)
    np.testing.assert_allclose(path.eye_m[0], [0, 3, 0])


def test_the_field_of_view_is_that_of_the_full_source_frame(shoot):
    path = shoot(_keys({"at": 0, "fov_deg": 45}, {"at": 40, "fov_deg": 20}))
    wanted = np.tan(np.radians(45 / 2)) / np.tan(np.radians(20 / 2))
    np.testing.assert_allclose(path.zoom[[0, 40]], [1, wanted])
    np.testing.assert_allclose(np.diff(np.log(path.zoom)), np.log(wanted) / 40, atol=1e-12)


def test_a_key_without_a_field_of_view_is_as_the_camera_already_zooms(shoot):
    zoomed = _keys({"at": 0, "fov_deg": 20})
    path = shoot(zoomed, _keys({"at": 0}, {"at": 40, "fov_deg": 45}))
    np.testing.assert_allclose(path.zoom[[0, 40]], [shoot(zoomed).zoom[0], 1])


def test_a_focal_length_is_of_the_sources_sensor(shoot, source):
    path = shoot(_keys({"at": 0, "focal_mm": 50}), sensor_mm=24)
    np.testing.assert_allclose(path.zoom * source.intrinsics[0, 0], np.full(41, 50 / 24 * 1280))
    np.testing.assert_allclose(shoot(_keys({"at": 0, "focal_mm": 50})).zoom, path.zoom * 24 / 36)


def test_handles_bend_the_way_between_positions(shoot):
    keys = [
        {"at": 0, "position_m": [0, 1, 0], "handle_out_m": [0, 3, 0]},
        {"at": 40, "position_m": [4, 1, 0], "handle_in_m": [0, 3, 0], "look_at": "bunny"},
    ]
    path, share = shoot(_keys(*keys, curve="bezier")), AT / 40
    expected = np.stack([4 * share**2 * (3 - 2 * share), 1 + 9 * share * (1 - share), 0 * share], axis=1)
    np.testing.assert_allclose(path.eye_m, expected, atol=1e-12)


def test_a_bezier_camera_flows_through_a_key_without_handles(shoot):
    keys = [
        {"at": 0, "position_m": [0, 1, 0], "handle_out_m": [0, 3, 0], "rotate_deg": [0, 0, 0]},
        {"at": 10, "position_m": [1, 1, 0], "rotate_deg": [0, 40, 0], "fov_deg": 30},
        {"at": 40, "position_m": [4, 1, 2], "rotate_deg": [30, 60, 9]},
    ]
    path = shoot(_keys(*keys, curve="bezier"), at=[10 - 1e-4, 10, 10 + 1e-4])
    turns = Rotation.from_matrix(path.rotation)
    velocity = (turns[:-1].inv() * turns[1:]).as_rotvec() / 1e-4
    np.testing.assert_allclose(velocity[0], velocity[1], atol=1e-5)
    for track in (path.eye_m, np.log(path.zoom)):
        before, after = np.diff(track, axis=0) / 1e-4
        np.testing.assert_allclose(before, after, atol=1e-5)


UNEVEN = (
    {"at": 4, "position_m": [0, 1, 0], "look_at": "bunny", "fov_deg": 50},
    {"at": 8, "position_m": [3, 1, 1], "rotate_deg": [0, 30, 0]},
    {"at": 36, "position_m": [4, 2, 1], "look_at": "ghost", "fov_deg": 20},
)


@pytest.mark.parametrize("curve", ["linear", "smooth", "bezier", "catmull_rom"])
def test_at_constant_speed_the_eye_goes_evenly_from_first_to_last_key(shoot, curve):
    at = np.arange(4, 36.01, 0.25)
    path = shoot({**_keys(*UNEVEN, curve=curve), "constant_speed": True}, at=at)
    ways = np.linalg.norm(np.diff(path.eye_m, axis=0), axis=1)
    uneven = np.abs(ways / ways.mean() - 1) > 2e-3
    assert np.sum(uneven) <= (1 if curve == "linear" else 0)  # the straight way over a corner is shorter
    np.testing.assert_allclose(path.eye_m[[0, -1]], [[0, 1, 0], [4, 2, 1]], atol=1e-9)


def test_at_constant_speed_a_keys_turn_and_lens_are_met_where_it_stands(shoot, source):
    at = np.linspace(4, 36, 3201)
    path = shoot({**_keys(*UNEVEN), "constant_speed": True}, at=at)
    there = int(np.argmin(np.linalg.norm(path.eye_m - [3, 1, 1], axis=1)))
    assert at[there] > 20, "most of the way is before the second key"
    np.testing.assert_allclose(path.rotation[there], source.world_from_camera[:3, :3] @ _turn(0, 30, 0), atol=2e-3)
    assert np.argmax(np.abs(np.diff(np.log(path.zoom), 2))) == pytest.approx(there, abs=2)


def test_constant_speed_counts_the_way_of_the_camera_so_far(shoot):
    dolly = {"type": "dolly", "distance_m": 4, "ease": "in_out"}
    keys = {**_keys({"at": 0}, {"at": 20, "position_m": [1, 1, -1]}, {"at": 40}), "constant_speed": True}
    at = np.linspace(0, 40, 81)
    ways = np.linalg.norm(np.diff(shoot(dolly, keys, at=at).eye_m, axis=0), axis=1)
    assert np.sum(np.abs(ways / np.median(ways) - 1) > 5e-3) <= 1


def test_constant_speed_leaves_no_time_to_turn_on_the_spot(shoot):
    keys = [{"at": 0, "position_m": [0, 1, 0]}, {"at": 9, "position_m": [1, 1, 0]}]
    keys.append({"at": 20, "position_m": [1, 1, 0], "rotate_deg": [0, 30, 0]})
    with pytest.raises(InputError, match=r"camera\[0\]\.keys\[2\]: is at the same place as keys\[1\]"):
        shoot({**_keys(*keys), "constant_speed": True})


def test_a_key_far_off_is_named(shoot):
    with pytest.raises(InputError, match=r"camera\[0\]\.keys\[1\]\.position_m: at frame 0 this leads to"):
        shoot(_keys({"at": 0}, {"at": 9, "position_m": [0, 1e9, 0]}))
    with pytest.raises(InputError, match=r"camera\[0\]\.keys\[1\]\.look_at: at frame 0 this leads to"):
        shoot(_keys({"at": 0}, {"at": 9, "look_at": [0, 1e9, 0]}))


@pytest.mark.parametrize(
    ("curve", "evenly"), [("hold", False), *product(["linear", "smooth", "bezier", "catmull_rom"], [False, True])]
)
def test_any_frames_in_any_order_have_equal_bits(shoot, curve, evenly):
    orbit = {"type": "orbit", "around": "bunny", "degrees": 50}
    moves = (orbit, {**_keys({"at": 0}, *UNEVEN, {"at": 40}, curve=curve), "constant_speed": evenly})
    whole, chosen = shoot(*moves), np.random.default_rng(0).permutation(41)[:13]
    some = shoot(*moves, at=chosen)
    np.testing.assert_array_equal(some.world_from_camera, whole.world_from_camera[chosen])
    np.testing.assert_array_equal(some.zoom, whole.zoom[chosen])
