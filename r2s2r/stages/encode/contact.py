"""The contact sheet: a shot at a glance."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from r2s2r.media.images import write_rgb
from r2s2r.stages.encode.sheet import (
    BACKGROUND,
    FAINT,
    GAP_PX,
    LABEL_PX,
    TEXT,
    TITLE_PX,
    WIDTH_PX,
    Thumbnails,
    draw_title,
)
from r2s2r.stages.encode.size import Size

Strip: TypeAlias = Literal["video", "control"]

_FRAMES = 8


class ContactSheet:
    """Eight frames spread over a shot, each above its control, with their numbers and times.

    Args:
        title: What stands at the top.
        video: Size of the frames.
        control: Size of the control's frames; each strip keeps its aspect.
        frames: Number of frames in each strip.
        fps: Their rate.
    """

    def __init__(self, title: str, *, video: Size, control: Size, frames: int, fps: Fraction) -> None:
        self._title, self._fps = title, fps
        self._thumbnails = Thumbnails(frames=frames, most=_FRAMES)
        self._columns = 4 if video.width >= video.height else _FRAMES
        self._width_px = (WIDTH_PX - GAP_PX) // self._columns - GAP_PX
        self._sizes: dict[Strip, Size] = {
            "video": video.at_width(self._width_px),
            "control": control.at_width(self._width_px),
        }

    def watched(self, strip: Strip, frames: Iterable[NDArray[np.uint8]]) -> Iterator[NDArray[np.uint8]]:
        """Yield frames [H, W, 3] as they come, keeping thumbnails of those the sheet shows."""
        return self._thumbnails.watched(strip, frames, self._sizes[strip])

    def write(self, path: Path) -> None:
        """Draw the sheet, about 1600 pixels wide, as PNG."""
        shown = self._thumbnails.shown
        block_px = LABEL_PX + sum(size.height + GAP_PX for size in self._sizes.values())
        blocks = -(-len(shown) // self._columns)
        sheet = Image.new("RGB", (WIDTH_PX, TITLE_PX + blocks * block_px + GAP_PX), BACKGROUND)
        draw_title(sheet, self._title)
        for place, number in enumerate(shown):
            block, column = divmod(place, self._columns)
            left_px = GAP_PX + column * (self._width_px + GAP_PX)
            self._draw(sheet, number, left_px=left_px, top_px=TITLE_PX + block * block_px)
        write_rgb(path, np.asarray(sheet))

    def _draw(self, sheet: Image.Image, number: int, *, left_px: int, top_px: int) -> None:
        """Draw one frame's label and, under it, its thumbnails."""
        draw, middle_px = ImageDraw.Draw(sheet), top_px + LABEL_PX // 2
        font = ImageFont.load_default(16)
        draw.text((left_px, middle_px), f"frame {number}", TEXT, font, anchor="lm")
        draw.text((left_px + self._width_px, middle_px), f"{float(number / self._fps):.2f} s", FAINT, font, anchor="rm")
        top_px += LABEL_PX
        for strip, size in self._sizes.items():
            if thumbnail := self._thumbnails.get(strip, number):
                sheet.paste(thumbnail, (left_px, top_px))
            top_px += size.height + GAP_PX
