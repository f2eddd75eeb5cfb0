"""Sampling."""

import numpy as np
from numpy.typing import NDArray
from skimage import data

from r2s2r.stages.diffuse.warp import PixelMap, warped

PICTURE = data.coffee()[:240, :320]


def grid(height: int, width: int, *, step: float = 1.0, first: float = 0.0) -> PixelMap:
    columns, rows = np.meshgrid(np.arange(width) * step + first, np.arange(height) * step + first)
    return PixelMap(columns.astype(np.float32), rows.astype(np.float32))


def test_at_pixel_centres_the_picture_comes_through_exactly():
    np.testing.assert_array_equal(warped(PICTURE, grid(240, 320)), PICTURE)


def test_a_whole_shift_is_exact_inside():
    np.testing.assert_array_equal(warped(PICTURE, grid(240, 320, first=7.0))[:200, :300], PICTURE[7:207, 7:307])


def test_outside_the_edge_is_held():
    view = warped(PICTURE, grid(30, 30, first=-20.0))
    np.testing.assert_array_equal(view[:10, :10], np.broadcast_to(PICTURE[0, 0], (10, 10, 3)))


def test_fine_stripes_that_shrink_become_grey_not_moire():
    stripes: NDArray[np.uint8] = np.where(np.arange(640)[None, :, None] % 2, 255, 0).astype(np.uint8)
    view = warped(np.broadcast_to(stripes, (640, 640, 3)).copy(), grid(140, 140, step=4.3, first=8.0))
    assert np.abs(view[4:-4, 4:-4].astype(float) - 127.5).max() < 16


def test_a_view_that_shrinks_a_little_stays_sharp():
    view = warped(PICTURE, grid(200, 260, step=1.2))
    assert view.astype(float).std() > 0.97 * PICTURE[:, :312].astype(float).std()


def test_shrinking_keeps_things_in_place():
    ramp = np.broadcast_to(np.linspace(0, 255, 512, dtype=np.float32)[None, :, None], (512, 512, 3))
    pixels = grid(60, 60, step=8.0, first=16.0)
    view = warped(np.rint(ramp).astype(np.uint8), pixels)
    np.testing.assert_allclose(view[30, 5:-5, 0], pixels.columns[30, 5:-5] * 255 / 511, atol=1.5)
