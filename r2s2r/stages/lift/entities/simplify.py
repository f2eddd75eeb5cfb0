"""Closed surfaces with fewer faces."""

import manifold3d
import numpy as np
from numpy.typing import NDArray

from r2s2r.errors import StageError
from r2s2r.geometry.transforms import Array

_MAX_ROUNDS = 40


def closed_manifold(vertices: Array, faces: NDArray[np.int32]) -> manifold3d.Manifold:
    """Return a mesh as manifold3d's solid; raises StageError when it is not closed."""
    mesh = manifold3d.Mesh(np.ascontiguousarray(vertices, np.float32), np.ascontiguousarray(faces, np.uint32))
    solid = manifold3d.Manifold(mesh)
    if solid.status() != manifold3d.Error.NoError or solid.is_empty():
        raise StageError(f"the lifted mesh is not closed ({solid.status().name}); give the entity another mask")
    return solid


def simplified(solid: manifold3d.Manifold, *, max_faces: int, tolerance: float) -> manifold3d.Manifold:
    """Simplify a solid, by more than ``tolerance`` only where it has more than ``max_faces``; it stays closed."""
    simple = solid
    for _ in range(_MAX_ROUNDS):
        simple = simple.simplify(tolerance)
        if simple.num_tri() <= max_faces:
            break
        tolerance *= max(1.15, (simple.num_tri() / max_faces) ** 0.8)
    return simple


def with_fewer_faces(
    vertices: Array, faces: NDArray[np.int32], *, max_faces: int, tolerance: float
) -> tuple[Array, NDArray[np.int32]]:
    """Return vertices and faces of a closed surface, simplified as ``simplified`` says.

    ``tolerance`` is in the unit of the vertices [V, 3]. Raises StageError when the surface is not closed.
    """
    middle = vertices.mean(axis=0)  # float32 inside: precision is lost far from the origin
    solid = closed_manifold(vertices - middle, faces)
    mesh = simplified(solid, max_faces=max_faces, tolerance=tolerance).to_mesh()
    return np.asarray(mesh.vert_properties, np.float64)[:, :3] + middle, np.asarray(mesh.tri_verts, np.int32)
