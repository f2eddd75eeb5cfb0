"""Mattes: the entities of the hard-edged passes laid over the background with edges like a photograph's."""

import cv2
import numpy as np
from numpy.typing import NDArray

from r2s2r.stages.diffuse.fill import Image

_REACH = 3.0  # standard deviations


def laid_over(
    background: NDArray[np.uint8], rgb: NDArray[np.uint8], ids: NDArray[np.uint16], *, soften_px: float
) -> NDArray[np.uint8]:
    """Lay the entities over a background.

    Every entity's coverage is blurred and its colours are grown outward, then all are added up: coverages of neighbours
    sum to one, so neither background nor black shines through where two entities meet.

    Args:
        background: [H, W, 3] uint8.
        rgb: [H, W, 3] uint8, the entities' colours; black where there is none.
        ids: [H, W] uint16, 0 for none.
        soften_px: Width of the edge, from one tenth to nine tenths of the coverage; 0 leaves it hard.
    """
    result = background.copy()
    if soften_px == 0:
        result[ids > 0] = rgb[ids > 0]
        return result
    sigma = soften_px / 2.563  # a Gaussian's tenth and ninetieth percentile lie 2.563 standard deviations apart
    reach = int(np.ceil(_REACH * sigma))
    layers = np.zeros((*ids.shape, 3), np.float32)
    covered = np.zeros(ids.shape, np.float32)
    for value in np.unique(ids[ids > 0]):
        box = _box(ids == value, reach)
        colours, coverage = _layer(rgb[box], ids[box] == value, sigma, reach)
        layers[box] += colours * coverage[..., None]
        covered[box] += coverage
    box = _box(ids > 0, reach)
    mixed = layers[box] + result[box] * (1 - covered[box])[..., None]
    result[box] = np.clip(np.rint(mixed), 0, 255)
    return result


def _layer(rgb: NDArray[np.uint8], inside: NDArray[np.bool_], sigma: float, reach: int) -> tuple[Image, Image]:
    """Return one entity's colours [H, W, 3], grown outward, and its blurred coverage [H, W]."""
    kernel = (2 * reach + 1, 2 * reach + 1)
    hard = inside.astype(np.float32)
    coverage = cv2.GaussianBlur(hard, kernel, sigma)
    summed = cv2.GaussianBlur(rgb * hard[..., None], kernel, sigma)
    grown = summed / np.maximum(coverage, 1e-6)[..., None]
    return np.where(inside[..., None], rgb, grown).astype(np.float32), np.asarray(coverage, np.float32)


def _box(mask: NDArray[np.bool_], margin: int) -> tuple[slice, slice]:
    """Return the rows and columns of the box round what is true, widened by ``margin``."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return slice(0, 0), slice(0, 0)
    return (
        slice(max(0, rows[0] - margin), rows[-1] + margin + 1),
        slice(max(0, columns[0] - margin), columns[-1] + margin + 1),
    )
