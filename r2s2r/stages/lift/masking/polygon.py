"""From a polygon to a mask."""

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array


def fill_polygon(corners_px: Array, *, height: int, width: int) -> NDArray[np.bool_]:
    """Return the pixels [H, W] of which a polygon [N, 2] (x, y) covers at least half, by exact area.

    Where the polygon overlaps itself it counts by winding; its direction does not matter. The part of it outside the
    picture is cut off.
    """
    area = _signed_coverage(corners_px, height, width)
    return np.asarray(np.abs(area) >= 0.5 - 1e-9)


def _signed_coverage(corners_px: Array, height: int, width: int) -> Array:
    """Sum the signed areas between each edge and the picture's right border, per pixel; rows are summed up at the end.

    As font rasterisers do it: an edge changes, in each row it crosses, the coverage of the pixels it runs through by an
    area and that of all to their right by its height there.
    """
    change = np.zeros((height, width + 1))
    for start, end in zip(corners_px, np.roll(corners_px, -1, axis=0), strict=True):
        for x0, y0, x1, y1 in _pieces(start, end, height, width):
            row, column = int((y0 + y1) / 2), int(min((x0 + x1) / 2, width))
            rise = y1 - y0
            covered = rise * (column + 1 - (x0 + x1) / 2)  # of this pixel, to the right of the edge
            change[row, column] += covered if column < width else 0.0
            if column + 1 <= width:
                change[row, column + 1] += rise - covered
    coverage: Array = np.cumsum(change[:, :width], axis=1)
    return coverage


def _pieces(start: Array, end: Array, height: int, width: int) -> list[tuple[float, float, float, float]]:
    """Cut an edge at pixel borders; what is beside the picture is moved onto its border, which keeps areas."""
    step = end - start
    cuts = [0.0, 1.0]
    for axis, limit in ((0, width), (1, height)):
        if step[axis] != 0:
            low, high = sorted((start[axis], end[axis]))
            lines = np.arange(max(0, np.ceil(low)), min(limit, np.floor(high)) + 1)
            cuts.extend(((lines - start[axis]) / step[axis]).tolist())
    times = np.unique(np.clip(cuts, 0.0, 1.0))
    points = start + times[:, None] * step
    x, y = np.clip(points[:, 0], 0, width), points[:, 1]
    middle = (y[:-1] + y[1:]) / 2
    seen = (middle > 0) & (middle < height) & (y[:-1] != y[1:])
    return [(float(x[i]), float(y[i]), float(x[i + 1]), float(y[i + 1])) for i in np.nonzero(seen)[0]]
