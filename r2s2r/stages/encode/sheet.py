"""What contact sheets have in common: colours, distances, the line at the top, and small pictures of chosen frames."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from r2s2r.stages.encode.retime import Retiming
from r2s2r.stages.encode.size import Size

WIDTH_PX, GAP_PX, LABEL_PX, TITLE_PX = 1600, 10, 28, 48
BACKGROUND, TEXT, FAINT = (22, 22, 25), (228, 228, 232), (150, 150, 158)


def title(retiming: Retiming, *, made: Size, delivered: Size) -> str:
    """Return what a sheet says of its shot: size as generated and delivered, length and rate as generated."""
    size = f"{delivered.width} x {delivered.height}"
    if made != delivered:
        size = f"{made.width} x {made.height} -> {size}"
    frames, fps = retiming.frames, retiming.fps
    return f"{size}     {frames} frames     {float(fps):.5g} fps     {float(frames / fps):.2f} s"


def draw_title(sheet: Image.Image, words: str) -> None:
    """Write the line at the top of a sheet."""
    font = ImageFont.load_default(22)
    ImageDraw.Draw(sheet).text((GAP_PX, TITLE_PX // 2), words, TEXT, font, anchor="lm")


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
