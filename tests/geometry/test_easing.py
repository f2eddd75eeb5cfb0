"""Easing: from 0 to 1, at rest where it should be."""

import numpy as np
import pytest

from r2s2r.geometry.easing import eased

SHARE = np.linspace(0, 1, 1001)
EASES = ("linear", "in", "out", "in_out")


@pytest.mark.parametrize("ease", EASES)
def test_every_ease_goes_from_nothing_to_all_without_turning_back(ease):
    shares = eased(SHARE, ease)
    assert shares[0] == 0
    assert shares[-1] == 1
    assert np.all(np.diff(shares) > 0)


@pytest.mark.parametrize(
    ("ease", "first", "last"), [("linear", 1, 1), ("in", 0, 1.5), ("out", 1.5, 0), ("in_out", 0, 0)]
)
def test_the_ends_are_at_rest_where_the_name_says(ease, first, last):
    speed = np.gradient(eased(SHARE, ease), SHARE)
    assert speed[0] == pytest.approx(first, abs=5e-3)
    assert speed[-1] == pytest.approx(last, abs=5e-3)
    assert np.abs(np.diff(speed)).max() < 7e-3, "the speed never jumps"


def test_in_out_is_the_cubic_and_symmetric():
    np.testing.assert_allclose(eased(SHARE, "in_out"), 3 * SHARE**2 - 2 * SHARE**3)
    np.testing.assert_allclose(eased(SHARE, "out"), 1 - eased(SHARE, "in")[::-1], atol=1e-12)
