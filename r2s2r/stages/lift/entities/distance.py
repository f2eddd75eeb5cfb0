"""How far away a mesh is put that is right in the picture but not in its size."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.transforms import Array
from r2s2r.stages.lift.entities.lifter import View
from r2s2r.stages.lift.entities.relief import enough_depth
from r2s2r.stages.lift.entities.small_view import SmallView, small_view

# With fewer pixels of known depth than this, the ground says more.
_MIN_KNOWN = 20
_LONG_PX = 160


def at_its_distance(mesh: Mesh, view: View) -> Mesh:
    """Scale a mesh about the camera's eye, which leaves the picture as it is, to where the source has the entity.

    By depth where it is known: the median over what is seen of it; else its lowest point is put on the ground, or, of
    one that stands on none, its middle as far away as ``view.contact``.
    """
    vertices, eye_m = mesh.vertices.astype(np.float64), view.camera.position_m
    factor = depth_factor(vertices, mesh.faces, view) or _contact_factor(vertices, view)
    return replace(mesh, vertices=(eye_m + factor * (vertices - eye_m)).astype(np.float32))


def depth_factor(vertices: Array, faces: NDArray[np.int32], view: View) -> float | None:
    """Return how many times farther than vertices [V, 3] the known depth is; None where too little of it is known."""
    if not enough_depth(view):
        return None
    small = small_view(view, _LONG_PX, vertices)
    return measured_factor(small.depth_of(vertices, faces), small)


def measured_factor(mesh_depth_m: Array, small: SmallView) -> float | None:
    """Return the same in a small picture, where the mesh's own depth is [h, w]."""
    if small.depth_m is None:
        return None
    ratio = small.depth_m / mesh_depth_m
    known = ratio[np.isfinite(ratio) & (ratio > 0)]
    return float(np.median(known)) if len(known) >= _MIN_KNOWN else None


def _contact_factor(vertices: Array, view: View) -> float:
    eye_m = view.camera.position_m
    below_m = float(eye_m[1] - vertices[:, 1].min())
    if view.contact.on_ground and below_m > 0:
        return float(eye_m[1]) / below_m
    away_m = float(np.linalg.norm(vertices.mean(axis=0) - eye_m))
    return float(np.linalg.norm(view.contact.point_m - eye_m)) / max(away_m, 1e-9)
