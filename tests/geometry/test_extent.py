"""The part of a picture that a mask takes."""

import numpy as np

from r2s2r.geometry.extent import extent_px


def test_corners_are_the_first_pixel_and_one_past_the_last_x_before_y():
    mask = np.zeros((6, 9), bool)
    mask[2:4, 5] = mask[3, 7] = True
    low, high = extent_px(mask)
    assert (low.tolist(), high.tolist()) == ([5, 2], [8, 4])


def test_a_single_pixel_has_an_extent():
    mask = np.zeros((3, 3), bool)
    mask[2, 0] = True
    low, high = extent_px(mask)
    assert (high - low).tolist() == [1, 1]
