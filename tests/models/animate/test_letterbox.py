"""Letterboxing."""

import numpy as np
import pytest

from r2s2r.models.animate.letterbox import letterbox
from tests.models.animate import fixture


def test_it_is_the_reference_s_to_the_bit(parity):
    given = fixture.tensors(parity, "pipe_inputs")
    boxed = letterbox(given["ref_image_u8"].numpy(), height=64, width=96)
    np.testing.assert_array_equal(boxed, given["ref_letterboxed_u8"].numpy())


@pytest.mark.parametrize(
    ("rows", "columns", "inside"),
    [
        (100, 30, (0, 64, 38, 57)),  # 64 / 100 * 30 = 19.2, and the left bar is the thinner one
        (30, 100, (18, 46, 0, 96)),  # 28.8: floored, not rounded
        (64, 96, (0, 64, 0, 96)),
        (7, 1000, (31, 32, 0, 96)),  # would be no row at all
    ],
)
def test_the_picture_keeps_its_aspect_between_black_bars(rows, columns, inside):
    boxed = letterbox(np.full((rows, columns, 3), 200, np.uint8), height=64, width=96)
    top, bottom, left, right = inside
    assert boxed.shape == (64, 96, 3)
    assert boxed.dtype == np.uint8
    assert (boxed[top:bottom, left:right] == 200).all()
    assert boxed.sum() == 200 * 3 * (bottom - top) * (right - left)


def test_a_picture_of_the_very_size_is_left_alone():
    picture = np.random.default_rng(0).integers(0, 256, (32, 48, 3), dtype=np.uint8)
    np.testing.assert_array_equal(letterbox(picture, height=32, width=48), picture)
