"""A region that goes where an entity goes."""

import cv2
import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array

# An entity that does less than this stands still: its mask only trembles.
_STILL_PX = 1.5
_STILL_SCALE = 0.03
# What covers it partly does not make it smaller than this, nor what sticks to it larger.
_MAX_SCALE = 2.0


class Carrier:
    """Moves and scales what belongs to an entity as the entity's mask moves and grows."""

    def __init__(self, reference: NDArray[np.bool_]) -> None:
        self._foot, self._size = _foot_and_size(reference)

    def carry(self, region: NDArray[np.bool_], mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return a region [H, W] of the reference frame where the entity's mask [H, W] is now; empty with it."""
        if not region.any() or not mask.any():
            return np.zeros_like(region)
        foot, size = _foot_and_size(mask)
        scale = float(np.clip(size / self._size, 1 / _MAX_SCALE, _MAX_SCALE))
        if np.abs(foot - self._foot).max() < _STILL_PX and abs(scale - 1) < _STILL_SCALE:
            return region
        # About the foot, since what goes with an entity (shadow, reflection) begins there.
        move = np.hstack([scale * np.eye(2), (foot - scale * self._foot)[:, None]])
        moved = cv2.warpAffine(region.astype(np.float32), move, region.shape[::-1], flags=cv2.INTER_LINEAR)
        return np.asarray(moved) >= 0.5


def _foot_and_size(mask: NDArray[np.bool_]) -> tuple[Array, float]:
    """Return the middle of a mask's lowest tenth (x, y), and the root of its area."""
    rows, columns = np.nonzero(mask)
    height = np.ptp(rows) + 1
    low = rows >= rows.max() - height // 10
    return np.array([np.median(columns[low]), float(rows.max())]), float(np.sqrt(len(rows)))
