"""The grid: a shot's variants side by side, each under its label, the same frame at the same time."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from r2s2r.artifacts.control import Control
from r2s2r.artifacts.facts import write_facts
from r2s2r.artifacts.footage import Footage
from r2s2r.artifacts.passes import Passes
from r2s2r.artifacts.progress import Progress
from r2s2r.artifacts.video import CONTACT, VIDEO
from r2s2r.media.h264 import H264Writer
from r2s2r.spec.delivery import DeliverySpec
from r2s2r.stages.encode.control_video import control_frames, control_size, write_control_video
from r2s2r.stages.encode.delivery import retiming_of, video_facts
from r2s2r.stages.encode.retime import retimed
from r2s2r.stages.encode.sheet import BACKGROUND, TEXT, title
from r2s2r.stages.encode.size import Size, covering
from r2s2r.stages.encode.variant_sheet import CONTROL_ROW, VariantSheet

_MOST_PX, _GAP_PX = 1920, 4
_FONT_PX, _LINE_PX, _MARGIN_PX = 14, 18, 4


def deliver_grid(
    spec: DeliverySpec, variants: Mapping[str, Footage], control: Passes | Control, out: Path, progress: Progress
) -> None:
    """Write ``video.mp4``, ``control.mp4``, ``contact.png`` and the facts; see ``make_grid``."""
    first = next(iter(variants.values()))
    made, delivered = Size(first.facts.height, first.facts.width), Size(spec.height, spec.width)
    retiming, crf = retiming_of(spec, first), spec.encode.crf
    total = retiming.deliver_frames + control.facts.frames
    cell = cell_size(len(variants), delivered)
    sheet = VariantSheet(
        f"{len(variants)} variants     {title(retiming, made=made, delivered=delivered)}",
        rows={CONTROL_ROW: control_size(control), **dict.fromkeys(variants, cell)},
        frames=retiming.frames,
        fps=first.fps,
    )

    def moving(label: str) -> Iterator[NDArray[np.uint8]]:
        small = covering(variants[label].frames(), made=made, wanted=cell)
        return retimed(sheet.watched(label, small), retiming, spec.encode.retime)

    canvas = Canvas(list(variants), cell)
    height, width = canvas.size.height, canvas.size.width
    with H264Writer(out / VIDEO, height=height, width=width, fps=retiming.deliver_fps, crf=crf) as writer:
        for done, pictures in enumerate(zip(*map(moving, variants), strict=True), start=1):
            writer.write(canvas.filled(pictures))
            progress(done, total)

    steering = sheet.watched(CONTROL_ROW, control_frames(control))
    write_control_video(steering, control, out, crf=crf, before=retiming.deliver_frames, progress=progress)
    sheet.write(out / CONTACT)
    write_facts(out, video_facts(retiming, canvas.size))


class Canvas:
    """The picture of all variants; labels are drawn once, and each frame is put in under them."""

    def __init__(self, labels: Sequence[str], cell: Size) -> None:
        drawn, columns = strips(labels, cell.width), columns_for(len(labels))
        self._strip_px = drawn[0].shape[0]
        self._layout = Layout(columns, -(-len(labels) // columns), cell, self._strip_px)
        self._picture = np.full((self.size.height, self.size.width, 3), BACKGROUND, np.uint8)
        for number, strip in enumerate(drawn):
            self._put(number, strip, below_px=0)

    @property
    def size(self) -> Size:
        """Size of the whole."""
        return self._layout.size

    def filled(self, pictures: Sequence[NDArray[np.uint8]]) -> NDArray[np.uint8]:
        """Return the whole [H, W, 3] with a picture in each cell; it is valid until the next call."""
        for number, picture in enumerate(pictures):
            self._put(number, picture, below_px=self._strip_px)
        return self._picture

    def _put(self, cell: int, picture: NDArray[np.uint8], *, below_px: int) -> None:
        top, left = self._layout.corner(cell)
        height, width = picture.shape[:2]
        self._picture[top + below_px : top + below_px + height, left : left + width] = picture


@dataclass(frozen=True)
class Layout:
    """A grid about as many cells wide as high, each cell a label above a picture; in even lengths, as H.264 needs them.

    Attributes:
        columns: Pictures in a row.
        rows: Of pictures.
        cell: Size of one picture.
        strip_px: Height of the label above it.
    """

    columns: int
    rows: int
    cell: Size
    strip_px: int

    @property
    def size(self) -> Size:
        """Size of the whole."""
        height = self.rows * (self.strip_px + self.cell.height + _GAP_PX)
        return Size(height + _GAP_PX, self.columns * (self.cell.width + _GAP_PX) + _GAP_PX)

    def corner(self, cell: int) -> tuple[int, int]:
        """Return the pixel row and column at which a cell begins, with its label."""
        row, column = divmod(cell, self.columns)
        top = _GAP_PX + row * (self.strip_px + self.cell.height + _GAP_PX)
        return top, _GAP_PX + column * (self.cell.width + _GAP_PX)


def columns_for(cells: int) -> int:
    """Return how many cells stand side by side."""
    return math.isqrt(cells - 1) + 1


def cell_size(cells: int, delivered: Size) -> Size:
    """Return the size of one picture: as delivered, or smaller so that the grid is no wider than 1920 pixels."""
    most = (_MOST_PX - _GAP_PX) // columns_for(cells) - _GAP_PX
    width = min(delivered.width, most) // 2 * 2
    return Size(max(2, delivered.at_width(width).height // 2 * 2), width)


def strips(labels: Sequence[str], width_px: int) -> list[NDArray[np.uint8]]:
    """Draw labels on strips [h, width_px, 3], all as high as the longest label needs, which is an even height."""
    broken = [_lines(label, width_px - 2 * _MARGIN_PX) for label in labels]
    height_px = max(map(len, broken)) * _LINE_PX + 2 * _MARGIN_PX
    return [_strip(lines, width_px, height_px) for lines in broken]


def _lines(label: str, width_px: int) -> list[str]:
    """Break a label between words into lines that fit; a word that does not fit by itself has a line of its own."""
    font = ImageFont.load_default(_FONT_PX)
    lines: list[str] = []
    for word in label.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(longer) <= width_px:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _strip(lines: list[str], width_px: int, height_px: int) -> NDArray[np.uint8]:
    strip = Image.new("RGB", (width_px, height_px), BACKGROUND)
    draw, font = ImageDraw.Draw(strip), ImageFont.load_default(_FONT_PX)
    for row, line in enumerate(lines):
        draw.text((_MARGIN_PX, _MARGIN_PX + row * _LINE_PX + _LINE_PX // 2), line, TEXT, font, anchor="lm")
    return np.asarray(strip)
