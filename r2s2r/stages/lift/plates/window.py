"""The part of the picture that a plate is made for."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.extent import extent_px

# As a share of the long side: how far round the hole the light is compared.
_RING = 0.02


@dataclass(frozen=True)
class Window:
    """The rows [y0, y1) and columns [x0, x1) of the picture that are looked at."""

    y0: int
    x0: int
    y1: int
    x1: int

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width."""
        return self.y1 - self.y0, self.x1 - self.x0

    @property
    def slices(self) -> tuple[slice, slice]:
        """To cut it out of a picture."""
        return slice(self.y0, self.y1), slice(self.x0, self.x1)


def window_round(hole: NDArray[np.bool_]) -> Window:
    """Return what surrounds a hole [H, W] that is not empty, with room to compare the light in."""
    margin = 2 * max(4, round(_RING * max(hole.shape)))
    (left, top), (right, bottom) = (corner.tolist() for corner in extent_px(hole))
    height, width = hole.shape
    return Window(max(0, top - margin), max(0, left - margin), min(height, bottom + margin), min(width, right + margin))
