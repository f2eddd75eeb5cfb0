"""The part of a picture that a mask takes."""

import numpy as np
from numpy.typing import NDArray

Corner = NDArray[np.int64]


def extent_px(mask: NDArray[np.bool_]) -> tuple[Corner, Corner]:
    """Return the corners (x, y) of what a mask [H, W], not empty, covers: first pixel, and one past the last."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return np.array([columns[0], rows[0]]), np.array([columns[-1], rows[-1]]) + 1
