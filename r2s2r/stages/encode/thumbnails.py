"""Thumbnails: small pictures of some frames of several strips, picked as the frames pass by."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from r2s2r.stages.encode.size import Size


class Thumbnails:
    """Small pictures by strip and frame, so that no frame has to be read twice.

    Attributes:
        shown: Numbers of the frames that are kept: ``most`` of them, spread from the first to the last.
    """

    def __init__(self, *, frames: int, most: int) -> None:
        self.shown = sorted({round(frame) for frame in np.linspace(0, frames - 1, most)})
        self._pictures: dict[tuple[str, int], Image.Image] = {}

    def watched(self, strip: str, frames: Iterable[NDArray[np.uint8]], size: Size) -> Iterator[NDArray[np.uint8]]:
        """Yield frames [H, W, 3] as they come, keeping those that are shown at a size."""
        for number, frame in enumerate(frames):
            if number in self.shown:
                small = Image.fromarray(frame).resize((size.width, size.height), Image.Resampling.LANCZOS)
                self._pictures[strip, number] = small
            yield frame

    def get(self, strip: str, frame: int) -> Image.Image | None:
        """Return one; None when the strip ended before that frame."""
        return self._pictures.get((strip, frame))
