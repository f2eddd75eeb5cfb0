"""Arc length: lengths and moments along a curve, and constant speed."""

import numpy as np
import pytest

from r2s2r.geometry.arc_length import ArcLength
from r2s2r.geometry.curves import interpolate

TIMES = np.array([0.0, 10, 17, 40])
VALUES = np.array([[0.0, 1, 2], [3, 0, 2], [4, 4, 2], [1, 5, 2]])


def _circle(moments):
    """A circle of radius 2, at a speed that grows."""
    angle = 2 * np.pi * moments**2
    return 2 * np.stack([np.cos(angle), np.sin(angle), np.zeros_like(angle)], axis=1)


def _curve(curve, values=VALUES):
    return lambda moments: interpolate(TIMES, values, at=moments, curve=curve)


def test_a_circle_is_as_long_as_it_is():
    arc = ArcLength(_circle, np.linspace(0, 1, 5))
    assert arc.total_m == pytest.approx(4 * np.pi, rel=1e-4)
    np.testing.assert_allclose(arc.length_of(np.array([0.5])), np.pi, rtol=1e-4)
    np.testing.assert_allclose(arc.moment_of(np.array([np.pi])), 0.5, rtol=1e-4)


@pytest.mark.parametrize("curve", ["linear", "smooth", "catmull_rom"])
def test_evenly_goes_at_one_speed(curve):
    arc = ArcLength(_curve(curve), TIMES)
    at = np.linspace(0, 40, 2001)
    ways = np.linalg.norm(np.diff(_curve(curve)(arc.evenly(at)), axis=0), axis=1)
    # Over a corner the straight way is shorter than the path: at the two keys between.
    expected = np.full(2000, arc.total_m / 2000)
    assert np.sum(np.abs(ways / expected - 1) > 1e-3) <= (2 if curve == "linear" else 0)


def test_evenly_keeps_both_ends_and_what_is_outside():
    arc = ArcLength(_curve("smooth"), TIMES)
    np.testing.assert_array_equal(arc.evenly(np.array([-7.0, 0, 40, 55])), [-7, 0, 40, 55])


def test_lengths_and_moments_lead_back():
    arc = ArcLength(_curve("catmull_rom"), TIMES)
    at = np.linspace(0, 40, 300)
    np.testing.assert_allclose(arc.moment_of(arc.length_of(at)), at, atol=1e-4)


def test_what_stands_still_has_no_length():
    arc = ArcLength(_curve("smooth", np.tile(VALUES[0], (4, 1))), TIMES)
    assert arc.total_m == 0
    np.testing.assert_array_equal(arc.evenly(TIMES), TIMES)
    np.testing.assert_array_equal(arc.length_of(TIMES), np.zeros(4))


def test_a_rest_on_the_way_takes_no_time_at_one_speed():
    values = VALUES[[0, 1, 1, 3]]
    arc = ArcLength(_curve("linear", values), TIMES)
    ways = np.linalg.norm(np.diff(_curve("linear", values)(arc.evenly(np.linspace(0, 40, 401))), axis=0), axis=1)
    assert np.sum(np.abs(ways / (arc.total_m / 400) - 1) > 1e-2) <= 2


def test_asking_for_fewer_moments_gives_the_same_bits():
    arc, again = ArcLength(_curve("smooth"), TIMES), ArcLength(_curve("smooth"), TIMES)
    at = np.linspace(-2, 43, 500)
    chosen = np.random.default_rng(0).permutation(500)[:37]
    np.testing.assert_array_equal(again.evenly(at[chosen]), arc.evenly(at)[chosen])
    np.testing.assert_array_equal(again.length_of(at[chosen]), arc.length_of(at)[chosen])
