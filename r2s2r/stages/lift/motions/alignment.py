"""Alignment: the turn, move and size that take points onto others."""

import numpy as np

from r2s2r.geometry.transforms import Array


def rigid(source: Array, target: Array) -> Array:
    """Return the rigid matrix [4, 4] that takes points [N, 3] nearest to others (Kabsch, 1976)."""
    return _aligned(source, target, sized=False)


def similar(source: Array, target: Array) -> Array:
    """Return the matrix [4, 4] that takes points [N, 3] nearest to others and may scale, evenly (Umeyama, 1991)."""
    return _aligned(source, target, sized=True)


def _aligned(source: Array, target: Array, *, sized: bool) -> Array:
    middle, goal = source.mean(axis=0), target.mean(axis=0)
    left, stretch, right = np.linalg.svd((target - goal).T @ (source - middle))
    upright = np.array([1, 1, np.sign(np.linalg.det(left @ right)) or 1.0])
    size = float((stretch * upright).sum() / ((source - middle) ** 2).sum()) if sized else 1.0
    matrix = np.eye(4)
    matrix[:3, :3] = size * (left * upright) @ right
    matrix[:3, 3] = goal - matrix[:3, :3] @ middle
    return matrix
