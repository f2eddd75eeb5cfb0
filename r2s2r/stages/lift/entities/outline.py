"""The outline of a mask as a signed distance on a coarse grid, below a cell's size exact."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from r2s2r.geometry.extent import extent_px
from r2s2r.geometry.transforms import Array

# Cells on the outline's long side: finer ones gain less than 0.1 % of silhouette and cost their square.
CELLS = 160
# Nodes around the outline, so that its level set closes inside the grid.
_MARGIN = 3
# Masks are reduced (by area, keeping partial coverage) to this before distances are taken.
_FINE_PX = 960
# Rounds off the stairs of a binary mask; in pixels of the fine picture.
_SMOOTH_PX = 0.8
# Empty pixels round the mask, so that its border is always between pixels.
_RIM_PX = 3
# A pixel farther than this from all that the grid shows, in cells, is lost between its nodes; a node is then raised to
# this distance, in cells.
_LOST = 0.6
_THIN = 0.3


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


@dataclass(frozen=True, eq=False)
class FineDistance:
    """Signed distance to a mask's border at about the mask's own resolution.

    Attributes:
        distance_px: [Hf, Wf] in pixels of the source, positive inside.
        origin_px: The source position, x and y, of its upper left corner.
        pixel_px: How many pixels of the source one of its pixels spans, x and y.
        deepest_px: Of all pixels, before the border was smoothed: the radius of the largest disc inside.
    """

    distance_px: Array
    origin_px: tuple[float, float]
    pixel_px: tuple[float, float]
    deepest_px: float


def fine_distance(mask: NDArray[np.bool_]) -> FineDistance:
    """Return the distance to the border of a mask [H, W] with at least one pixel; outside the picture is outside."""
    (left, top), (right, bottom) = (corner.tolist() for corner in extent_px(mask))
    x0, y0 = left - _RIM_PX, top - _RIM_PX
    crop = np.pad(mask[top:bottom, left:right], _RIM_PX).astype(np.float32)
    height, width = crop.shape
    scale = max(1.0, max(height, width) / _FINE_PX)
    size = (max(1, round(width / scale)), max(1, round(height / scale)))
    coverage = np.asarray(cv2.resize(crop, size, interpolation=cv2.INTER_AREA), np.float32)
    exact_px = _signed_distance(coverage) * scale
    smooth_px = ndimage.gaussian_filter(exact_px, _SMOOTH_PX)
    # Smoothing takes away what is no wider than a pixel or two: there the border stays as it is.
    kept = ndimage.binary_dilation((exact_px > 0) & (smooth_px <= 0), np.ones((3, 3), bool))
    smooth_px = np.where(kept & ~ndimage.binary_erosion(exact_px > 0), np.maximum(smooth_px, exact_px), smooth_px)
    return FineDistance(smooth_px, (x0, y0), (width / size[0], height / size[1]), float(exact_px.max()))


def outline_of(mask: NDArray[np.bool_]) -> Outline:
    """Return the outline of a mask [H, W] with at least one pixel; outside the picture counts as outside."""
    fine = fine_distance(mask)
    extent = np.array(fine.distance_px.shape[::-1]) * fine.pixel_px
    cell_px = max(1.0, float(extent.max() - 2 * _RIM_PX) / CELLS)
    nodes = np.ceil((extent - 2 * _RIM_PX) / cell_px).astype(int) + 2 * _MARGIN
    start = (extent - (nodes - 1) * cell_px) / 2
    # Positions in the fine picture: its pixel i has its centre at i + 0.5 of its own.
    x, y = ((start[axis] + np.arange(nodes[axis]) * cell_px) / fine.pixel_px[axis] - 0.5 for axis in range(2))
    grid = np.meshgrid(y, x, indexing="ij")
    distance = ndimage.map_coordinates(fine.distance_px, grid, order=1, mode="nearest") / cell_px
    distance = _with_thin_parts(distance, fine.distance_px, (y, x))
    return Outline(
        distance,
        (fine.origin_px[0] + float(start[0]), fine.origin_px[1] + float(start[1])),
        cell_px,
        fine.deepest_px / cell_px,
    )


def _with_thin_parts(distance: Array, fine_px: Array, nodes: tuple[Array, Array]) -> Array:
    """Widen to a cell what is too thin for the grid, so that no part is lost between nodes [Ny], [Nx]."""
    places = [
        np.clip(np.interp(np.arange(side), at, np.arange(len(at))), 0, len(at) - 1)
        for side, at in zip(fine_px.shape, nodes, strict=True)
    ]
    shown = ndimage.map_coordinates(distance, np.meshgrid(*places, indexing="ij"), order=1) > 0
    cell = nodes[0][1] - nodes[0][0]
    lost = (fine_px > 0) & (ndimage.distance_transform_edt(~shown) > max(1.0, _LOST * cell))
    row, column = np.nonzero(lost)
    near = np.round(places[0][row]).astype(int), np.round(places[1][column]).astype(int)
    widened = distance.copy()
    widened[near] = np.maximum(distance[near], _THIN)
    return widened


def _signed_distance(coverage: NDArray[np.float32]) -> Array:
    inside = coverage >= 0.5
    distance = np.where(
        inside, ndimage.distance_transform_edt(inside) - 0.5, 0.5 - ndimage.distance_transform_edt(~inside)
    )
    # Next to the border a pixel's coverage says where within it the border runs.
    partly = (coverage > 0) & (coverage < 1)
    return np.where(partly, coverage - 0.5, distance)
