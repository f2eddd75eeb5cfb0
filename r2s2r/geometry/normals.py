"""Normals of triangle meshes."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array

Floats: TypeAlias = NDArray[np.float32] | NDArray[np.float64]


def face_normals(vertices: Floats, faces: NDArray[np.int32]) -> Array:
    """Return [F, 3] normals whose length is twice the face's area; faces are counter-clockwise seen from outside."""
    a, b, c = (vertices[faces[:, corner]].astype(np.float64) for corner in range(3))
    normals: Array = np.cross(b - a, c - a)
    return normals


def smooth_normals(vertices: Floats, faces: NDArray[np.int32]) -> NDArray[np.float32]:
    """Return unit corner normals [F, 3, 3]: at each vertex the mean of its faces' normals, weighted by their areas."""
    return shared_normals(face_normals(vertices, faces), faces, len(vertices)).astype(np.float32)


def shared_normals(normals: Array, group: NDArray[np.integer[Any]], groups: int) -> Array:
    """Return unit corner normals [F, 3, 3] of faces with normals [F, 3], as long as each weighs.

    Corners of one number (``group`` [F, 3], of ``groups`` numbers) have one normal: the mean of their faces'.
    """
    per_corner = np.repeat(normals, 3, axis=0)
    per_axis = [np.bincount(group.ravel(), per_corner[:, axis], groups) for axis in range(3)]
    summed: Array = np.stack(per_axis, axis=1).astype(np.float64)
    shared: Array = unit(summed)[group]
    return shared


def flat_normals(vertices: Floats, faces: NDArray[np.int32]) -> NDArray[np.float32]:
    """Return unit corner normals [F, 3, 3], constant over each face."""
    normals = unit(face_normals(vertices, faces))
    return np.repeat(normals[:, None], 3, axis=1).astype(np.float32)


def unit(vectors: Array) -> Array:
    """Scale vectors [..., 3] to length 1; a zero vector, which has no direction, becomes +Y."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    up = np.array([0.0, 1.0, 0.0])
    return np.where(lengths > 0, vectors / np.where(lengths > 0, lengths, 1.0), up)
