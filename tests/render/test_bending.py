"""How meshes are brought into shape; that each frame is drawn in its own is tested with all backends."""

import numpy as np
import pytest

from r2s2r.errors import StageError
from r2s2r.stages.render.bending import Bender, edges_of, own_shapes
from r2s2r.stages.render.scene_mesh import merge
from tests.render.bends import WORM, bending, ride, trio


def test_hard_edges_stay_hard_and_smooth_ones_smooth(tmp_path):
    animation, meshes = trio(tmp_path)
    scene = own_shapes(merge(meshes))
    Bender(scene, animation, edges_of(scene, animation)).bend(1)
    _, crate, worm = (slice(*scene.face_start[index : index + 2]) for index in range(3))
    corners = scene.vertices[scene.faces].astype(float)
    flat = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    flat /= np.linalg.norm(flat, axis=1, keepdims=True)
    leaning = np.degrees(np.arccos(np.clip(np.einsum("fki,fi->fk", scene.corner_normals, flat), -1, 1)))
    assert leaning[crate].max() < 25  # a side of the box bends into two faces, whose mean it takes; its edges are 90
    around = scene.faces[worm].ravel()
    normals = scene.corner_normals[worm].reshape(-1, 3)
    first = {vertex: normals[np.argmax(around == vertex)] for vertex in np.unique(around)[:20]}
    for vertex, normal in first.items():
        np.testing.assert_array_equal(normals[around == vertex], np.tile(normal, ((around == vertex).sum(), 1)))


def test_a_shape_that_does_not_fit_is_named_with_its_frame(tmp_path, make):
    animation = bending(tmp_path, {"worm": ride(0, -5)}, {"worm": WORM})
    shapes = np.load(tmp_path / "vertices" / "worm.npy", mmap_mode="r+")
    shapes[2, 5] = np.nan
    with pytest.raises(StageError, match="frame 2: worm: its shape"):
        make(animation, {"worm": WORM})
