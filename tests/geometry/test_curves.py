"""Curves: through the keys, held outside, smooth where promised, a pure function of time."""

import hashlib
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.interpolate import CubicHermiteSpline, PchipInterpolator
from scipy.spatial.transform import Rotation, Slerp

from r2s2r.geometry.curves import interpolate
from r2s2r.geometry.spaces import Rotations
from r2s2r.geometry.tangents import Handles

CURVES = ("linear", "smooth", "bezier", "catmull_rom", "hold")
TIMES = np.array([0.0, 10, 17, 40])
VALUES = np.array([[0.0, 1, 2], [3, 0, 2], [4, 4, 2], [1, 5, 2]])
TURNS = Rotation.from_euler("XYZ", [[0, 0, 0], [80, -20, 10], [-30, 60, 100], [40, 0, 170]], degrees=True)
AT = np.linspace(-5, 50, 551)
INTO = np.array([[np.nan] * 3, [-1.0, 2, 0], [0, -3, 1], [np.nan] * 3])
OUT = np.array([[2.0, 0, 1], [np.nan] * 3, [1, 1, 1], [np.nan] * 3])


def _turns(at, curve, turns=TURNS):
    return Rotation.from_quat(interpolate(TIMES, turns.as_quat(), at=at, curve=curve, space=Rotations()))


@pytest.mark.parametrize("curve", CURVES)
def test_a_curve_meets_its_keys_and_holds_outside(curve):
    np.testing.assert_allclose(interpolate(TIMES, VALUES, at=TIMES, curve=curve), VALUES, atol=1e-14)
    outside = interpolate(TIMES, VALUES, at=np.array([-3.0, 41, 99]), curve=curve)
    np.testing.assert_allclose(outside, VALUES[[0, -1, -1]], atol=1e-14)
    assert np.max((_turns(TIMES, curve).inv() * TURNS).magnitude()) < 1e-7


@pytest.mark.parametrize("curve", CURVES)
def test_one_key_holds_for_ever(curve):
    np.testing.assert_array_equal(
        interpolate(np.array([5.0]), VALUES[:1], at=AT, curve=curve), np.tile(VALUES[0], (551, 1))
    )


@settings(max_examples=30, deadline=None)
@given(chosen=st.lists(st.integers(0, 550), min_size=1, max_size=40), curve=st.sampled_from(CURVES))
def test_asking_for_fewer_moments_gives_the_same_bits(chosen, curve):
    np.testing.assert_array_equal(
        interpolate(TIMES, VALUES, at=AT[chosen], curve=curve), interpolate(TIMES, VALUES, at=AT, curve=curve)[chosen]
    )
    np.testing.assert_array_equal(_turns(AT[chosen], curve).as_quat(), _turns(AT, curve).as_quat()[chosen])


def test_linear_is_straight_at_constant_speed():
    expected = np.stack([np.interp(AT, TIMES, column) for column in VALUES.T], axis=1)
    np.testing.assert_allclose(interpolate(TIMES, VALUES, at=AT, curve="linear"), expected, atol=1e-14)


def test_hold_jumps_at_the_key():
    np.testing.assert_array_equal(
        interpolate(TIMES, VALUES, at=np.array([9.999, 10, 16.999, 17]), curve="hold"), VALUES[[0, 1, 1, 2]]
    )


def test_smooth_is_pchip_at_rest_at_both_ends():
    tangents = PchipInterpolator(TIMES, VALUES).derivative()(TIMES)
    tangents[[0, -1]] = 0
    expected = CubicHermiteSpline(TIMES, VALUES, tangents)(np.clip(AT, 0, 40))
    np.testing.assert_allclose(interpolate(TIMES, VALUES, at=AT, curve="smooth"), expected, atol=1e-12)


def test_smooth_between_two_keys_is_the_cubic_ease():
    share = np.linspace(0, 1, 11)
    values = interpolate(np.array([0.0, 1]), np.array([[0.0], [5]]), at=share, curve="smooth")
    np.testing.assert_allclose(values[:, 0], 5 * (3 * share**2 - 2 * share**3), atol=1e-14)


