"""Layout: where the variants' pictures lie in their grid."""

import math
from dataclasses import dataclass

from r2s2r.stages.encode.size import Size

_MOST_PX, _GAP_PX = 1920, 4


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
