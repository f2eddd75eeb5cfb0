"""The contact sheet: a shot at a glance."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from r2s2r.media.images import write_rgb

Strip: TypeAlias = Literal["video", "control"]

_STRIPS: tuple[Strip, ...] = ("video", "control")
_FRAMES = 8
_WIDTH_PX, _GAP_PX, _LABEL_PX, _TITLE_PX = 1600, 10, 28, 48
_BACKGROUND, _TEXT, _FAINT = (22, 22, 25), (228, 228, 232), (150, 150, 158)


class ContactSheet:
    """Eight frames spread over a shot, each above its control, with their numbers and times.

    Frames are picked as they pass by, so that none has to be read twice.
    """

    def __init__(self, *, height: int, width: int, frames: int, fps: Fraction) -> None:
        self._title = f"{width} x {height}     {frames} frames     {float(fps):.5g} fps     {float(frames / fps):.2f} s"
        self._fps = fps
        self._shown = sorted({round(frame) for frame in np.linspace(0, frames - 1, _FRAMES)})
        self._columns = 4 if width >= height else _FRAMES
        self._width_px = (_WIDTH_PX - _GAP_PX) // self._columns - _GAP_PX
        self._height_px = max(1, round(self._width_px * height / width))
        self._thumbnails: dict[tuple[Strip, int], Image.Image] = {}

    def watched(self, strip: Strip, frames: Iterable[NDArray[np.uint8]]) -> Iterator[NDArray[np.uint8]]:
        """Yield frames [H, W, 3] as they come, keeping thumbnails of those the sheet shows."""
        for number, frame in enumerate(frames):
            if number in self._shown:
                size = (self._width_px, self._height_px)
                self._thumbnails[strip, number] = Image.fromarray(frame).resize(size, Image.Resampling.LANCZOS)
            yield frame

    def write(self, path: Path) -> None:
        """Draw the sheet, about 1600 pixels wide, as PNG."""
        block_px = _LABEL_PX + len(_STRIPS) * (self._height_px + _GAP_PX)
        blocks = -(-len(self._shown) // self._columns)
        sheet = Image.new("RGB", (_WIDTH_PX, _TITLE_PX + blocks * block_px + _GAP_PX), _BACKGROUND)
        ImageDraw.Draw(sheet).text(
            (_GAP_PX, _TITLE_PX // 2), self._title, _TEXT, ImageFont.load_default(22), anchor="lm"
        )
        for place, number in enumerate(self._shown):
            block, column = divmod(place, self._columns)
            left_px = _GAP_PX + column * (self._width_px + _GAP_PX)
            self._draw(sheet, number, left_px=left_px, top_px=_TITLE_PX + block * block_px)
        write_rgb(path, np.asarray(sheet))

    def _draw(self, sheet: Image.Image, number: int, *, left_px: int, top_px: int) -> None:
        """Draw one frame's label and, under it, its thumbnails."""
        draw, middle_px = ImageDraw.Draw(sheet), top_px + _LABEL_PX // 2
        font = ImageFont.load_default(16)
        draw.text((left_px, middle_px), f"frame {number}", _TEXT, font, anchor="lm")
        draw.text(
            (left_px + self._width_px, middle_px), f"{float(number / self._fps):.2f} s", _FAINT, font, anchor="rm"
        )
        for row, strip in enumerate(_STRIPS):
            if thumbnail := self._thumbnails.get((strip, number)):
                sheet.paste(thumbnail, (left_px, top_px + _LABEL_PX + row * (self._height_px + _GAP_PX)))
