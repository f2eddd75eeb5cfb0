"""Filling holes from around them, smoothly: push-pull on a pyramid (Gortler et al., The Lumigraph, 1996)."""

import cv2
import numpy as np
from numpy.typing import NDArray

_Picture = NDArray[np.float32]


def push_pull(values: _Picture, known: NDArray[np.bool_]) -> _Picture:
    """Return values [H, W, C] with what is not ``known`` [H, W] filled in; known values stay exactly.

    Pulled down, each level is the mean of what is known below it; pushed up, what is missing comes from the level
    above. With nothing known the result is 0.
    """
    weight = known.astype(np.float32)
    return np.where(known[..., None], values, _filled(values * weight[..., None], weight))


def _filled(sums: _Picture, weight: _Picture) -> _Picture:
    """Return means of sums [H, W, C] where there is weight [H, W]; where there is little, what coarser levels say."""
    height, width = weight.shape
    mean = np.asarray(sums / np.maximum(weight, np.float32(1e-6))[..., None], np.float32)
    if max(height, width) == 1 or weight.min() >= 1:
        return mean
    coarse_sums, coarse_weight = _halved(sums), _halved(weight[..., None])[..., 0]
    # A level up, four known pixels say no more than one: the nearest speaks, not the most numerous.
    enough: _Picture = np.minimum(np.float32(1), 4 * coarse_weight)
    rescale = np.asarray(enough / np.maximum(coarse_weight, np.float32(1e-6)), np.float32)
    coarse = _filled(coarse_sums * rescale[..., None], enough)
    above = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR).reshape(mean.shape)
    share = np.minimum(weight, 1)[..., None]
    return np.asarray(mean * share + above * (1 - share), np.float32)


def _halved(values: _Picture) -> _Picture:
    height, width = values.shape[:2]
    even = np.pad(values, ((0, height % 2), (0, width % 2), (0, 0)))
    quarters = even[0::2, 0::2] + even[1::2, 0::2] + even[0::2, 1::2] + even[1::2, 1::2]
    return quarters / np.float32(4)
