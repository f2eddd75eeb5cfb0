"""A mesh that is to be bent has no long edges."""

import numpy as np
import pytest
import trimesh

from r2s2r.stages.lift.entities.refined import refined
from tests.edit.conftest import box


def _lengths(mesh):
    sides = mesh.vertices[mesh.faces]
    return np.linalg.norm(sides - np.roll(sides, 1, axis=1), axis=2)


def test_it_is_the_same_closed_surface_with_short_edges():
    crate = box(1.0, 0.6)
    finer = refined(crate)
    assert _lengths(finer).max() < 2 / 24
    surface = trimesh.Trimesh(finer.vertices, finer.faces, process=False)
    assert surface.is_watertight
    assert surface.is_winding_consistent
    assert surface.volume == pytest.approx(0.36, rel=1e-5)
    assert surface.area == pytest.approx(2 * 0.36 + 4 * 0.6, rel=1e-5)


def test_normals_and_texture_coordinates_stay_those_of_the_faces():
    finer = refined(box())
    surface = trimesh.Trimesh(finer.vertices, finer.faces, process=False)
    np.testing.assert_allclose(finer.corner_normals, np.repeat(surface.face_normals[:, None], 3, axis=1), atol=1e-5)
    assert finer.corner_uv.min() == 0
    assert finer.corner_uv.max() == 1
    assert np.ptp(finer.corner_uv, axis=1).max() < 0.2, "a small face has a small part of the texture"


def test_a_fine_mesh_and_one_that_is_not_closed_stay_as_they_are():
    finer = refined(box())
    assert refined(finer) is finer
    crate = box()
    opened = type(crate)(crate.vertices, crate.faces[1:], crate.corner_uv[1:], crate.corner_normals[1:], crate.texture)
    assert refined(opened) is opened


def test_equal_meshes_give_equal_bytes():
    first, second = refined(box()), refined(box())
    for name in ("vertices", "faces", "corner_uv", "corner_normals"):
        assert getattr(first, name).tobytes() == getattr(second, name).tobytes()
