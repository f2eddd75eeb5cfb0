"""Normals and closedness of triangle meshes."""

import numpy as np
import trimesh

from r2s2r.geometry.normals import flat_normals, smooth_normals, unit
from r2s2r.geometry.topology import is_closed

BOX = trimesh.creation.box()
BALL = trimesh.creation.icosphere(subdivisions=3)


def faces_of(mesh):
    return np.asarray(mesh.faces, np.int32)


def test_a_balls_smooth_normals_are_its_radii():
    normals = smooth_normals(np.asarray(BALL.vertices), faces_of(BALL))
    assert np.abs(normals - BALL.vertices[BALL.faces]).max() < 0.02


def test_a_boxes_flat_normals_are_its_axes():
    normals = flat_normals(np.asarray(BOX.vertices), faces_of(BOX))
    assert np.allclose(np.abs(normals).max(axis=2), 1)
    assert np.allclose(normals[:, 0], BOX.face_normals)


def test_a_vector_without_direction_points_up():
    assert np.array_equal(unit(np.zeros((1, 3))), [[0, 1, 0]])


def test_a_box_is_closed_and_without_a_face_is_not():
    assert is_closed(faces_of(BOX))
    assert not is_closed(faces_of(BOX)[1:])


def test_a_face_turned_round_opens_it():
    faces = faces_of(BOX).copy()
    faces[0] = faces[0, ::-1]
    assert not is_closed(faces)
