"""Polygons in space, cut into triangles."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from r2s2r.media.polygons import loop_triangles, polygon_triangles


def area(points, triangles):
    a, b, c = (points[triangles[:, corner]] for corner in range(3))
    return np.cross(b - a, c - a).sum(axis=0) / 2


def test_a_loop_that_bends_inwards_is_cut_within_itself():
    points = np.array([[0, 0, 0], [4, 0, 0], [4, 4, 0], [2, 1, 0], [0, 4, 0]], float)
    triangles = loop_triangles(points)
    a, b, c = (points[triangles[:, corner]] for corner in range(3))
    sides = np.cross(b - a, c - a)[:, 2] / 2
    assert (sides > 0).all()
    assert sides.sum() == pytest.approx(10)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(*[st.integers(-3, 3)] * 3), min_size=3, max_size=40))
def test_any_loop_is_cut_so_that_each_of_its_edges_has_one_triangle(corners):
    triangles = loop_triangles(np.array(corners, float))
    assert triangles.shape == (len(corners) - 2, 3)
    edges = np.stack([triangles, np.roll(triangles, -1, axis=1)], axis=-1).reshape(-1, 2)
    count = np.zeros((len(corners), len(corners)), int)
    np.add.at(count, (edges[:, 0], edges[:, 1]), 1)
    around = (np.arange(len(corners)), (np.arange(len(corners)) + 1) % len(corners))
    if len(corners) > 3:
        assert (count[around] == 1).all()
        assert (count[around[::-1]] == 0).all()
    count[around] = 0
    if len(corners) > 3:
        assert np.array_equal(count, count.T)


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e308])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_what_is_no_number_takes_no_time(value):
    points = np.random.default_rng(0).random((50, 3))
    points[7, 1] = value
    assert loop_triangles(points).shape == (48, 3)


def test_polygons_keep_their_order_and_what_has_two_corners_is_left_out():
    vertices = np.random.default_rng(0).random((9, 3))
    counts = np.array([4, 3, 2, 5, 3])
    triangles = polygon_triangles(vertices, counts, np.arange(17) % 9)
    starts = np.cumsum(counts) - counts
    polygons = np.searchsorted(starts, triangles[:, 0], side="right") - 1
    assert polygons.tolist() == [0, 0, 1, 3, 3, 3, 4]


def test_a_quad_is_cut_along_the_diagonal_that_lies_in_it():
    arrow = np.array([[0, 0, 0], [2, 1, 0], [0, 2, 0], [1, 1, 0]], float)
    triangles = polygon_triangles(arrow, np.array([4]), np.arange(4))
    a, b, c = (arrow[triangles[:, corner]] for corner in range(3))
    assert (np.cross(b - a, c - a)[:, 2] > 0).all()
    assert area(arrow, triangles)[2] == pytest.approx(1)
