"""Camera routes: through points, at constant speed or at their times, looking ahead."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

POINTS: list[list[float]] = [[0, 1, 0], [1, 1.5, -1], [1.2, 1, -3], [-1, 2, -4]]
TIMED = [{"at": at, "position_m": point} for at, point in zip((4, 8, 30, 36), POINTS, strict=True)]
FINE = np.arange(0, 40.001, 0.125)


def _path(points=POINTS, **more):
    return {"type": "path", "points": points, **more}


def _ways(path):
    return np.linalg.norm(np.diff(path.eye_m, axis=0), axis=1)


@pytest.mark.parametrize("curve", ["linear", "smooth", "bezier", "catmull_rom"])
def test_without_times_it_passes_every_point_at_constant_speed(shoot, curve):
    path = shoot(_path(curve=curve, ease="linear"), at=FINE)
    for point in POINTS:
        assert np.linalg.norm(path.eye_m - point, axis=1).min() < 0.02
    np.testing.assert_allclose(path.eye_m[[0, -1]], [POINTS[0], POINTS[-1]], atol=1e-9)
    ways = _ways(path)
    # A corner is cut short in the one step that goes over it.
    assert np.sum(np.abs(ways / np.median(ways) - 1) > 2e-3) <= (2 if curve == "linear" else 0)


def test_ease_gathers_and_loses_speed_along_the_way(shoot):
    share = FINE / 40
    even, eased = shoot(_path(ease="linear"), at=40 * share**2 * (3 - 2 * share)), shoot(_path(), at=FINE)
    np.testing.assert_allclose(eased.eye_m, even.eye_m, atol=1e-9)


def test_before_it_starts_and_after_it_ends_it_holds(shoot):
    path = shoot(_path(**{"from": 10, "to": 30}))
    np.testing.assert_allclose(path.eye_m[:11], np.tile(POINTS[0], (11, 1)), atol=1e-12)
    np.testing.assert_allclose(path.eye_m[30:], np.tile(POINTS[-1], (11, 1)), atol=1e-9)
    np.testing.assert_array_equal(path.rotation, shoot().rotation)


@pytest.mark.parametrize("curve", ["linear", "smooth", "bezier", "catmull_rom"])
def test_points_with_times_are_met_at_them(shoot, curve):
    path = shoot(_path(TIMED, curve=curve))
    np.testing.assert_allclose(path.eye_m[[4, 8, 30, 36]], POINTS, atol=1e-12)
    np.testing.assert_allclose(path.eye_m[[0, 40]], [POINTS[0], POINTS[-1]], atol=1e-12)


def test_timed_points_go_as_keys_do(shoot):
    keys = {"type": "keyframes", "keys": TIMED, "curve": "catmull_rom"}
    np.testing.assert_allclose(shoot(_path(TIMED)).eye_m, shoot(keys).eye_m, atol=1e-12)


def test_timed_points_may_be_gone_through_at_one_speed(shoot):
    path = shoot(_path(TIMED, constant_speed=True), at=np.arange(4, 36.01, 0.25))
    np.testing.assert_allclose(_ways(path), np.full(128, _ways(path).mean()), rtol=5e-3)  # a tight bend is cut short


def test_one_speed_keeps_the_shape_of_the_way(shoot):
    dense = shoot(_path(TIMED), at=np.linspace(4, 36, 4001)).eye_m
    for eye_m in shoot(_path(TIMED, constant_speed=True), at=np.arange(4, 36)).eye_m:
        assert np.linalg.norm(dense - eye_m, axis=1).min() < 3e-3


def test_a_closed_path_comes_back_without_a_corner(shoot):
    path = shoot(_path(closed=True, ease="linear"), at=FINE)
    np.testing.assert_allclose(path.eye_m[[0, -1]], [POINTS[0], POINTS[0]], atol=1e-9)
    first, last = path.eye_m[1] - path.eye_m[0], path.eye_m[-1] - path.eye_m[-2]
    assert first @ last / np.linalg.norm(first) / np.linalg.norm(last) > 0.99
    assert min(np.linalg.norm(path.eye_m - POINTS[2], axis=1)) < 0.02
    again = shoot(_path([*POINTS, POINTS[0]], closed=True, ease="linear"), at=FINE)
    np.testing.assert_array_equal(again.eye_m, path.eye_m)


def test_a_closed_path_of_two_points_goes_there_and_back(shoot):
    path = shoot(_path(POINTS[:2], closed=True, ease="linear"))
    np.testing.assert_allclose(path.eye_m[[0, 20, 40]], [POINTS[0], POINTS[1], POINTS[0]], atol=1e-9)


def test_relative_points_are_beside_the_camera_so_far(shoot):
    dolly = {"type": "dolly", "distance_m": 2}
    offsets: list[list[float]] = [[0, 0, 0], [0.3, 0.1, 0], [0.5, 0, 0]]
    alone = shoot(_path(offsets, relative=True)).eye_m - shoot().eye_m
    both = shoot(dolly, _path(offsets, relative=True)).eye_m - shoot(dolly).eye_m
    np.testing.assert_allclose(both, alone, atol=1e-12)
    np.testing.assert_allclose(alone[[0, 40]], [offsets[0], offsets[-1]], atol=1e-9)


def test_a_point_given_twice_means_nothing_without_times(shoot):
    twice = [POINTS[0], POINTS[0], *POINTS[1:], POINTS[-1]]
    np.testing.assert_array_equal(shoot(_path(twice)).eye_m, shoot(_path()).eye_m)
    np.testing.assert_array_equal(shoot(_path([POINTS[0], POINTS[0]])).eye_m, np.tile(POINTS[0], (41, 1)))


def test_handles_bend_the_way(shoot):
    ends = [
        {"position_m": [0, 1, 0], "handle_out_m": [0, 0, -2]},
        {"position_m": [2, 1, 0], "handle_in_m": [0, 0, -2]},
    ]
    path = shoot(_path(ends, curve="bezier"))
    np.testing.assert_allclose(path.eye_m[20], [1, 1, -1.5], atol=1e-4)


def test_along_looks_where_it_goes(shoot):
    path = shoot(_path(aim="along"), at=FINE)
    ahead = shoot(_path(aim="along"), at=FINE + 1e-3).eye_m - shoot(_path(aim="along"), at=FINE - 1e-3).eye_m
    inside = slice(4, -4)
    ahead = ahead[inside] / np.linalg.norm(ahead[inside], axis=1, keepdims=True)
    np.testing.assert_allclose(path.rotation[inside, :, 2], ahead, atol=2e-3)
    assert np.abs(path.rotation[:, 1, 0]).max() < 1e-12, "it stays level"


def test_along_looks_ahead_also_where_it_stands(shoot):
    moving = {"from": 10, "to": 30}
    path = shoot(_path(aim="along", **moving))
    np.testing.assert_allclose(path.rotation[:10], np.tile(path.rotation[10], (10, 1, 1)), atol=1e-12)
    np.testing.assert_allclose(path.rotation[10], path.rotation[11], atol=0.05)
    pause = [TIMED[0], TIMED[1], {"at": 30, "position_m": POINTS[1]}, TIMED[3]]
    straight = shoot(_path(pause, curve="linear", aim="along"))
    np.testing.assert_allclose(straight.rotation[9:30], np.tile(straight.rotation[15], (21, 1, 1)), atol=1e-6)


def test_along_a_relative_path_counts_the_camera_so_far(shoot):
    dolly = {"type": "dolly", "distance_m": 4, "ease": "linear"}
    still = _path([[0, 0, 0], [0, 0, 0.001]], relative=True, aim="along", ease="linear")
    path = shoot(dolly, still)
    assert np.degrees(np.arccos(path.rotation[20, :, 2] @ shoot().rotation[0, :, 2])) < 0.1


@pytest.mark.parametrize("more", [{}, {"aim": "along"}, {"curve": "smooth", "aim": "along"}, {"curve": "bezier"}])
def test_neither_speed_nor_aim_jumps(shoot, more):
    step = 1e-3
    for at in (0, 13.3, 21.7, 40):
        path = shoot(_path(**more), at=at + step * np.arange(-1, 2))
        before, after = np.diff(path.eye_m, axis=0) / step
        np.testing.assert_allclose(before, after, atol=5e-4)
        turns = Rotation.from_matrix(path.rotation)
        before, after = (turns[:-1].inv() * turns[1:]).as_rotvec() / step
        np.testing.assert_allclose(before, after, atol=2e-2)


@pytest.mark.parametrize("more", [{}, {"aim": "along"}, {"relative": True, "aim": "along"}, {"closed": True}])
def test_any_frames_in_any_order_have_equal_bits(shoot, more):
    moves = ({"type": "orbit", "around": "bunny", "degrees": 50}, _path(**more))
    whole, chosen = shoot(*moves), np.random.default_rng(0).permutation(41)[:13]
    np.testing.assert_array_equal(shoot(*moves, at=chosen).world_from_camera, whole.world_from_camera[chosen])
