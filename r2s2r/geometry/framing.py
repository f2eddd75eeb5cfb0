"""Framing: how the source's picture lies in the generated one. Written once, so that control and reference agree."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from r2s2r.geometry.transforms import Array

Fit = Literal["crop", "letterbox"]


@dataclass(frozen=True)
class Rectangle:
    """A pixel rectangle [x0, x1) x [y0, y1); floats count from the picture's corner, not a pixel's centre."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        """Columns."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Rows."""
        return self.y1 - self.y0


@dataclass(frozen=True)
class Framing:
    """Source picture -> generated picture.

    ``crop`` fills the output and cuts the source's overhang evenly; ``letterbox`` shows all of it between black bars
    whose edges lie on whole pixels. The reference image and the render's intrinsics are both derived from here.
    """

    source_height: int
    source_width: int
    height: int
    width: int
    fit: Fit

    @property
    def source_window(self) -> Rectangle:
        """The part of the source that is shown, in source pixels."""
        if self.fit == "letterbox":
            return Rectangle(0, 0, self.source_width, self.source_height)
        scale = max(self.width / self.source_width, self.height / self.source_height)
        # Never below 0, where rounding would put an edge and Pillow refuses it.
        x0 = max(0.0, (self.source_width - self.width / scale) / 2)
        y0 = max(0.0, (self.source_height - self.height / scale) / 2)
        return Rectangle(x0, y0, self.source_width - x0, self.source_height - y0)

    @property
    def active(self) -> Rectangle:
        """Where the picture lies in the output, in whole output pixels; outside are the letterbox's bars."""
        if self.fit == "crop":
            return Rectangle(0, 0, self.width, self.height)
        scale = min(self.width / self.source_width, self.height / self.source_height)
        shown_width = min(self.width, max(1, round(self.source_width * scale)))
        shown_height = min(self.height, max(1, round(self.source_height * scale)))
        x0, y0 = (self.width - shown_width) // 2, (self.height - shown_height) // 2
        return Rectangle(x0, y0, x0 + shown_width, y0 + shown_height)

    @property
    def output_from_source(self) -> Array:
        """The [3, 3] matrix from source pixels to output pixels (columns, homogeneous)."""
        window, active = self.source_window, self.active
        scale_x, scale_y = active.width / window.width, active.height / window.height
        shift_x, shift_y = active.x0 - scale_x * window.x0, active.y0 - scale_y * window.y0
        return np.array([[scale_x, 0, shift_x], [0, scale_y, shift_y], [0, 0, 1.0]])

    def intrinsics(self, source_intrinsics: Array) -> Array:
        """Return K [3, 3] of the output picture for K of the source picture."""
        framed: Array = self.output_from_source @ source_intrinsics
        return framed
