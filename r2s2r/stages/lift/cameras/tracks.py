"""Points followed from one frame to another."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array
from r2s2r.stages.lift.cameras.background import Background
from r2s2r.stages.lift.point_flow import PointFlow

_FLOW = PointFlow(window_px=21, back_px=0.5)
_SPACING = 0.012


@dataclass(frozen=True, eq=False)
class Tracks:
    """The same points in two frames: ``start_px`` and ``end_px`` [T, 2], pixel centres at +0.5; ``kept`` [T] of which.

    ``kept`` are indices into the points that were asked for.
    """

    start_px: Array
    end_px: Array
    kept: NDArray[np.intp]


def corners(frame: Background, most: int) -> Array:
    """Return points [T, 2] of a frame's background that can be followed well."""
    spacing = max(4.0, _SPACING * max(frame.grey.shape))
    found = cv2.goodFeaturesToTrack(frame.grey, most, 0.001, spacing, mask=frame.free.astype(np.uint8))
    return np.zeros((0, 2)) if found is None else np.asarray(found, np.float64).reshape(-1, 2) + 0.5


def tracked(start: Background, end: Background, points_px: Array, guess_px: Array | None = None) -> Tracks:
    """Follow points [T, 2] from one frame to another; those that do not find back, or end on an entity, are dropped.

    ``guess_px`` [T, 2] is about where they are to be found.
    """
    if not len(points_px):
        return Tracks(points_px, points_px, np.zeros(0, np.intp))
    ends, found = _FLOW.followed(start.grey, end.grey, points_px, points_px if guess_px is None else guess_px)
    kept = np.flatnonzero(found & _free(end, ends))
    return Tracks(points_px[kept], ends[kept], kept)


def _free(frame: Background, pixels: Array) -> NDArray[np.bool_]:
    height, width = frame.free.shape
    inside = (pixels >= 0).all(axis=1) & (pixels[:, 0] < width) & (pixels[:, 1] < height)
    at = np.clip(np.nan_to_num(pixels), 0, [width - 1, height - 1]).astype(int)
    return np.asarray(inside & frame.free[at[:, 1], at[:, 0]])
