"""Planes through points, as consensus (RANSAC) tries them."""

import numpy as np

from r2s2r.geometry.transforms import Array


def level_planes(corners: Array, up: Array, steepest_deg: float) -> Array:
    """Return planes [M, 4] through triples [T, 3, 3] of points: unit normal, and height of the origin over the plane.

    Only those that the origin lies above, and whose normal leans from ``up`` [3] by less than ``steepest_deg``. A point
    lies above by ``normal . point + height``.
    """
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    sizes = np.linalg.norm(normals, axis=1, keepdims=True)
    normals = normals / np.where(sizes > 0, sizes, 1)
    normals *= np.where(normals @ up < 0, -1.0, 1.0)[:, None]
    planes = np.column_stack([normals, -np.sum(normals * corners[:, 0], axis=1)])
    level = (normals @ up > np.cos(np.radians(steepest_deg))) & (planes[:, 3] > 0)
    chosen: Array = planes[level]
    return chosen


def pitch_deg_over(normal: Array) -> float:
    """Return the pitch of a camera (OpenCV axes) over a plane with unit normal [3], upwards; negative looks down."""
    return float(np.degrees(np.arcsin(np.clip(normal[2], -1, 1))))
