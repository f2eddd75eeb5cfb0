"""Soft contact shadows: how much of the sky an entity hides from the ground below it."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.camera import Camera
from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.proxy import Sight
from r2s2r.geometry.transforms import Array, transform_points
from r2s2r.media.pushpull import Image

_POINTS = 20_000
_CELLS = 64
# Two layers: the dark line where it touches, and the wide dimming under its bulk. Heights are shares of its own height.
_TOUCH_HEIGHT, _TOUCH_BLUR, _TOUCH_SHARE = 0.12, 0.03, 0.5
_BULK_HEIGHT, _BULK_BLUR, _BULK_SHARE = 0.8, 0.14, 0.7
_NOTHING = 1e6  # metres above a cell that nothing is above
# In the air, a shadow widens by this share of the gap, and is gone when the gap is this many times the entity's height.
_WIDEN_BY_GAP, _GONE_AT_GAP = 0.35, 1.2


@dataclass(frozen=True, eq=False)
class Shadow:
    """A shadow on the ground, as a square of the ground seen from above.

    Attributes:
        darkness: [64, 64] float32, 0..1; rows are world z, columns world x.
        corner_m: World (x, z) of the square's corner.
        cell_m: Side of a cell.
    """

    darkness: Image
    corner_m: tuple[float, float]
    cell_m: float


def surface_points(mesh: Mesh) -> Array:
    """Spread points [20000, 3] evenly over a mesh's surface, always the same ones (entity frame)."""
    random = np.random.default_rng(0)
    corners = mesh.vertices[mesh.faces].astype(float)
    edges = corners[:, 1:] - corners[:, :1]
    area = np.linalg.norm(np.cross(edges[:, 0], edges[:, 1]), axis=1)
    steps = (np.arange(_POINTS) + 0.5) / _POINTS * area.sum()
    face = np.minimum(np.searchsorted(np.cumsum(area), steps), len(area) - 1)
    weights = random.random((_POINTS, 2))
    weights = np.where(weights.sum(axis=1, keepdims=True) > 1, 1 - weights, weights)
    points: Array = corners[face, 0] + (edges[face] * weights[..., None]).sum(axis=1)
    return points


def contact_shadow(points_entity: Array, world_from_entity: Array) -> Shadow | None:
    """Return the shadow of an entity, or None where it is so high up (or below the ground) that it has none."""
    points = transform_points(world_from_entity, points_entity)
    low, high = points.min(axis=0), points.max(axis=0)
    height = high[1] - low[1]
    gap = max(0.0, float(low[1]))
    strength = max(0.0, 1 - gap / (_GONE_AT_GAP * height)) if height > 0 else 0.0
    if strength == 0 or high[1] <= 0:
        return None
    margin = 3 * (_BULK_BLUR * height + _WIDEN_BY_GAP * gap)
    middle, side = (low + high) / 2, float(max(high[0] - low[0], high[2] - low[2]) + 2 * margin)
    corner = float(middle[0] - side / 2), float(middle[2] - side / 2)
    cell = side / _CELLS
    clearance = _clearance(points, corner, cell)
    touch = _layer(clearance, _TOUCH_HEIGHT * height, (_TOUCH_BLUR * height + _WIDEN_BY_GAP * gap) / cell)
    bulk = _layer(clearance, _BULK_HEIGHT * height, (_BULK_BLUR * height + _WIDEN_BY_GAP * gap) / cell)
    darkness = 1 - (1 - _TOUCH_SHARE * touch) * (1 - _BULK_SHARE * bulk)
    return Shadow((darkness * strength**2).astype(np.float32), corner, cell)


def cast(background: NDArray[np.uint8], shadow: Shadow, *, strength: float, sight: Sight, camera: Camera) -> None:
    """Darken in place what a view [H, W, 3] shows of the ground under a shadow.

    sRGB values are scaled, which is scaling the light by nearly the power 2.2 of that. ``strength`` is the thickness of
    the filter: 0.5 lays the shadow on once, 1 twice.
    """
    rows, columns = _box(shadow, camera)
    if rows.stop <= rows.start or columns.stop <= columns.start:
        return
    depth_m = sight.depth_m[rows, columns]
    x = sight.origin_m[0] + depth_m * sight.directions[0][rows, columns]
    z = sight.origin_m[2] + depth_m * sight.directions[2][rows, columns]
    on_ground = sight.on_ground[rows, columns]
    cells_x = np.where(on_ground, (x - shadow.corner_m[0]) / shadow.cell_m - 0.5, -10).astype(np.float32)
    cells_z = np.where(on_ground, (z - shadow.corner_m[1]) / shadow.cell_m - 0.5, -10).astype(np.float32)
    darkness = cv2.remap(shadow.darkness, cells_x, cells_z, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    patch = background[rows, columns]
    light = (1 - darkness) ** np.float32(2 * strength)
    patch[:] = np.rint(patch * light[..., None]).astype(np.uint8)


def _clearance(points: Array, corner: tuple[float, float], cell: float) -> Image:
    """Return the height of the lowest point over each cell [64, 64] in metres, _NOTHING where there is none."""
    column = ((points[:, 0] - corner[0]) / cell).astype(np.intp)
    row = ((points[:, 2] - corner[1]) / cell).astype(np.intp)
    lowest = np.full((_CELLS, _CELLS), _NOTHING, np.float32)
    np.minimum.at(lowest, (row, column), np.maximum(points[:, 1], 0).astype(np.float32))
    # The lowest of the neighbours: no holes where points happen to be sparse.
    return np.asarray(cv2.erode(lowest, np.ones((3, 3), np.uint8), borderValue=_NOTHING), np.float32)


def _layer(clearance: Image, height: float, blur_cells: float) -> Image:
    shade = np.exp(-clearance / np.float32(height))
    return np.asarray(cv2.GaussianBlur(shade, (0, 0), max(0.8, blur_cells)), np.float32)


def _box(shadow: Shadow, camera: Camera) -> tuple[slice, slice]:
    """Return the rows and columns of a view that may show a shadow: all when part of it is beside the camera."""
    side = shadow.cell_m * _CELLS
    x, z = shadow.corner_m
    corners = np.array([[x, 0, z], [x + side, 0, z], [x, 0, z + side], [x + side, 0, z + side]])
    pixels, depth_m = camera.project(corners)
    if depth_m.min() <= 1e-3:
        return slice(0, camera.height), slice(0, camera.width)
    low = np.floor(pixels.min(axis=0)).astype(int)
    high = np.ceil(pixels.max(axis=0)).astype(int)
    return (
        slice(*np.clip((low[1], high[1]), 0, camera.height).tolist()),
        slice(*np.clip((low[0], high[0]), 0, camera.width).tolist()),
    )
