"""Outline: a thing without texture is followed by where its mask is, and how large."""

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.transforms import Array, inverse, transform_points
from r2s2r.stages.lift.motions.film import Bits, Film

# An outline that much smaller or larger than at the reference frame is not the same thing, or not all of it.
_MOST_CHANGE = 4.0


def by_outline(film: Film, mesh: Mesh, world_from_mesh: Array) -> tuple[Array, NDArray[np.bool_]]:
    """Return poses [N, 4, 4] that do not turn, and the frames [N] in which the outline tells one.

    The mask's middle says in which direction the thing is, its area how far away: ``depth ~ 1 / sqrt(area)``.
    """
    poses, seen = np.tile(world_from_mesh, (len(film), 1, 1)), np.zeros(len(film), bool)
    middle_m = transform_points(world_from_mesh, mesh.vertices.astype(np.float64)).mean(axis=0)
    home = transform_points(film.camera_from_world[film.reference], middle_m)
    reference = film.mask(film.reference)
    offset_px = _middle(reference) - (film.intrinsics @ home)[:2] / home[2]
    for index in range(len(film)):
        mask = film.mask(index)
        if index != film.reference and not _whole(mask, reference):
            continue
        nearer = float(np.sqrt(mask.sum() / reference.sum()))
        pixel = _middle(mask) - nearer * offset_px
        ray = np.linalg.inv(film.intrinsics) @ [*pixel, 1.0]
        now_m = transform_points(inverse(film.camera_from_world[index]), ray * home[2] / nearer)
        poses[index, :3, 3] += now_m - middle_m
        seen[index] = True
    return poses, seen


def _middle(mask: Bits) -> Array:
    rows, columns = np.nonzero(mask)
    return np.array([columns.mean() + 0.5, rows.mean() + 0.5])


def _whole(mask: Bits, reference: Bits) -> bool:
    cut = mask[[0, -1]].any() or mask[:, [0, -1]].any()
    return bool(not cut and 1 / _MOST_CHANGE < mask.sum() / reference.sum() < _MOST_CHANGE)
