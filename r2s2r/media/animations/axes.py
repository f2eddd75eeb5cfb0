"""How a mesh lies in another program's own axes: it may have turned it +Z up, or applied a scale to it."""

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array

# Shares of a mesh's size: what files round is below, what people do is above.
_SAME_WITHIN = 1e-4
_ROUNDED_TO = 9
# glTF brought in and taken out as USD stands +Z up; USD brought in and taken out as glTF is turned the other way.
_TURNS = (np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]]), np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]]))


def object_from_mesh(vertices: NDArray[np.float32], points: NDArray[np.float32] | None) -> Array:
    """Return the affine [4, 4] that takes our mesh's vertices [V, 3] to the points [P, 3] that a file has for it.

    With as many points, it is whatever takes one to the other: a scale or an origin that was applied to the mesh. With
    others (glTF splits them), it is told by their box whether Blender turned them. The identity where neither fits:
    then the mesh was changed, which is not read.
    """
    if points is None or len(points) == 0:
        return np.eye(4)
    ours, theirs = vertices.astype(np.float64), points.astype(np.float64)
    if len(ours) == len(theirs):
        return _affine(ours, theirs)
    matrix = np.eye(4)
    fitting = [turn for turn in (np.eye(3), *_TURNS) if _same_box(ours @ turn.T, theirs)]
    if fitting:
        matrix[:3, :3] = fitting[0]
    return matrix


def is_changed(vertices: NDArray[np.float32], points: NDArray[np.float32] | None) -> bool:
    """Tell whether a file has another mesh than ours, whatever was applied to it."""
    if points is None or len(vertices) != len(points):
        return False
    matrix = object_from_mesh(vertices, points)
    return not _fits(vertices.astype(np.float64), points.astype(np.float64), matrix)


def _affine(ours: Array, theirs: Array) -> Array:
    matrix = np.eye(4)
    if _fits(ours, theirs, matrix):
        return matrix
    known = np.concatenate([ours, np.ones((len(ours), 1))], axis=1)
    solved, _, rank, _ = np.linalg.lstsq(known, theirs, rcond=1e-9)
    if rank < 4:
        return matrix
    matrix[:3] = np.round(solved.T, _ROUNDED_TO)
    return matrix if _fits(ours, theirs, matrix) else np.eye(4)


def _fits(ours: Array, theirs: Array, matrix: Array) -> bool:
    moved = ours @ matrix[:3, :3].T + matrix[:3, 3]
    return bool(np.abs(moved - theirs).max() <= _SAME_WITHIN * np.ptp(theirs, axis=0).max())


def _same_box(ours: Array, theirs: Array) -> bool:
    corners = [np.stack([points.min(axis=0), points.max(axis=0)]) for points in (ours, theirs)]
    return bool(np.abs(corners[0] - corners[1]).max() <= _SAME_WITHIN * np.ptp(ours, axis=0).max())
