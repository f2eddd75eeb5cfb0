"""A picture in the terminal: two pixels a character, the upper one as its colour, the lower one as its background."""

from pathlib import Path

import numpy as np
from PIL import Image
from rich.segment import Segment, Segments
from rich.style import Style

_UPPER_HALF = "▀"


def thumbnail(path: Path, *, columns: int) -> Segments:
    """Return a picture file, scaled to so many columns."""
    with Image.open(path) as opened:
        picture = opened.convert("RGB")
    rows = 2 * max(1, round(picture.height * columns / picture.width / 2))
    pixels = np.asarray(picture.resize((columns, rows), Image.Resampling.BOX))
    segments = []
    for upper, lower in zip(pixels[::2], pixels[1::2], strict=True):
        segments += [Segment(_UPPER_HALF, _style(top, bottom)) for top, bottom in zip(upper, lower, strict=True)]
        segments.append(Segment.line())
    return Segments(segments)


def _style(top: np.ndarray, bottom: np.ndarray) -> Style:
    front, back = ("#" + bytes(colour).hex() for colour in (top, bottom))
    return Style(color=front, bgcolor=back)
