"""In-between frames by optical flow."""

import cv2
import numpy as np
from numpy.typing import NDArray

from r2s2r.stages.encode.retime import Between


class FlowInterpolator:
    """Draws the moment between two frames by moving both towards it along their optical flow (DIS).

    The flow as seen from the moment is approximated from that between the frames, as in Super SloMo (Jiang et al.
    2018, eq. 4). The flow of a pair is kept for its next moment.
    """

    def __init__(self) -> None:
        self._flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
        self._pair: Between | None = None

    def picture(self, moment: Between) -> NDArray[np.uint8]:
        """Return the picture [H, W, 3] at a moment."""
        if moment.share == 0:
            return moment.before
        if self._pair is None or self._pair.before is not moment.before or self._pair.after is not moment.after:
            self._forward = self._between(moment.before, moment.after)
            self._backward = self._between(moment.after, moment.before)
            self._pair = moment
        share = np.float32(moment.share)
        to_before = -(1 - share) * share * self._forward + share**2 * self._backward
        to_after = (1 - share) ** 2 * self._forward - share * (1 - share) * self._backward
        mixed = (1 - share) * _moved(moment.before, to_before) + share * _moved(moment.after, to_after)
        return np.rint(mixed).astype(np.uint8)

    def _between(self, first: NDArray[np.uint8], second: NDArray[np.uint8]) -> NDArray[np.float32]:
        grey = [cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in (first, second)]
        start = np.zeros((*grey[0].shape, 2), np.float32)
        return np.asarray(self._flow.calc(grey[0], grey[1], start), np.float32)


def _moved(frame: NDArray[np.uint8], flow: NDArray[np.float32]) -> NDArray[np.float32]:
    """Look up each pixel [H, W] of ``frame`` [H, W, 3] where ``flow`` [H, W, 2] points, in pixels."""
    height, width = flow.shape[:2]
    columns, rows = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    found = cv2.remap(
        frame, columns + flow[..., 0], rows + flow[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return found.astype(np.float32)
