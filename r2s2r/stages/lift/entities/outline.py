"""The outline of a mask as a signed distance on a coarse grid, below a cell's size exact."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from r2s2r.geometry.transforms import Array

# Cells on the outline's long side: finer ones gain less than 0.1 % of silhouette and cost their square.
CELLS = 160
# Nodes around the outline, so that its level set closes inside the grid.
_MARGIN = 3
# Masks are reduced (by area, keeping partial coverage) to this before distances are taken.
_FINE_PX = 960
# Rounds off the stairs of a binary mask; in pixels of the fine picture.
_SMOOTH_PX = 0.8


@dataclass(frozen=True, eq=False)
class Outline:
    """Signed distance to a mask's border on a grid of nodes.

    Attributes:
        distance: [Ny, Nx] in cells, positive inside.
        origin_px: Where node (0, 0) lies in the picture, x and y (pixel centres at +0.5).
        cell_px: Distance of neighbouring nodes in pixels.
        largest_radius: Of a disc inside the outline, in cells.
    """

    distance: Array
    origin_px: tuple[float, float]
    cell_px: float
    largest_radius: float


def outline_of(mask: NDArray[np.bool_]) -> Outline:
    """Return the outline of a mask [H, W] with at least one pixel; outside the picture counts as outside."""
    rows, columns = np.nonzero(mask.any(axis=1))[0], np.nonzero(mask.any(axis=0))[0]
    x0, y0 = int(columns[0]) - 2, int(rows[0]) - 2
    width, height = int(columns[-1]) + 3 - x0, int(rows[-1]) + 3 - y0
    crop = np.zeros((height, width), np.float32)
    crop[2:-2, 2:-2] = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    fine_px = max(1.0, max(height, width) / _FINE_PX)
    size = (max(1, round(width / fine_px)), max(1, round(height / fine_px)))
    coverage = np.asarray(cv2.resize(crop, size, interpolation=cv2.INTER_AREA), np.float32)
    exact_px = _signed_distance(coverage) * fine_px
    smooth_px = ndimage.gaussian_filter(exact_px, _SMOOTH_PX)
    cell_px = max(1.0, (max(height, width) - 4) / CELLS)
    nodes_x, nodes_y = (int(np.ceil((side - 4) / cell_px)) + 2 * _MARGIN for side in (width, height))
    start_x, start_y = (side / 2 - (nodes - 1) / 2 * cell_px for side, nodes in ((width, nodes_x), (height, nodes_y)))
    # Positions in the fine picture: its pixel i has its centre at (i + 0.5) * side / size.
    fine_x = (start_x + np.arange(nodes_x) * cell_px) * size[0] / width - 0.5
    fine_y = (start_y + np.arange(nodes_y) * cell_px) * size[1] / height - 0.5
    grid = np.meshgrid(fine_y, fine_x, indexing="ij")
    distance = ndimage.map_coordinates(smooth_px, grid, order=1, mode="nearest") / cell_px
    return Outline(distance, (x0 + start_x, y0 + start_y), cell_px, float(exact_px.max()) / cell_px)


def _signed_distance(coverage: NDArray[np.float32]) -> Array:
    inside = coverage >= 0.5
    distance = np.where(
        inside, ndimage.distance_transform_edt(inside) - 0.5, 0.5 - ndimage.distance_transform_edt(~inside)
    )
    # Next to the border a pixel's coverage says where within it the border runs.
    partly = (coverage > 0) & (coverage < 1)
    return np.where(partly, coverage - 0.5, distance)
