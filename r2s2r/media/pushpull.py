"""Smooth filling of unknown pixels: push-pull, after Gortler et al., The Lumigraph (1996), section 4.3."""

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.float32]


def push_pull(values: Image, known: Image | NDArray[np.bool_], *, halve: tuple[int, int] = (1, 1)) -> Image:
    """Fill a picture smoothly where it is not known.

    Args:
        values: [H, W, C]; ignored where ``known`` is 0.
        known: [H, W], bool or 0..1: how well each pixel is known.
        halve: How often rows and columns are halved from one level to the next; (1, 2) spreads along rows.

    Returns:
        [H, W, C]: exactly the values where ``known`` is 1, else what the surroundings suggest, the coarser the farther
        off; 0 when nothing is known.
    """
    known = known.astype(np.float32, copy=False)
    height, width = known.shape
    coarse_height, coarse_width = -(-height >> halve[0]), -(-width >> halve[1])
    if (coarse_height, coarse_width) == (height, width) or known.min() >= 1:
        return values * known[..., None]
    area = cv2.resize(known, (coarse_width, coarse_height), interpolation=cv2.INTER_AREA)
    summed = cv2.resize(values * known[..., None], (coarse_width, coarse_height), interpolation=cv2.INTER_AREA)
    mean = summed.reshape(coarse_height, coarse_width, -1) / np.maximum(area, np.float32(1e-6))[..., None]
    # A coarse pixel counts as known as soon as one of its finer ones is.
    coarse = push_pull(mean.astype(np.float32), np.minimum(area * 2 ** sum(halve), 1), halve=halve)
    suggested = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR).reshape(values.shape)
    mixed = suggested + (values - suggested) * known[..., None]
    filled: Image = np.where(known[..., None] >= 1, values, mixed)
    return filled
