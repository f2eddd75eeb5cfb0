"""Normals of a surface whose file has none: smooth, but for its sharp edges."""

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.normals import face_normals, smooth_normals, unit
from r2s2r.media.repair.cut import cut_apart
from r2s2r.media.repair.edges import partners
from r2s2r.media.repair.surface import Surface

# The cosine of 40 degrees: a ball of ten segments is smooth, a pipe of eight has edges.
_SHARP = 0.766


def creased_normals(surface: Surface) -> NDArray[np.float32]:
    """Return unit corner normals [F, 3, 3]: the mean of the faces round a vertex up to the next sharp edge.

    Edges that bend by more than 40 degrees are sharp, and those round what fills a hole.
    """
    partner = partners(surface.vertices, surface.faces)
    normals = unit(face_normals(surface.vertices, surface.faces))
    one, other = np.arange(len(partner)) // 3, partner // 3
    bends = (normals[one] * normals[other]).sum(axis=1) < _SHARP
    rim = surface.is_filling[one] != surface.is_filling[other]
    faces, old = cut_apart(surface.faces, np.where(bends | rim, -1, partner))
    return smooth_normals(surface.vertices[old], faces)
