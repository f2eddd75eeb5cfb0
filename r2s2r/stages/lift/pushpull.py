"""Filling holes from around them, smoothly: push-pull on a pyramid (Gortler et al., The Lumigraph, 1996)."""

import cv2
import numpy as np
from numpy.typing import NDArray


def push_pull(values: NDArray[np.float32], known: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return values [H, W, C] with what is not ``known`` [H, W] filled in; known values stay exactly.

    Pulled down, each level is the mean of what is known below it; pushed up, what is missing comes from the level above.
    With nothing known the result is 0.
    """
    weight = known.astype(np.float32)
    return np.where(known[..., None], values, _filled(values * weight[..., None], weight))


def _filled(sums: NDArray[np.float32], weight: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return means where there is weight [H, W] and what the coarser levels say where there is little; sums [H, W, C]."""
    height, width = weight.shape
    mean = sums / np.maximum(weight, 1e-6)[..., None]
    if max(height, width) == 1 or weight.min() >= 1:
        return mean
    coarse_sums, coarse_weight = _halved(sums), _halved(weight[..., None])[..., 0]
    # A level up, four known pixels say no more than one: the nearest speaks, not the most numerous.
    enough = np.minimum(1.0, 4 * coarse_weight)
    rescale = enough / np.maximum(coarse_weight, 1e-6)
    coarse = _filled(coarse_sums * rescale[..., None], enough)
    above = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR).reshape(mean.shape)
    share = np.minimum(weight, 1.0)[..., None]
    return mean * share + above * (1 - share)


def _halved(values: NDArray[np.float32]) -> NDArray[np.float32]:
    height, width = values.shape[:2]
    even = np.pad(values, ((0, height % 2), (0, width % 2), (0, 0)))
    quarters = even[0::2, 0::2] + even[1::2, 0::2] + even[0::2, 1::2] + even[1::2, 1::2]
    return quarters / np.float32(4)
