"""Registers frames to the reference frame by what is not an entity."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array

_LONG_PX = 960
_MAX_POINTS = 800
_MIN_POINTS = 30
# Much of a picture may move by itself: people, what they hold. This share has to agree.
_AGREEING = 0.3
_AGREE_PX = 1.0
_INLIER_PX = 1.0
# Less motion than this, in pixels of the source, is the tracker's: such frames are taken as they are, unfiltered.
_STATIC_PX = 0.4


@dataclass(frozen=True, eq=False)
class Registration:
    """Where a frame's pixels lie in the reference frame: a homography [3, 3], exactly the identity if nothing moved."""

    reference_from_frame: Array

    @property
    def is_static(self) -> bool:
        """Whether the camera did not move."""
        return bool(np.array_equal(self.reference_from_frame, np.eye(3)))


class Registrar:
    """Knows the reference frame [H, W, 3] and where its entities ``covered`` [H, W] it."""

    def __init__(self, reference: NDArray[np.uint8], covered: NDArray[np.bool_]) -> None:
        self._scale = min(1.0, _LONG_PX / max(reference.shape[:2]))
        self._grey = self._reduced(reference)
        height, width = self._grey.shape
        free = cv2.resize((~covered).astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
        points = cv2.goodFeaturesToTrack(self._grey, _MAX_POINTS, 0.002, 12, mask=free)
        self._points = np.zeros((0, 1, 2), np.float32) if points is None else np.asarray(points, np.float32)

    def register(self, frame: NDArray[np.uint8]) -> Registration | None:
        """Return how a frame [H, W, 3] lies in the reference frame; None when they have too little in common."""
        if np.array_equal(frame_grey := self._reduced(frame), self._grey):
            return Registration(np.eye(3))
        if len(self._points) < _MIN_POINTS:
            return None
        there, found, _ = cv2.calcOpticalFlowPyrLK(self._grey, frame_grey, self._points, None)  # type: ignore[call-overload]
        back, found_back, _ = cv2.calcOpticalFlowPyrLK(frame_grey, self._grey, there, None)  # type: ignore[call-overload]
        missed = np.linalg.norm(back - self._points, axis=2).ravel()
        good = (found.ravel() > 0) & (found_back.ravel() > 0) & (missed < _AGREE_PX)
        if good.sum() < _MIN_POINTS:
            return None
        return self._fitted(there[good, 0], self._points[good, 0])

    def _fitted(self, in_frame: NDArray[np.float32], in_reference: NDArray[np.float32]) -> Registration | None:
        moved_px = np.linalg.norm(in_frame - in_reference, axis=1) / self._scale
        if (moved_px < _STATIC_PX).mean() >= _AGREEING:
            return Registration(np.eye(3))
        fitted, inliers = cv2.findHomography(in_frame, in_reference, cv2.RANSAC, _INLIER_PX)
        if fitted is None or inliers.mean() < _AGREEING:
            return None
        # Array indices of the small pictures to those of the source, whose pixel 0 is centred at 0.5 as theirs is.
        small_from_source = np.diag([self._scale, self._scale, 1.0])
        small_from_source[:2, 2] = (self._scale - 1) / 2
        return Registration(np.linalg.inv(small_from_source) @ fitted @ small_from_source)

    def _reduced(self, frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
        grey = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)
        size = (round(grey.shape[1] * self._scale), round(grey.shape[0] * self._scale))
        return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
