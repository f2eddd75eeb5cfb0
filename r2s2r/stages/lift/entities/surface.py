"""The closed surface of an inflated silhouette."""

from dataclasses import dataclass

import manifold3d
import numpy as np
from numpy.typing import NDArray
from skimage.measure import marching_cubes

from r2s2r.errors import StageError
from r2s2r.geometry.transforms import Array
from r2s2r.stages.lift.entities.heights import squared_heights
from r2s2r.stages.lift.entities.outline import Outline

# The first tolerance of the simplification, in cells; then as many times more as there are too many faces.
_TOLERANCE = 0.05
_MAX_ROUNDS = 24


@dataclass(frozen=True, eq=False)
class Surface:
    """A closed surface over the picture.

    Attributes:
        points: [V, 3] in pixels of the source: x right, y down, z away from the camera, 0 on the outline.
        faces: [F, 3], counter-clockwise seen from outside; these axes are right-handed, as the world's are.
    """

    points: Array
    faces: NDArray[np.int32]


def inflate_outline(outline: Outline, *, thickness: float, max_faces: int) -> Surface:
    """Inflate an outline: the level set of ``k^2 u - z^2``, closed by construction, simplified to ``max_faces``.

    ``thickness`` 1 makes it as deep, at its deepest, as the largest disc inside it is wide: a disc becomes a ball and a
    strip a tube. Raises StageError when the result is not a closed manifold.
    """
    heights = squared_heights(outline.distance)
    ratio = thickness * min(1.0, outline.largest_radius / float(np.sqrt(heights.max())))
    squared = ratio**2 * heights
    half = int(np.ceil(np.sqrt(squared.max()))) + 2
    # Halves, so that no node lies on the plane of symmetry: there the field is flat across it.
    levels = np.arange(-half, half) + 0.5
    field = (squared[..., None] - levels**2).astype(np.float32)
    nodes, faces, _, _ = marching_cubes(field, 0.0, gradient_direction="descent", allow_degenerate=False)
    cells = np.stack([nodes[:, 1], nodes[:, 0], nodes[:, 2] - (half - 0.5)], axis=1)
    points = cells * outline.cell_px + [*outline.origin_px, 0.0]
    return _simplified(points, faces, max_faces, outline.cell_px * _TOLERANCE)


def closed_manifold(vertices: Array, faces: NDArray[np.int32]) -> manifold3d.Manifold:
    """Return a mesh as manifold3d's solid; raises StageError when it is not closed."""
    mesh = manifold3d.Mesh(np.ascontiguousarray(vertices, np.float32), np.ascontiguousarray(faces, np.uint32))
    solid = manifold3d.Manifold(mesh)
    if solid.status() != manifold3d.Error.NoError or solid.is_empty():
        raise StageError(f"the lifted mesh is not closed ({solid.status().name}); give the entity another mask")
    return solid


def _simplified(points: Array, faces: NDArray[np.int32], max_faces: int, tolerance_px: float) -> Surface:
    middle = points.mean(axis=0)  # float32 inside: precision is lost far from the origin
    solid = closed_manifold(points - middle, faces)
    simple = solid
    for _ in range(_MAX_ROUNDS):
        simple = solid.simplify(tolerance_px)
        if simple.num_tri() <= max_faces:
            break
        tolerance_px *= max(1.15, (simple.num_tri() / max_faces) ** 0.8)
    mesh = simple.to_mesh()
    closed = np.asarray(mesh.vert_properties, np.float64)[:, :3] + middle, np.asarray(mesh.tri_verts, np.int32)
    return Surface(*closed)
