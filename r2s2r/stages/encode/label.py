"""Labels: words on a dark strip, as wide as the picture they stand over."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from r2s2r.stages.encode.paper import BACKGROUND, TEXT

_FONT_PX, _LINE_PX, _MARGIN_PX = 14, 18, 4


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
