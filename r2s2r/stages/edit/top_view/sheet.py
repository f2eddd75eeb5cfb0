"""Sheet: paper with a scale in metres, for drawing on."""

from dataclasses import dataclass, field
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from r2s2r.geometry.transforms import Array

Colour: TypeAlias = tuple[int, int, int]
_Rectangle: TypeAlias = tuple[float, float, float, float]
_Font: TypeAlias = ImageFont.FreeTypeFont | ImageFont.ImageFont

INK: Colour = (40, 44, 52)
FAINT: Colour = (150, 154, 162)
_PAPER: Colour = (250, 250, 247)
_GRID: Colour = (226, 227, 222)
_LONG_SIDE_PX, _SHORTEST_SIDE_PX = 1000, 600
_LEFT_PX, _TOP_PX, _RIGHT_PX, _BOTTOM_PX = 56, 40, 24, 40
_MARGINS_PX = np.array([_LEFT_PX + _RIGHT_PX, _TOP_PX + _BOTTOM_PX])
_SQUARES = 12
_SUBPIXEL_BITS = 4


@dataclass(eq=False)
class Sheet:
    """A picture of the ground from above: world x runs to the right, world z towards the reader.

    Attributes:
        low_m: [2] x and z of the drawing's upper left corner.
        px_per_m: Its scale.
        picture: [H, W, 3] uint8 RGB.
        square_m: How far its grid's lines are apart.
        taken: Rectangles x0, y0, x1, y1 where something is written.
    """

    low_m: Array
    px_per_m: float
    picture: NDArray[np.uint8]
    square_m: float
    taken: list[_Rectangle] = field(default_factory=list)

    @classmethod
    def round(cls, points_m: Array) -> "Sheet":
        """Return a sheet with a grid that shows all points [N, 2]."""
        low, high = points_m.min(axis=0), points_m.max(axis=0)
        pad = 0.06 * max(2.0, float((high - low).max()))
        low, high = low - pad, high + pad
        scale = float((_LONG_SIDE_PX - _MARGINS_PX).min()) / float((high - low).max())
        room = np.maximum(high - low, (_SHORTEST_SIDE_PX - _MARGINS_PX) / scale)
        low = (low + high - room) / 2
        width, height = np.ceil(room * scale + _MARGINS_PX).astype(int).tolist()
        sheet = cls(low, scale, np.full((height, width, 3), _PAPER, np.uint8), _round_length(room.max() / _SQUARES))
        sheet._rule(room)
        return sheet

    def places(self, points_m: Array) -> Array:
        """Return where points [..., 2] lie, in pixels."""
        places: Array = (points_m - self.low_m) * self.px_per_m + [_LEFT_PX, _TOP_PX]
        return places

    def line(self, points_m: Array, colour: Colour, width_px: int = 1, *, closed: bool = False) -> None:
        """Draw a line through points [N, 2]."""
        points = self._fixed(points_m)
        cv2.polylines(self.picture, [points], closed, colour, width_px, cv2.LINE_AA, _SUBPIXEL_BITS)

    def area(self, points_m: Array, colour: Colour, opacity: float) -> None:
        """Fill a convex area with corners [N, 2]."""
        filled = self.picture.copy()
        cv2.fillConvexPoly(filled, self._fixed(points_m), colour, cv2.LINE_AA, _SUBPIXEL_BITS)
        cv2.addWeighted(filled, opacity, self.picture, 1 - opacity, 0, self.picture)

    def dot(self, point_m: Array, colour: Colour, radius_px: float) -> None:
        """Draw a dot at a point [2]."""
        x, y = self._fixed(point_m[None])[0].tolist()
        radius = round(radius_px * 2**_SUBPIXEL_BITS)
        cv2.circle(self.picture, (x, y), radius, colour, cv2.FILLED, cv2.LINE_AA, _SUBPIXEL_BITS)

    def label(self, text: str, point_m: Array, colour: Colour, size_px: int = 13) -> None:
        """Write beside a point [2], where nothing is written yet; where there is no room, not at all."""
        x, y = self.places(point_m)
        left, right, over, under = x - 8, x + 8, y - 8 - size_px / 2, y + 8
        self._write(text, [(right, over), (right, under), (left, over), (left, under)], colour, size_px)

    def heading(self, text: str) -> None:
        """Write above the drawing."""
        self._write(text, [(_LEFT_PX, 10)], INK, 15)

    def _fixed(self, points_m: Array) -> NDArray[np.int32]:
        # OpenCV counts from the middle of the first pixel. Beyond its numbers' range it would draw anything.
        places = np.clip(self.places(points_m) - 0.5, -30_000, 30_000)
        fixed: NDArray[np.int32] = np.rint(places * 2**_SUBPIXEL_BITS).astype(np.int32)
        return fixed

    def _rule(self, room_m: Array) -> None:
        high_m = self.low_m + room_m
        for axis in (0, 1):
            first, last = np.ceil(self.low_m[axis] / self.square_m), np.floor(high_m[axis] / self.square_m)
            for number in np.arange(first, last + 1) + 0.0:
                ends = np.stack([self.low_m, high_m])
                ends[:, axis] = number * self.square_m
                self.line(ends, _GRID if number else FAINT)
                x, y = self.places(ends)[axis]
                at = (x - 6, y + 6) if axis == 0 else (8, y - 8)
                self._write(f"{number * self.square_m:g}", [at], FAINT, 12)

    def _write(self, text: str, places: list[tuple[float, float]], colour: Colour, size_px: int) -> None:
        """Write at the first place that is free and within the picture; left of it where it lies left of its point."""
        font = ImageFont.load_default(size_px)
        _, _, width, height = font.getbbox(text)
        for index, (x, y) in enumerate(places):
            left = x - width if index >= 2 else x
            rectangle = (left, y, left + width, y + height)
            if self._is_free(rectangle):
                self.taken.append(rectangle)
                self._print(text, rectangle, colour, font)
                return

    def _print(self, text: str, at: _Rectangle, colour: Colour, font: _Font) -> None:
        left, top, right, bottom = (round(edge) for edge in at)
        window = self.picture[top - 2 : bottom + 3, left - 2 : right + 3]
        drawn = Image.fromarray(window)
        ImageDraw.Draw(drawn).text((2, 2), text, fill=colour, font=font, stroke_width=2, stroke_fill=_PAPER)
        window[:] = np.asarray(drawn)

    def _is_free(self, wanted: _Rectangle) -> bool:
        height, width = self.picture.shape[:2]
        if wanted[0] < 3 or wanted[1] < 3 or wanted[2] > width - 4 or wanted[3] > height - 4:
            return False
        return not any(
            wanted[0] < right and left < wanted[2] and wanted[1] < bottom and top < wanted[3]
            for left, top, right, bottom in self.taken
        )


def _round_length(length_m: float) -> float:
    """Return 1, 2 or 5 times a power of ten, no less than a length."""
    power = 10.0 ** np.floor(np.log10(length_m))
    return float(next(step * power for step in (1, 2, 5, 10) if step * power >= length_m * (1 - 1e-9)))
