"""How other programs lay our meshes: scales and origins that were applied to them, and +Z up, are found out."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from r2s2r.media.animations.axes import is_changed, object_from_mesh

VERTICES = np.random.default_rng(0).uniform([-0.5, 0, -0.2], [0.5, 1, 0.2], (40, 3)).astype(np.float32)


@pytest.mark.parametrize("linear", [np.eye(3), 100 * np.eye(3), Rotation.from_euler("xyz", [10, 20, 30]).as_matrix()])
def test_what_was_applied_to_a_mesh_is_found(linear):
    points = (VERTICES @ linear.T + [0.1, -0.2, 0.3]).astype(np.float32)
    matrix = object_from_mesh(VERTICES, points)
    np.testing.assert_allclose(matrix[:3, :3], linear, rtol=1e-5, atol=1e-5)
    assert not is_changed(VERTICES, points)


def test_the_same_mesh_is_the_identity_to_the_bit():
    np.testing.assert_array_equal(object_from_mesh(VERTICES, VERTICES), np.eye(4))


@pytest.mark.parametrize("turn", [[[1, 0, 0], [0, 0, -1], [0, 1, 0]], [[1, 0, 0], [0, 0, 1], [0, -1, 0]]])
def test_a_mesh_whose_vertices_were_split_is_told_by_its_box(turn):
    split = np.repeat(VERTICES, 3, axis=0) @ np.array(turn, np.float32).T
    np.testing.assert_array_equal(object_from_mesh(VERTICES, split)[:3, :3], turn)


def test_a_sculpted_mesh_is_changed_and_taken_as_it_lies():
    sculpted = np.array(VERTICES)
    sculpted[:10] *= 1.5
    assert is_changed(VERTICES, sculpted)
    np.testing.assert_array_equal(object_from_mesh(VERTICES, sculpted), np.eye(4))
