"""What sheets and grids are drawn on: colours, distances, and the line at the top."""

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
