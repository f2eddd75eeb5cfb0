"""What a mesh covers of the picture, exactly: a pixel is covered when its centre lies in a projected triangle."""

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.camera import Camera
from r2s2r.geometry.transforms import Array
from r2s2r.stages.lift.entities.pixel_candidates import Candidates

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
    candidates = Candidates.of(triangles, height=camera.height, width=camera.width)
    ends = np.cumsum(candidates.counts)
    start = 0
    while start < len(triangles):
        done = ends[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, done + _BATCH)))
        _cover(covered, triangles, candidates.pixels(start, stop))
        start = stop
    return covered


def iou(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    """Return the intersection of two masks over their union; 1 when both are empty."""
    union = int((one | other).sum())
    return int((one & other).sum()) / union if union else 1.0


def _cover(covered: NDArray[np.bool_], triangles: Array, candidates: tuple[NDArray[np.int64], ...]) -> None:
    which, column, row = candidates
    point = np.stack([column, row], axis=1) + 0.5
    inside = np.ones(len(which), bool)
    for corner in range(3):
        start, end = triangles[:, corner], triangles[:, (corner + 1) % 3]
        inside &= _cross((end - start)[which], point - start[which]) <= 0
    covered[row[inside], column[inside]] = True


def _cross(one: Array, other: Array) -> Array:
    product: Array = one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]
    return product
