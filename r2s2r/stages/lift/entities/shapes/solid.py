"""What a shape makes of a view, before it is painted."""

from dataclasses import dataclass

import manifold3d
import numpy as np
from numpy.typing import NDArray

from r2s2r.errors import StageError
from r2s2r.geometry.normals import face_normals
from r2s2r.geometry.transforms import Array
from r2s2r.stages.lift.entities.lifter import View
from r2s2r.stages.lift.entities.simplify import simplified

# What no eye sees, in pixels of the source; then as many times more as there are too many faces.
_TOLERANCE_PX = 0.05


@dataclass(frozen=True, eq=False)
class Solid:
    """A closed surface in the world.

    Attributes:
        vertices: [V, 3], metres.
        faces: [F, 3], counter-clockwise seen from outside.
        hidden: [F] bool, which faces the source's camera does not see.
        is_angular: Whether it has edges: its shading breaks there, and its hidden faces need not join the seen ones.
    """

    vertices: Array
    faces: NDArray[np.int32]
    hidden: NDArray[np.bool_]
    is_angular: bool


def standing_solid(body: manifold3d.Manifold, view: View, *, max_faces: int, oblique: float) -> Solid:
    """Return a body of the world as a solid of at most ``max_faces``, what is below the ground cut off.

    Faces seen more obliquely than ``oblique`` (a cosine) count as hidden: a pixel would be smeared over them. Raises
    StageError when nothing of it is left.
    """
    pixel_m = float(view.camera.project(view.contact.point_m)[1] / view.camera.intrinsics[0, 0])
    if view.contact.on_ground:
        body = body.trim_by_plane((0.0, 1.0, 0.0), 0.0)
    if body.status() != manifold3d.Error.NoError or body.is_empty():
        raise StageError(f"nothing closed comes of its mask ({body.status().name}); give the entity another mask")
    simple = simplified(body, max_faces=max_faces, tolerance=_TOLERANCE_PX * pixel_m)
    mesh = simple.to_mesh64()
    vertices = np.asarray(mesh.vert_properties, np.float64)[:, :3]
    faces = np.asarray(mesh.tri_verts, np.int32)
    normals = face_normals(vertices, faces)
    towards = view.camera.position_m - vertices[faces].mean(axis=1)
    size = np.linalg.norm(normals, axis=1) * np.linalg.norm(towards, axis=1)
    hidden = np.einsum("fi,fi->f", normals, towards) < oblique * size
    return Solid(vertices, faces, hidden, is_angular=True)
