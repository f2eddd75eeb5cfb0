"""Rigid and similarity transforms as 4x4 matrices.

Matrices act on columns and are named ``a_from_b``. The world is right-handed, +Y up, in metres (as glTF and USD); its
origin lies on the ground below the reference camera, which looks along -Z.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

Array: TypeAlias = NDArray[np.float64]


def identity() -> Array:
    """Return the 4x4 identity."""
    return np.eye(4)


def translation(offset_m: Array | tuple[float, float, float]) -> Array:
    """Return the 4x4 matrix that moves points by ``offset_m`` [3] metres."""
    matrix = np.eye(4)
    matrix[:3, 3] = offset_m
    return matrix


def scaling(factor: Array | float) -> Array:
    """Return the 4x4 matrix that scales about the origin by ``factor``, a number or one per axis [3]."""
    matrix = np.eye(4)
    matrix[:3, :3] *= np.broadcast_to(factor, 3)
    return matrix


def rotation(rotation_3d: Rotation) -> Array:
    """Return the 4x4 matrix of a scipy ``Rotation``."""
    matrix = np.eye(4)
    matrix[:3, :3] = rotation_3d.as_matrix()
    return matrix


def transform_points(a_from_b: Array, points_b: Array) -> Array:
    """Map points [..., 3] from frame b into frame a by a 4x4 matrix."""
    moved: Array = points_b @ a_from_b[:3, :3].T + a_from_b[:3, 3]
    return moved


def inverse(a_from_b: Array) -> Array:
    """Return ``b_from_a`` of affine matrices [..., 4, 4]."""
    matrix = np.zeros_like(a_from_b, dtype=np.float64)
    matrix[..., :3, :3] = np.linalg.inv(a_from_b[..., :3, :3])
    matrix[..., :3, 3] = -(matrix[..., :3, :3] @ a_from_b[..., :3, 3:])[..., 0]
    matrix[..., 3, 3] = 1
    return matrix
