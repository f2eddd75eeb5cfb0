"""Depth between pixels and at another size, without depths between a thing and what is behind it."""

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array

# Neighbours that differ by more than this, as a share, lie on two things.
_EDGE = 0.05


def resized(depth: NDArray[np.float32], *, height: int, width: int) -> NDArray[np.float32]:
    """Return a depth map [h, w], 0 where it is unknown, at a size [height, width]; see ``sampled``."""
    if depth.shape == (height, width):
        return depth
    rows, columns = depth.shape
    y = (np.arange(height) + 0.5) * rows / height
    x = (np.arange(width) + 0.5) * columns / width
    return sampled(depth, x[None, :], y[:, None]).astype(np.float32)


def sampled(depth: NDArray[np.float32], x_px: Array, y_px: Array) -> Array:
    """Return a depth map [h, w], 0 where it is unknown, at places in pixels (centres at +0.5), which are broadcast.

    Between neighbours on one surface it is interpolated, in 1 / z, in which planes are straight; across edges and next
    to what is unknown the nearest value is taken.
    """
    rows, columns = depth.shape
    y, x = np.clip(y_px - 0.5, 0, rows - 1), np.clip(x_px - 0.5, 0, columns - 1)
    y0, x0 = np.minimum(y.astype(int), rows - 2), np.minimum(x.astype(int), columns - 2)
    corners = [depth[y0 + dy, x0 + dx].astype(np.float64) for dy in (0, 1) for dx in (0, 1)]
    near, far = np.minimum.reduce(corners), np.maximum.reduce(corners)
    is_one_surface = (near > 0) & (far <= (1 + _EDGE) * near)
    right, below = x - x0, y - y0
    weights = ((1 - below) * (1 - right), (1 - below) * right, below * (1 - right), below * right)
    with np.errstate(divide="ignore", invalid="ignore"):
        between = 1 / sum(weight / corner for weight, corner in zip(weights, corners, strict=True))
    nearest = depth[np.rint(y).astype(int), np.rint(x).astype(int)]
    return np.asarray(np.where(is_one_surface, between, nearest), np.float64)