def test_catmull_rom_passes_a_key_at_the_mean_speed_of_both_sides():
    tangents = np.empty_like(VALUES)
    tangents[1:-1] = (VALUES[2:] - VALUES[:-2]) / (TIMES[2:] - TIMES[:-2])[:, None]
    tangents[0] = (VALUES[1] - VALUES[0]) / (TIMES[1] - TIMES[0])
    tangents[-1] = (VALUES[-1] - VALUES[-2]) / (TIMES[-1] - TIMES[-2])
    expected = CubicHermiteSpline(TIMES, VALUES, tangents)(np.clip(AT, 0, 40))
    np.testing.assert_allclose(interpolate(TIMES, VALUES, at=AT, curve="catmull_rom"), expected, atol=1e-12)


@settings(max_examples=50, deadline=None)
@given(values=st.lists(st.floats(-100, 100), min_size=2, max_size=8), gaps=st.lists(st.floats(0.5, 30), min_size=8))
def test_smooth_never_leaves_the_range_of_its_neighbouring_keys(values, gaps):
    times = np.cumsum(gaps[: len(values)])
    at = np.linspace(times[0], times[-1], 200)
    got = interpolate(times, np.array(values)[:, None], at=at, curve="smooth")[:, 0]
    left = np.clip(np.searchsorted(times, at, side="right") - 1, 0, len(times) - 2)
    pair = np.stack([np.array(values)[left], np.array(values)[left + 1]])
    assert np.all(got >= pair.min(axis=0) - 1e-9)
    assert np.all(got <= pair.max(axis=0) + 1e-9)


@pytest.mark.parametrize(("curve", "keys"), [("smooth", TIMES), ("catmull_rom", TIMES[1:-1])])
def test_the_speed_does_not_jump_at_a_key(curve, keys):
    step = 1e-5
    for key in keys:
        at = key + step * np.array([-1, 0, 1])
        before, here, after = interpolate(TIMES, VALUES, at=at, curve=curve)
        np.testing.assert_allclose((here - before) / step, (after - here) / step, atol=1e-4)
        turns = _turns(at, curve)
        velocity = (turns[:-1].inv() * turns[1:]).as_rotvec() / step
        np.testing.assert_allclose(velocity[0], velocity[1], atol=1e-4)


def test_smooth_starts_and_ends_at_rest():
    step = 1e-5
    for start in (0.0, 40 - step):
        moved = np.diff(interpolate(TIMES, VALUES, at=np.array([start, start + step]), curve="smooth"), axis=0)
        assert np.abs(moved / step).max() < 1e-4


def test_linear_rotations_are_slerp():
    inside = AT[(AT >= 0) & (AT <= 40)]
    expected = Slerp(TIMES, TURNS)(inside)
    assert np.max((_turns(inside, "linear").inv() * expected).magnitude()) < 1e-7


@pytest.mark.parametrize("curve", CURVES)
def test_rotations_stay_on_the_sphere(curve):
    matrices = _turns(AT, curve).as_matrix()
    np.testing.assert_allclose(matrices @ matrices.swapaxes(1, 2), np.tile(np.eye(3), (551, 1, 1)), atol=1e-12)
    np.testing.assert_allclose(np.linalg.det(matrices), 1, atol=1e-12)


@pytest.mark.parametrize("curve", CURVES)
def test_about_one_axis_a_rotation_turns_as_its_angle_does(curve):
    axis, angles = np.array([0.6, 0, 0.8]), np.array([[0.0], [1.2], [-0.4], [2]])
    turns = _turns(AT, curve, Rotation.from_rotvec(angles * axis))
    expected = Rotation.from_rotvec(interpolate(TIMES, angles, at=AT, curve=curve) * axis)
    assert np.max((turns.inv() * expected).magnitude()) < 1e-7


@pytest.mark.parametrize("curve", CURVES)
def test_a_turn_of_everything_turns_the_curve(curve):
    whole = Rotation.from_euler("XYZ", [10, 200, -70], degrees=True)
    turned = _turns(AT, curve, whole * TURNS)
    assert np.max((turned.inv() * (whole * _turns(AT, curve))).magnitude()) < 1e-7


@pytest.mark.parametrize("curve", CURVES)
def test_keys_that_move_together_carry_the_curve_along(curve):
    drift = np.sin(AT)[:, None] * np.array([1.0, 2, 3])
    moving = interpolate(TIMES, VALUES[:, None] + drift, at=AT, curve=curve)
    np.testing.assert_allclose(moving, interpolate(TIMES, VALUES, at=AT, curve=curve) + drift, atol=1e-12)


