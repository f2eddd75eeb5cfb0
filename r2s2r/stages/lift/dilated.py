"""Masks made larger."""

import cv2
import numpy as np
from numpy.typing import NDArray


def dilated(mask: NDArray[np.bool_], radius_px: int) -> NDArray[np.bool_]:
    """Return a mask [H, W] with all that lies within a radius of it."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius_px + 1, 2 * radius_px + 1))
    return np.asarray(cv2.dilate(mask.astype(np.uint8), kernel)) > 0
