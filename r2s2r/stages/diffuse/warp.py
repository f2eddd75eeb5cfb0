"""Warping a picture: exact at pixel centres, and without aliasing where it shrinks."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

# The stretch is measured on every such row and column.
_STEP = 8
# Shrinking by less is left to the interpolator: a view that hardly differs from the source must stay as sharp as it.
_SHARP_UP_TO = 1.25
_LEVELS = 5


@dataclass(frozen=True, eq=False)
class PixelMap:
    """For each pixel of the result, an index [H, W] float32 into a picture (0 is the first pixel's centre)."""

    columns: NDArray[np.float32]
    rows: NDArray[np.float32]


def warped(picture: NDArray[np.uint8], pixels: PixelMap) -> NDArray[np.uint8]:
    """Sample a picture [H, W, 3] or [H, W] uint8; its edge is held outside.

    Lanczos where it grows; where it shrinks, between the two levels of a Gaussian pyramid that fit.
    """
    sharp = cv2.remap(picture, pixels.columns, pixels.rows, cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_REPLICATE)
    level = _level(pixels)
    top = int(np.ceil(level.max()))
    if top == 0:
        return np.asarray(sharp, np.uint8)
    blended, scale = sharp.astype(np.float32), 1.0
    if blended.ndim > level.ndim:
        level = level[..., None]
    for finer in range(top):
        picture, scale = np.asarray(cv2.pyrDown(picture), np.uint8), scale / 2
        # A pixel of the coarser level has its centre on every other pixel of the finer one.
        coarse = cv2.remap(
            picture, pixels.columns * scale, pixels.rows * scale, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        blended += (coarse - blended) * np.clip(level - finer, 0, 1)
    return np.asarray(np.clip(np.rint(blended), 0, 255), np.uint8)


def _level(pixels: PixelMap) -> NDArray[np.float32]:
    """Return how many halvings of the picture each pixel [H, W] spans, from 0."""
    height, width = pixels.columns.shape
    columns, rows = pixels.columns[::_STEP, ::_STEP], pixels.rows[::_STEP, ::_STEP]
    down = np.pad(np.hypot(np.diff(columns, axis=0), np.diff(rows, axis=0)), ((0, 1), (0, 0)), mode="edge")
    across = np.pad(np.hypot(np.diff(columns, axis=1), np.diff(rows, axis=1)), ((0, 0), (0, 1)), mode="edge")
    stretch = np.maximum(np.maximum(down, across) / _STEP, _SHARP_UP_TO)
    level = np.log2(stretch / _SHARP_UP_TO).astype(np.float32)
    smooth = cv2.resize(level, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.minimum(smooth, _LEVELS), np.float32)