@pytest.mark.parametrize("curve", CURVES)
def test_equal_keys_give_exactly_their_value(curve):
    values = np.tile([0.1, 0.7, -0.3], (4, 1))
    assert np.all(interpolate(TIMES, values, at=AT, curve=curve) == values[0])
    assert np.all(_turns(AT, curve, Rotation.identity(4)).as_matrix() == np.eye(3))


def _bezier(at, into=INTO, out=OUT):
    return interpolate(TIMES, VALUES, at=at, curve="bezier", handles=Handles(into, out))


def test_a_bezier_curve_is_that_of_its_control_points():
    share = np.linspace(0, 1, 11)[:, None]
    # The second key has no handle of its own after it: it flows through, at the speed it comes with (10 frames to 7).
    first, last = VALUES[1] - 7 / 10 * INTO[1], VALUES[2] + INTO[2]
    expected = (
        (1 - share) ** 3 * VALUES[1]
        + 3 * share * (1 - share) ** 2 * first
        + 3 * share**2 * (1 - share) * last
        + share**3 * VALUES[2]
    )
    np.testing.assert_allclose(_bezier(10 + 7 * share[:, 0]), expected, atol=1e-12)


def test_without_handles_a_bezier_curve_is_catmull_rom():
    none = np.full((4, 3), np.nan)
    expected = interpolate(TIMES, VALUES, at=AT, curve="catmull_rom")
    np.testing.assert_array_equal(_bezier(AT, none, none), expected)
    np.testing.assert_array_equal(interpolate(TIMES, VALUES, at=AT, curve="bezier"), expected)


@pytest.mark.parametrize("missing", ["into", "out", "both"])
def test_a_bezier_curve_flows_through_a_key_that_lacks_a_handle(missing):
    into, out = np.array(INTO), np.array(OUT)
    into[1], out[1] = (np.nan, [1, -2, 3]) if missing == "into" else ([1, -2, 3], np.nan)
    if missing == "both":
        into[1] = np.nan
    before, here, after = _bezier(10 + 1e-5 * np.array([-1, 0, 1]), into, out)
    np.testing.assert_allclose(here - before, after - here, atol=1e-9)


def test_the_first_key_may_write_the_handle_before_it():
    into, out = np.full((4, 3), np.nan), np.full((4, 3), np.nan)
    into[0] = [-2, 0, -1]
    mirrored = np.full((4, 3), np.nan)
    mirrored[0] = [2, 0, 1]
    np.testing.assert_allclose(_bezier(AT, into, out), _bezier(AT, out, mirrored), atol=1e-12)


@pytest.mark.parametrize("curve", ["smooth", "bezier", "catmull_rom"])
def test_a_curve_comes_to_rest_where_it_is_told_to(curve):
    rest = np.array([False, True, False, False])
    at = 10 + 1e-6 * np.array([-1, 0, 1])
    assert np.abs(np.diff(interpolate(TIMES, VALUES, at=at, curve=curve, rest=rest), axis=0)).max() < 1e-10
    free = interpolate(TIMES, VALUES, at=AT, curve=curve)
    told = interpolate(TIMES, VALUES, at=AT, curve=curve, rest=rest)
    np.testing.assert_array_equal(told[AT >= 17], free[AT >= 17])


def test_values_may_be_picked_for_each_moment():
    drift = np.sin(AT)[:, None]
    picked = interpolate(TIMES, lambda key: VALUES[key] + drift, at=AT, curve="smooth")
    np.testing.assert_array_equal(picked, interpolate(TIMES, VALUES[:, None] + drift, at=AT, curve="smooth"))


_HASHED = """
import hashlib, numpy as np
from r2s2r.geometry.curves import interpolate
from r2s2r.geometry.spaces import Rotations
times, turns, at = np.array([0.0, 10, 17, 40]), np.array({turns}), np.array({at})
print(hashlib.sha256(interpolate(times, turns, at=at, curve="smooth", space=Rotations())).hexdigest())
"""


def test_another_process_gives_the_same_bits():
    keys, at = TURNS.as_quat(), AT[[500, 3, 77, 211, 212]]
    code = _HASHED.format(turns=keys.tolist(), at=at.tolist())
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip()
    whole = interpolate(TIMES, keys, at=AT, curve="smooth", space=Rotations())[[500, 3, 77, 211, 212]]
    assert said == hashlib.sha256(whole.tobytes()).hexdigest()
