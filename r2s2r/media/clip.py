"""A clip, read by frame number: a video, or a still picture, which is a clip of one frame."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from r2s2r.errors import MediaError
from r2s2r.media.still_clip import StillClip, is_still
from r2s2r.media.timeline import Timeline
from r2s2r.media.video_clip import VideoClip

_SMALLEST_PX, _LARGEST_PX = 16, 8192


class Clip(Protocol):
    """Frames by number, in the order they are presented. A seam, because videos and stills come by other libraries.

    Attributes:
        timeline: Which frames there are, and when each is shown.
        height: Rows of every picture.
        width: Columns of every picture.
        findings: What a person should know about the file.
    """

    timeline: Timeline
    height: int
    width: int
    findings: tuple[str, ...]

    def pictures(self, first: int, last: int) -> Iterator[NDArray[np.uint8]]:
        """Yield the frames from ``first`` to ``last``, both included, as [H, W, 3] uint8 RGB.

        They are upright, square-pixelled, full-range and progressive. One is in memory at a time.
        """


def read_clip(path: Path) -> Clip:
    """Open a video or still picture. Raises MediaError, with what to do, for a file that cannot be used."""
    clip: Clip = StillClip(path) if is_still(path) else VideoClip(path)
    if min(clip.height, clip.width) < _SMALLEST_PX or max(clip.height, clip.width) > _LARGEST_PX:
        raise MediaError(
            f"{path}: its pictures are {clip.width}x{clip.height} (in square pixels); each side has to be "
            f"{_SMALLEST_PX} to {_LARGEST_PX} pixels"
        )
    return clip
