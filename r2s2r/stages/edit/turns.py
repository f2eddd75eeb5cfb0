"""Turns: rotation matrices of the angles that scenes are written in."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from r2s2r.geometry.curves import Curve, Picked, interpolate
from r2s2r.geometry.spaces import Rotations
from r2s2r.geometry.transforms import Array
from r2s2r.spec.base import Vector


def quaternions(angles_deg: Sequence[Vector]) -> Array:
    """Return unit quaternions [K, 4] (x, y, z, w) of XYZ intrinsic angles."""
    return np.asarray(Rotation.from_euler("XYZ", angles_deg, degrees=True).as_quat())


def turns(
    times: Array, keys: Array | Picked, *, at: Array, curve: Curve, rest: NDArray[np.bool_] | None = None
) -> Array:
    """Return the rotation matrices [T, 3, 3] of a curve through quaternions; see ``interpolate``."""
    curved = interpolate(times, keys, at=at, curve=curve, space=Rotations(), rest=rest)
    return np.asarray(Rotation.from_quat(curved).as_matrix())


def about_vertical(angle_deg: Array) -> Array:
    """Return the rotation matrices [T, 3, 3] about the world's +Y, counter-clockwise seen from above."""
    cos, sin, zero = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg)), np.zeros_like(angle_deg)
    rows = [[cos, zero, sin], [zero, zero + 1, zero], [-sin, zero, cos]]
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def bearing(vectors: Array) -> Array:
    """Return the angle [T] about +Y, counter-clockwise seen from above, from +z to vectors [T, 3]; radians."""
    return np.asarray(np.arctan2(*columns(vectors, 0, 2)))


def columns(vectors: Array, *chosen: int) -> list[Array]:
    """Return columns [T] of vectors [T, 3], each in a row in memory: as numpy then computes them in one way only."""
    return [np.ascontiguousarray(vectors[:, column]) for column in chosen]


def about(axis: Array, angle_deg: Array) -> Array:
    """Return the rotation matrices [T, 3, 3] by angles [T] about unit axes [3] or [T, 3], right-handed."""
    return np.asarray(Rotation.from_rotvec(np.radians(angle_deg)[:, None] * axis).as_matrix())


def applied(matrices: Array, vectors: Array) -> Array:
    """Return vectors [T, 3] as matrices [T, 3, 3] map them, each by its own."""
    mapped: Array = (matrices @ vectors[..., None])[..., 0]
    return mapped
