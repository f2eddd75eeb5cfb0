"""Faces over the points of a grid."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from r2s2r.geometry.faces_over import faces_over

SQUARE = np.array([[[0, 0], [4, 0], [4, 4]], [[0, 0], [4, 4], [0, 4]]], float)


def test_two_halves_of_a_square_cover_each_point_once_also_on_their_common_edge():
    over = faces_over(SQUARE, 8, 8)
    cells = over.column * 8 + over.row
    assert sorted(cells.tolist()) == [column * 8 + row for column in range(4) for row in range(4)]


def test_weights_give_back_the_point():
    over = faces_over(SQUARE, 8, 8)
    points = np.sum(over.weights[..., None] * SQUARE[over.face], axis=1)
    np.testing.assert_allclose(points, np.stack([over.column, over.row], axis=1), atol=1e-4)
    np.testing.assert_allclose(over.weights.sum(axis=1), 1)


def test_the_side_is_which_way_round_the_corners_run():
    assert set(faces_over(SQUARE, 8, 8).side.tolist()) == {1}
    assert set(faces_over(SQUARE[:, ::-1], 8, 8).side.tolist()) == {-1}


def test_faces_off_the_grid_smaller_than_its_cells_or_without_area_cover_nothing():
    for corners in (SQUARE + 20, SQUARE - 20, SQUARE / 10 + 0.3, SQUARE * [1, 0] + [0, 2], SQUARE * 0, SQUARE[:0]):
        assert len(faces_over(corners, 8, 8).face) == 0


@given(st.lists(st.floats(-1e9, 1e9), min_size=6, max_size=6))
def test_no_face_is_too_large(numbers):
    over = faces_over(np.array(numbers).reshape(1, 3, 2), 4, 4)
    assert len(over.face) <= 16
    assert ((over.column >= 0) & (over.column < 4) & (over.row >= 0) & (over.row < 4)).all()
