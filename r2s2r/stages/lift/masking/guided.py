"""The guided filter: makes a rough matte follow the edges of a picture (He, Sun, Tang, 2010; colour guide)."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

_Picture = NDArray[np.float32]


def guided_filter(matte: _Picture, guide: NDArray[np.uint8], *, radius_px: int, epsilon: float) -> _Picture:
    """Filter a matte [H, W] (0..1) by a guide [H, W, 3].

    In each window the matte is fitted as a linear function of the colour, with ``epsilon`` (colours are 0..1) against
    slopes that noise would call for; what is returned is the mean of the fits.
    """
    size = (2 * radius_px + 1, 2 * radius_px + 1)

    def mean(values: NDArray[Any]) -> _Picture:
        return np.asarray(cv2.boxFilter(values, -1, size, borderType=cv2.BORDER_REFLECT), np.float32)

    colour = guide.astype(np.float32) / 255
    mean_colour, mean_matte = mean(colour), mean(matte)
    covariance = mean(colour * matte[..., None]) - mean_colour * mean_matte[..., None]
    squares = mean(colour * colour) - mean_colour * mean_colour + np.float32(epsilon)
    mixed = mean(colour * np.roll(colour, -1, axis=2)) - mean_colour * np.roll(mean_colour, -1, axis=2)
    slope = _solve_symmetric(squares, mixed, covariance)
    offset = mean_matte - np.einsum("hwc,hwc->hw", slope, mean_colour)
    filtered: _Picture = np.einsum("hwc,hwc->hw", mean(slope), colour) + mean(offset)
    return filtered


def _solve_symmetric(squares: _Picture, mixed: _Picture, right: _Picture) -> _Picture:
    """Solve 3x3 systems at every pixel by cofactors; ``mixed`` holds the entries 01, 12, 20."""
    (a, d, f), (b, e, c) = (np.moveaxis(part, 2, 0) for part in (squares, mixed))
    adjugate = (
        (d * f - e * e, c * e - b * f, b * e - c * d),
        (c * e - b * f, a * f - c * c, b * c - a * e),
        (b * e - c * d, b * c - a * e, a * d - b * b),
    )
    determinant = a * adjugate[0][0] + b * adjugate[1][0] + c * adjugate[2][0]
    x, y, z = np.moveaxis(right, 2, 0)
    return np.stack([(row[0] * x + row[1] * y + row[2] * z) / determinant for row in adjugate], axis=2)
