"""Mattes: the entities of the hard-edged passes laid over the background with edges like a photograph's."""

import cv2
import numpy as np
from numpy.typing import NDArray

from r2s2r.media.pushpull import Image

# The blur that turns the staircase of a hard edge into a smooth outline; the contrast then makes it as sharp as asked.
_SMOOTH_PX = 1.1
_REACH = 3.0  # standard deviations
_TRACE = np.float32(1e-3)  # what decides where no entity has half a pixel
_TENTHS = 2.563  # a Gaussian's tenth and ninetieth percentile lie this many standard deviations apart


def laid_over(
    background: NDArray[np.uint8], rgb: NDArray[np.uint8], ids: NDArray[np.uint16], *, soften_px: float
) -> NDArray[np.uint8]:
    """Lay the entities over a background.

    Every entity gets its own soft coverage and colours grown outward, and all are added up: where two meet, their
    shares sum to one, so that neither background nor black shines through. Blended as sRGB values: measured against the
    photographs the entities were cut from, that is nearer to their own edges than blending light.

    Args:
        background: [H, W, 3] uint8.
        rgb: [H, W, 3] uint8, the entities' colours; black where there is none.
        ids: [H, W] uint16, 0 for none.
        soften_px: Width of the edge, from one tenth to nine tenths of the coverage; 0 leaves it hard.
    """
    result = background.copy()
    if soften_px == 0 or not ids.any():
        result[ids > 0] = rgb[ids > 0]
        return result
    sigma = max(_SMOOTH_PX, soften_px / _TENTHS)
    margin = int(np.ceil(_REACH * sigma))
    colours = np.zeros((*ids.shape, 3), np.float32)
    weights = np.full(ids.shape, _TRACE * _TRACE, np.float32)
    for value in np.unique(ids[ids > 0]):
        box = _box(ids == value, margin)
        layer, weight = _layer(rgb[box], ids[box] == value, sigma, soften_px)
        colours[box] += layer * weight[..., None]
        weights[box] += weight
    box = _box(ids > 0, margin)
    covered = np.asarray(cv2.GaussianBlur((ids[box] > 0).astype(np.float32), (0, 0), sigma), np.float32)
    covered = _sharpened(covered, sigma, soften_px)[..., None]
    mixed = result[box] + (colours[box] / weights[box][..., None] - result[box]) * covered
    result[box] = np.clip(np.rint(mixed), 0, 255)
    return result


def _layer(rgb: NDArray[np.uint8], inside: NDArray[np.bool_], sigma: float, soften_px: float) -> tuple[Image, Image]:
    """Return one entity's colours [H, W, 3], grown outward, and its weight [H, W] among the entities."""
    hard = inside.astype(np.float32)
    blurred = np.asarray(cv2.GaussianBlur(hard, (0, 0), sigma), np.float32)
    summed = cv2.GaussianBlur(rgb * hard[..., None], (0, 0), sigma)
    grown = summed / np.maximum(blurred, _TRACE)[..., None]
    colours = np.where(inside[..., None], rgb, grown).astype(np.float32)
    return colours, _sharpened(blurred, sigma, soften_px) + _TRACE * blurred


def _sharpened(blurred: Image, sigma: float, soften_px: float) -> Image:
    """Raise the contrast of a blurred outline about one half until its edge is ``soften_px`` wide."""
    contrast = np.float32(sigma * _TENTHS / soften_px)
    return np.asarray(np.clip((blurred - np.float32(0.5)) * contrast + np.float32(0.5), 0, 1), np.float32)


def _box(mask: NDArray[np.bool_], margin: int) -> tuple[slice, slice]:
    """Return the rows and columns of the box round what is true, widened by ``margin``."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return (
        slice(max(0, rows[0] - margin), rows[-1] + margin + 1),
        slice(max(0, columns[0] - margin), columns[-1] + margin + 1),
    )
