"""Motion between two frames by dense optical flow."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

_Picture = NDArray[np.float32]
# Forward and backward flow that miss each other by less than this belong together.
_AGREE_PX = 1.5


@dataclass(frozen=True, eq=False)
class Motion:
    """Where each pixel of a new frame was in the one before it.

    Attributes:
        source_x: [H, W] columns in the old frame, as array indices.
        source_y: [H, W] rows in the old frame.
        speed: [H, W] pixels moved relative to the background.
        agrees: [H, W] whether the flow there and back meets, so that it can be believed.
    """

    source_x: _Picture
    source_y: _Picture
    speed: _Picture
    agrees: NDArray[np.bool_]

    def carry(self, picture: _Picture) -> _Picture:
        """Bring a picture [H, W] or [H, W, C] of the old frame to the new one."""
        carried = cv2.remap(picture, self.source_x, self.source_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(carried, np.float32)


def motion_between(old: NDArray[np.uint8], new: NDArray[np.uint8], background: NDArray[np.bool_]) -> Motion:
    """Measure the motion from an old frame [H, W, 3] to a new one; ``background`` [H, W] says against what.

    Raises nothing on unrelated pictures: there the flow does not agree with itself.
    """
    before, after = (cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in (old, new))
    pairs = (after, before), (before, after)
    flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    back, forth = (flow.calc(one, other, np.zeros((*one.shape, 2), np.float32)) for one, other in pairs)
    rows, columns = np.indices(before.shape, np.float32)
    source_x, source_y = columns + back[..., 0], rows + back[..., 1]
    missed = cv2.remap(forth, source_x, source_y, cv2.INTER_LINEAR) + back
    still = np.median(back[background], axis=0) if background.any() else np.zeros(2)
    return Motion(
        source_x,
        source_y,
        lengths(back - still),
        lengths(missed) < _AGREE_PX,
    )


def lengths(vectors: NDArray[Any]) -> _Picture:
    """Return the lengths [H, W] of vectors [H, W, C]; several times faster than ``np.linalg.norm``."""
    return np.asarray(np.sqrt(np.einsum("hwc,hwc->hw", vectors, vectors)), np.float32)
