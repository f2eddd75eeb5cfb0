"""Size: of the pictures, which is one as generated and may be another as delivered."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.framing import Framing
from r2s2r.media.images import framed


@dataclass(frozen=True)
class Size:
    """Of a picture, in pixels."""

    height: int
    width: int

    def at_width(self, width: int) -> "Size":
        """Return the size of the same aspect, to whole pixels, at another width."""
        return Size(max(1, round(width * self.height / self.width)), width)


def covering(frames: Iterator[NDArray[np.uint8]], *, made: Size, wanted: Size) -> Iterator[NDArray[np.uint8]]:
    """Yield frames [H, W, 3] scaled evenly until they cover the wanted size, and cut evenly.

    Frames that have the size come through untouched.
    """
    if made == wanted:
        return frames
    framing = Framing(made.height, made.width, wanted.height, wanted.width, fit="crop")
    return (framed(frame, framing) for frame in frames)
