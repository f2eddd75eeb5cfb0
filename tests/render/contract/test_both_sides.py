"""Faces seen from behind: whoever leaves them out must know that something hides them, or the picture changes."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from r2s2r.geometry.mesh import Mesh
from r2s2r.stages.render.rasteriser import Raster
from r2s2r.stages.render.still import Still
from tests.render.conftest import scene_mesh
from tests.render.oracle import true_passes
from tests.render.shapes import placed, sphere, view_of

SOLID = sphere(2)
TURN = Rotation.from_euler("xyz", [37, 21, 64], degrees=True).as_matrix()
IN_FRONT = placed(0.21, -0.13, -3.1, TURN)


def of_faces(mesh: Mesh, faces: np.ndarray, kept: np.ndarray | slice = slice(None)) -> Mesh:
    """The mesh with other faces in the place of those kept."""
    return replace(mesh, faces=faces, corner_uv=mesh.corner_uv[kept], corner_normals=mesh.corner_normals[kept])


def middle(mesh: Mesh) -> np.ndarray:
    corners = mesh.vertices[mesh.faces]
    return (corners[:, 0] + corners[:, 1] + corners[:, 2]) / 3


def opened(mesh: Mesh) -> Mesh:
    """Without the half that looks at the camera of ``IN_FRONT``."""
    kept = middle(mesh) @ TURN.T[:, 2] < 0.1
    return of_faces(mesh, mesh.faces[kept], kept)


def with_a_hole(mesh: Mesh) -> Mesh:
    """Without the one face that is nearest to the camera of ``IN_FRONT``."""
    kept = np.arange(len(mesh.faces)) != np.argmax(middle(mesh) @ TURN.T[:, 2])
    return of_faces(mesh, mesh.faces[kept], kept)


def half_turned(mesh: Mesh) -> Mesh:
    """Closed, but every other face wound the wrong way."""
    faces = mesh.faces.copy()
    faces[::2] = faces[::2, ::-1]
    return of_faces(mesh, faces)


def split_open(mesh: Mesh) -> Mesh:
    """Looks closed, and has no face with a neighbour; some faces are moved aside."""
    corners = mesh.vertices[mesh.faces].copy()
    corners[::7] *= 1.3
    faces = np.arange(len(mesh.faces) * 3, dtype=np.int32).reshape(-1, 3)
    return replace(of_faces(mesh, faces), vertices=corners.reshape(-1, 3))


def two_shells(mesh: Mesh) -> Mesh:
    """A closed mesh beside one that is wound inwards: the volume they enclose together is still positive."""
    vertices = np.concatenate([mesh.vertices, mesh.vertices * np.float32(0.6) + np.array([1.2, 0, 0], np.float32)])
    faces = np.concatenate([mesh.faces, mesh.faces[:, ::-1] + len(mesh.vertices)])
    twice = np.tile(np.arange(len(mesh.faces)), 2)
    return replace(of_faces(mesh, faces, twice), vertices=vertices)


def folded_through(mesh: Mesh) -> Mesh:
    """One closed surface, wound outwards for the most part; drawn through itself, so that its tip is inside out."""
    x, y, z = mesh.vertices.T.astype(float)
    across = np.where(x < 0.1, 1.0, 1.0 - 4.0 * (x - 0.1))
    return replace(mesh, vertices=np.stack([x * 1.5, y * across, z], axis=1).astype(np.float32))


MESHES = {
    "closed": SOLID,
    "wound inwards": of_faces(SOLID, SOLID.faces[:, ::-1].copy()),
    "open": opened(SOLID),
    "with a hole": with_a_hole(SOLID),
    "half turned": half_turned(SOLID),
    "split open": split_open(SOLID),
    "two shells": two_shells(SOLID),
    "folded through itself": folded_through(SOLID),
}
POSES = {
    "in front": IN_FRONT,
    "mirrored": IN_FRONT @ np.diag([-1.0, 1, 1, 1]),
    "turned inside out": IN_FRONT @ np.diag([-1.0, -1, -1, 1]),
    "round the camera": placed(0.11, 0.07, 0.31, TURN),
    "round the camera, mirrored": placed(0.11, 0.07, 0.31, TURN @ np.diag([1.0, -1, 1])),
    "cut by the near plane": placed(0.11, 0.07, -1.03, TURN),
    "with its middle behind the camera": placed(0.55, 0.07, 0.6, TURN * 1.2),
}


@pytest.mark.parametrize("pose", POSES)
@pytest.mark.parametrize("shape", MESHES)
def test_a_face_is_seen_from_behind_where_nothing_hides_it(contender, shape, pose):
    mesh, view = scene_mesh(MESHES[shape]), view_of(POSES[pose], height=45, width=80, near_m=0.1)
    truth, seen = true_passes(mesh, view).face_idx, contender.visibility(mesh, view, 2)
    assert np.count_nonzero(truth >= 0) > 150
    assert np.count_nonzero(seen.face_idx != truth) <= 2
    # The samples know no other faces than their pixels, by and large.
    fewer = np.setdiff1d(truth, seen.samples)
    assert len(fewer) <= 2


def test_what_is_mirrored_or_turned_at_one_frame_only_is_seen_so(contender):
    """By one rasteriser, which cannot keep what it found out about a face's side."""

    mesh = scene_mesh(opened(SOLID))
    rasteriser = contender.backend().new_rasteriser(mesh, Raster(45, 80))
    seen = rasteriser.new_visibility()
    for name in (*POSES, *reversed(POSES)):
        view = view_of(POSES[name], height=45, width=80, near_m=0.1)
        rasteriser.draw([Still(0, mesh, view)], [seen])
        assert np.count_nonzero(seen.face_idx != true_passes(mesh, view).face_idx) <= 2, name
