"""Polygons in space, cut into triangles."""

import manifold3d
import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array


def loop_triangles(points: Array) -> NDArray[np.int64]:
    """Cut a closed loop of points [N, 3] into N - 2 triangles, wound as the loop; no point is added.

    It is cut in the plane it nearly lies in. A loop that crosses itself there is still cut so that each of its edges
    has one triangle and each edge inside has two.
    """
    fan = np.stack([np.zeros(len(points) - 2, np.int64), *(np.arange(len(points) - 2) + i for i in (1, 2))], axis=1)
    if len(points) == 3:
        return fan
    flat = _in_plane(points)
    if not np.isfinite(flat).all():  # whoever reads these points refuses them
        return fan
    triangles = np.asarray(manifold3d.triangulate([flat], allow_convex=False), np.int64).reshape(-1, 3)
    return triangles if _covers(triangles, len(points)) else fan


def polygon_triangles(vertices: Array, counts: NDArray[np.int64], corners: NDArray[np.int64]) -> NDArray[np.int64]:
    """Cut polygons into triangles [F, 3] of corner numbers.

    Args:
        vertices: [V, 3].
        counts: [P] corners of each polygon; those with fewer than 3 are left out.
        corners: [sum of counts] vertex of each corner.
    """
    starts = np.cumsum(counts) - counts
    triples = starts[counts == 3][:, None] + np.arange(3)
    quads = starts[counts == 4][:, None] + np.arange(4)
    rows = [triples, _quad_triangles(vertices[corners[quads]], quads)]
    owners = [np.flatnonzero(counts == 3), np.repeat(np.flatnonzero(counts == 4), 2)]
    for polygon in np.flatnonzero(counts > 4):
        own = starts[polygon] + np.arange(counts[polygon])
        rows.append(own[loop_triangles(vertices[corners[own]])])
        owners.append(np.full(counts[polygon] - 2, polygon))
    order = np.argsort(np.concatenate(owners), kind="stable")
    return np.concatenate(rows)[order].astype(np.int64)


def loop_normal(points: Array) -> Array:
    """Return Newell's normal [3] of a loop of points [N, 3]; its length is twice the area."""
    centred = points - points.mean(axis=0)
    normal: Array = np.cross(centred, np.roll(centred, -1, axis=0)).sum(axis=0)
    return normal


def _quad_triangles(points: Array, quads: NDArray[np.int64]) -> NDArray[np.int64]:
    """Cut quads [Q, 4] along the diagonal that leaves two triangles facing the same way."""
    sides = np.cross(points[:, 1] - points[:, 0], points[:, 2] - points[:, 0])
    others = np.cross(points[:, 2] - points[:, 0], points[:, 3] - points[:, 0])
    bent = ((sides * others).sum(axis=1) < 0)[:, None, None]
    straight = quads[:, [[0, 1, 2], [0, 2, 3]]]
    return np.where(bent, quads[:, [[0, 1, 3], [1, 2, 3]]], straight).reshape(-1, 3)


def _in_plane(points: Array) -> Array:
    normal = loop_normal(points)
    length = np.linalg.norm(normal)
    ahead = normal / length if length > 0 else np.array([0.0, 0.0, 1.0])
    right = np.cross(ahead, np.eye(3)[np.argmin(np.abs(ahead))])
    right /= np.linalg.norm(right)
    centred = points - points.mean(axis=0)
    largest = np.abs(centred).max()
    flat: Array = np.stack([centred @ right, centred @ np.cross(ahead, right)], axis=1) / (largest or 1.0)
    return flat


def _covers(triangles: NDArray[np.int64], count: int) -> bool:
    """Return whether triangles have a loop's edges, each once, besides edges that are passed both ways."""
    if triangles.shape != (count - 2, 3):
        return False
    edges = np.stack([triangles, np.roll(triangles, -1, axis=1)], axis=-1).reshape(-1, 2)
    forth, back = edges[:, 0] * count + edges[:, 1], edges[:, 1] * count + edges[:, 0]
    border = np.setdiff1d(forth, back)
    around = np.arange(count) * count + (np.arange(count) + 1) % count
    return len(np.unique(forth)) == len(forth) and np.array_equal(border, np.sort(around))
