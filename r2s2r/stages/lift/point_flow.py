"""Points followed from one picture to another, there and back (Lucas and Kanade, in a pyramid; Bouguet, 2000)."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array

_LEVELS = 4


@dataclass(frozen=True)
class PointFlow:
    """How points are followed.

    Attributes:
        window_px: Side of what is compared round a point.
        back_px: A point that comes out farther from where it began, once followed there and back, is lost.
    """

    window_px: int
    back_px: float

    def followed(
        self, before: NDArray[np.uint8], after: NDArray[np.uint8], pixels: Array, guess: Array
    ) -> tuple[Array, NDArray[np.bool_]]:
        """Return where points are in a grey picture [H, W], [N, 2], and which [N] are found.

        Args:
            before: The grey picture [H, W] they are in.
            after: The one they are looked for in.
            pixels: [N, 2], at least one; pixel centres at +0.5.
            guess: [N, 2], where they probably are.
        """
        start = _as_opencv(pixels)
        there, went = self._one_way(before, after, start, _as_opencv(guess))
        back, came = self._one_way(after, before, there, start.copy())
        returned = np.linalg.norm(back - start, axis=1) < self.back_px
        return there.astype(np.float64) + 0.5, went & came & returned

    def _one_way(
        self, one: NDArray[np.uint8], other: NDArray[np.uint8], start: NDArray[np.float32], guess: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        size, flags = (self.window_px, self.window_px), cv2.OPTFLOW_USE_INITIAL_FLOW
        ends, found, _ = cv2.calcOpticalFlowPyrLK(one, other, start, guess, winSize=size, maxLevel=_LEVELS, flags=flags)
        return np.asarray(ends, np.float32), found.ravel() > 0


def _as_opencv(pixels: Array) -> NDArray[np.float32]:
    """Return pixels as OpenCV counts them: centres at whole numbers."""
    return np.ascontiguousarray(pixels - 0.5, dtype=np.float32)
