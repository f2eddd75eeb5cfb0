"""Which colours are an entity's and which its background's."""

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from r2s2r.geometry.transforms import Array

_BINS = 32
# Colours seen in neither part say nothing: this share of all pixels is added to both.
_UNSEEN = 1e-6


class ColourModel:
    """Learnt from one frame and its matte: how likely a colour is the entity's rather than the background's."""

    def __init__(self, lab: NDArray[np.uint8], matte: NDArray[np.float32]) -> None:
        entity, background = _histogram(lab, matte), _histogram(lab, 1 - matte)
        self._share = ((entity + _UNSEEN) / (entity + background + 2 * _UNSEEN)).astype(np.float32)

    def likelihood(self, lab: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return, for each pixel [H, W], between 0 (background) and 1 (entity); 0.5 is undecided."""
        bins = lab // (256 // _BINS)
        return self._share[bins[..., 0], bins[..., 1], bins[..., 2]]


def lab_from_rgb(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a frame [H, W, 3] as 8-bit CIE Lab."""
    return np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGB2LAB), np.uint8)


def _histogram(lab: NDArray[np.uint8], weight: NDArray[np.float32]) -> Array:
    bins = (lab // (256 // _BINS)).reshape(-1, 3).astype(np.int64)
    index = (bins[:, 0] * _BINS + bins[:, 1]) * _BINS + bins[:, 2]
    counts = np.bincount(index, weight.ravel(), _BINS**3).reshape(_BINS, _BINS, _BINS)
    smooth = ndimage.gaussian_filter(counts, 1.0)
    return np.asarray(smooth / max(smooth.sum(), 1.0))
