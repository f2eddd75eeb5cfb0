"""What a mesh covers of the picture, exactly: a pixel is covered when its centre lies in a projected triangle."""

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.camera import Camera
from r2s2r.geometry.transforms import Array

# Pixel candidates looked at together: bounds memory at about 100 MB.
_BATCH = 1_000_000


def silhouette(vertices_world: Array, faces: NDArray[np.int32], camera: Camera) -> NDArray[np.bool_]:
    """Return the pixels [H, W] whose centres a closed mesh covers; all of it must lie before the camera."""
    pixels, _ = camera.project(vertices_world)
    a, b, c = (pixels[faces[:, corner]] for corner in range(3))
    # Of a closed mesh the faces turned to the camera cover all there is; with y down they run clockwise.
    turned = _cross(b - a, c - a) < 0
    covered = np.zeros((camera.height, camera.width), bool)
    triangles = np.stack([a, b, c], axis=1)[turned]
    # Pixel i is a candidate if its centre, i + 0.5, lies in the triangle's extent.
    limit = np.array([camera.width, camera.height])
    low = np.clip(np.ceil(triangles.min(axis=1) - 0.5), 0, limit).astype(np.int64)
    high = np.clip(np.floor(triangles.max(axis=1) - 0.5) + 1, 0, limit).astype(np.int64)
    size = np.maximum(high - low, 0)
    ends = np.cumsum(size[:, 0] * size[:, 1])
    start = 0
    while start < len(triangles):
        done = ends[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, done + _BATCH)))
        _cover(covered, triangles[start:stop], low[start:stop], size[start:stop])
        start = stop
    return covered


def iou(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    """Return the intersection of two masks over their union; 1 when both are empty."""
    union = int((one | other).sum())
    return int((one & other).sum()) / union if union else 1.0


def _cover(covered: NDArray[np.bool_], triangles: Array, low: NDArray[np.int64], size: NDArray[np.int64]) -> None:
    count = size[:, 0] * size[:, 1]
    which = np.repeat(np.arange(len(triangles)), count)
    within = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)
    column = low[which, 0] + within % size[which, 0]
    row = low[which, 1] + within // size[which, 0]
    point = np.stack([column, row], axis=1) + 0.5
    inside = np.ones(len(which), bool)
    for corner in range(3):
        start, end = triangles[:, corner], triangles[:, (corner + 1) % 3]
        inside &= _cross((end - start)[which], point - start[which]) <= 0
    covered[row[inside], column[inside]] = True


def _cross(one: Array, other: Array) -> Array:
    product: Array = one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]
    return product
