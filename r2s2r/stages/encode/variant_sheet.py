"""The contact sheet of a shot's variants: one row each, under their control."""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path

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

CONTROL_ROW = "control"

_FRAMES = 6


class VariantSheet:
    """Rows of the same six frames spread over the shot, each row under its label; the same moments under each other.

    Args:
        title: What stands at the top.
        rows: Label -> size of the frames, which keep their aspect.
        frames: Number of frames in each row.
        fps: Their rate.
    """

    def __init__(self, title: str, *, rows: Mapping[str, Size], frames: int, fps: Fraction) -> None:
        self._title, self._fps = title, fps
        self._thumbnails = Thumbnails(frames=frames, most=_FRAMES)
        self._width_px = (WIDTH_PX - GAP_PX) // _FRAMES - GAP_PX
        self._rows = {label: size.at_width(self._width_px) for label, size in rows.items()}

    def watched(self, row: str, frames: Iterable[NDArray[np.uint8]]) -> Iterator[NDArray[np.uint8]]:
        """Yield frames [H, W, 3] as they come, keeping thumbnails of those the sheet shows."""
        return self._thumbnails.watched(row, frames, self._rows[row])

    def write(self, path: Path) -> None:
        """Draw the sheet, 1600 pixels wide, as PNG."""
        height = TITLE_PX + LABEL_PX + sum(LABEL_PX + size.height + GAP_PX for size in self._rows.values())
        sheet = Image.new("RGB", (WIDTH_PX, height), BACKGROUND)
        draw_title(sheet, self._title)
        self._draw_moments(sheet)
        top_px = TITLE_PX + LABEL_PX
        for label, size in self._rows.items():
            self._draw_row(sheet, label, top_px)
            top_px += LABEL_PX + size.height + GAP_PX
        write_rgb(path, np.asarray(sheet))

    def _draw_moments(self, sheet: Image.Image) -> None:
        draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(16)
        for left_px, number in self._columns():
            moment = f"frame {number}  {float(number / self._fps):.2f} s"
            draw.text((left_px, TITLE_PX + LABEL_PX // 2), moment, FAINT, font, anchor="lm")

    def _draw_row(self, sheet: Image.Image, label: str, top_px: int) -> None:
        font = ImageFont.load_default(16)
        ImageDraw.Draw(sheet).text((GAP_PX, top_px + LABEL_PX // 2), label, TEXT, font, anchor="lm")
        for left_px, number in self._columns():
            if thumbnail := self._thumbnails.get(label, number):
                sheet.paste(thumbnail, (left_px, top_px + LABEL_PX))

    def _columns(self) -> Iterator[tuple[int, int]]:
        """Yield where each column begins and the frame it shows."""
        for column, number in enumerate(self._thumbnails.shown):
            yield GAP_PX + column * (self._width_px + GAP_PX), number
