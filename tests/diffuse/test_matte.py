"""Soft edges over the background."""

import numpy as np
import pytest
from numpy.typing import NDArray

from r2s2r.stages.diffuse.matte import laid_over

IDS = np.zeros((60, 80), np.uint16)
IDS[15:45, 10:40] = 1
IDS[20:50, 40:70] = 2
RGB = np.zeros((60, 80, 3), np.uint8)
RGB[IDS == 1] = (250, 240, 230)
RGB[IDS == 2] = (200, 220, 240)


def plain(colour: int) -> NDArray[np.uint8]:
    return np.full((60, 80, 3), colour, np.uint8)


def test_hard_edges_when_asked_for():
    result = laid_over(plain(9), RGB, IDS, soften_px=0)
    np.testing.assert_array_equal(result, np.where((IDS > 0)[..., None], RGB, 9))


@pytest.mark.parametrize("soften_px", [0.5, 1.0, 3.0, 8.0])
def test_no_dark_fringe_round_bright_entities_on_a_bright_background(soften_px):
    result = laid_over(plain(255), RGB, IDS, soften_px=soften_px)
    assert result.min() >= 199


@pytest.mark.parametrize("soften_px", [1.0, 3.0])
def test_no_background_shines_through_where_two_entities_meet(soften_px):
    result = laid_over(plain(0), RGB, IDS, soften_px=soften_px)
    assert result[30, 30:50].min() >= 199


@pytest.mark.parametrize("soften_px", [1.0, 3.0, 6.0])
def test_the_edge_is_as_wide_as_asked(soften_px):
    result = laid_over(plain(0), np.where(IDS[..., None] == 1, 255, RGB).astype(np.uint8), IDS, soften_px=soften_px)
    profile = result[30, :25, 0] / 255
    positions = np.interp([0.1, 0.9], profile, np.arange(25))
    assert np.diff(positions)[0] == pytest.approx(soften_px, abs=0.5)
    assert np.interp(0.5, profile, np.arange(25)) == pytest.approx(9.5, abs=0.05)


def test_far_from_entities_and_deep_inside_nothing_changes():
    result = laid_over(plain(77), RGB, IDS, soften_px=1.0)
    np.testing.assert_array_equal(result[:8], plain(77)[:8])
    np.testing.assert_array_equal(result[24:40, 16:34], RGB[24:40, 16:34])


def test_an_entity_cut_by_the_picture_s_edge_stays_opaque_there():
    ids = np.ones((20, 20), np.uint16)
    result = laid_over(np.zeros((20, 20, 3), np.uint8), np.full((20, 20, 3), 200, np.uint8), ids, soften_px=2.0)
    assert result.min() == 200


def test_no_entities_no_change():
    result = laid_over(plain(5), RGB, np.zeros_like(IDS), soften_px=1.0)
    np.testing.assert_array_equal(result, plain(5))
