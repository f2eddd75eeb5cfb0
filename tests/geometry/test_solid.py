"""The solid inside a mesh."""

import numpy as np
import pytest
import trimesh

from r2s2r.geometry.solid import contains, solid

BALL = trimesh.creation.icosphere(4, 1.0)
VERTICES, FACES = BALL.vertices.astype(np.float32), BALL.faces.astype(np.int32)
BOX_M = np.array([[-1.0, -1, -1], [1, 1, 1]])


def _ring(points=400):
    """A tube of radius 0.25 round a ring of radius 0.75, and points of which it is known whether they lie in it."""
    ring = trimesh.creation.torus(0.75, 0.25, major_sections=96, minor_sections=48)
    places = np.random.default_rng(1).uniform(-1.1, 1.1, (points, 3)) * [1, 1, 0.3]
    away = np.hypot(np.hypot(places[:, 0], places[:, 1]) - 0.75, places[:, 2])
    return ring, places, away


def test_points_in_a_ring_are_told_from_those_in_its_hole():
    ring, places, away = _ring()
    sure = np.abs(away - 0.25) > 0.01
    inside = [contains(ring.vertices.astype(np.float32), ring.faces.astype(np.int32), place) for place in places]
    np.testing.assert_array_equal(np.array(inside)[sure], (away < 0.25)[sure])


@pytest.mark.parametrize("point_m", [[0, 0, 0], [0.5, 0, 0], [0, 0.5, 0], [0.25, 0.25, 0.25], [-0.5, 0.5, 0]])
def test_points_in_line_with_corners_and_edges_are_inside_all_the_same(point_m):
    cube = trimesh.creation.box((2, 2, 2))
    vertices, faces = cube.vertices.astype(np.float32), cube.faces.astype(np.int32)
    assert contains(vertices, faces, np.array(point_m, float))
    assert not contains(vertices, faces, np.add(point_m, [2, 0, 0]))
    assert not contains(vertices, faces, np.add(point_m, [0, 0, -2]))


def test_depths_are_those_of_a_ball():
    measured = solid(VERTICES, FACES, BOX_M, 32)
    points = np.random.default_rng(2).uniform(-1, 1, (500, 3)) * 0.95
    expected = 1 - np.linalg.norm(points, axis=1)
    np.testing.assert_allclose(measured.depth_m(points), expected, atol=0.75 * 2 / 32)


def test_far_off_is_outside():
    measured = solid(VERTICES, FACES, BOX_M, 16)
    assert (measured.depth_m(np.array([[5.0, 0, 0], [0, -3, 0]])) < 0).all()


def test_points_are_inside_and_always_the_same():
    measured = solid(VERTICES, FACES, BOX_M, 16)
    points = measured.points_m(100)
    assert len(points) == 100
    assert (np.linalg.norm(points, axis=1) < 1).all()
    assert (np.abs(points.mean(axis=0)) < 0.2).all()
    np.testing.assert_array_equal(points, measured.points_m(100))
    np.testing.assert_array_equal(points, solid(VERTICES, FACES, BOX_M, 16).points_m(100))


def test_a_sheet_far_thinner_than_wide_has_an_inside():
    sheet = trimesh.creation.box((2, 0.001, 2))
    box_m = np.array([[-1, -0.0005, -1], [1, 0.0005, 1]])
    measured = solid(sheet.vertices.astype(np.float32), sheet.faces.astype(np.int32), box_m, 16)
    assert len(measured.points_m(10**6)) == 16**3
    assert measured.depth_m(np.zeros((1, 3)))[0] == pytest.approx(0.0005, rel=0.2)


def test_a_part_of_a_mesh_is_measured_finer():
    top = np.array([[-0.1, 0.8, -0.1], [0.1, 1.0, 0.1]])
    measured = solid(VERTICES, FACES, top, 16)
    assert measured.depth_m(np.array([[0, 0.95, 0]]))[0] == pytest.approx(0.05, abs=0.01)


@pytest.mark.parametrize("middle_m", [0.0, 3.0])
def test_a_box_that_is_all_inside_or_all_outside_is_so_everywhere(middle_m):
    box_m = np.add([[-0.1, -0.1, -0.1], [0.1, 0.1, 0.1]], [0, middle_m, 0])
    measured = solid(VERTICES, FACES, box_m, 8)
    assert (measured.depth_m(np.array([[0, middle_m, 0]]))[0] > 0) == (middle_m == 0)
    assert len(measured.points_m(10**6)) == (1000 if middle_m == 0 else 0)
