"""The plate, projected from the source camera onto the set and seen from another camera."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.camera import Camera
from r2s2r.geometry.proxy import Sight
from r2s2r.geometry.transforms import Array
from r2s2r.media.pushpull import Image
from r2s2r.stages.diffuse.canvas import Canvas
from r2s2r.stages.diffuse.warp import PixelMap, warped


@dataclass(frozen=True, eq=False)
class Projection:
    """Where each pixel of a view finds its colour.

    Attributes:
        pixels: Into the canvas's picture.
        beyond: [H, W] bool: the canvas does not reach there, or it is behind the source camera.
        from_source: World directions from the source camera's eye, three arrays [H, W].
    """

    pixels: PixelMap
    beyond: NDArray[np.bool_]
    from_source: tuple[Array, Array, Array]


def projection(sight: Sight, canvas: Canvas, source: Camera) -> Projection:
    """Project what a view sees of the set into the source camera (at generation scale)."""
    offset = sight.origin_m - source.position_m
    x, y, z = (offset[i] + sight.depth_m * sight.directions[i] for i in range(3))
    pixel_from_world = source.intrinsics @ source.world_from_camera[:3, :3].T
    column, row, depth_m = (a * x + b * y + c * z for a, b, c in pixel_from_world)
    ahead = depth_m > 1e-6
    scale = np.divide(1.0, depth_m, out=np.zeros_like(depth_m), where=ahead)
    columns = column * scale - (canvas.corner[0] + 0.5)
    rows = row * scale - (canvas.corner[1] + 0.5)
    height, width = canvas.picture.shape[:2]
    inside = ahead & (columns >= 0) & (columns <= width - 1) & (rows >= 0) & (rows <= height - 1)
    return Projection(PixelMap(columns.astype(np.float32), rows.astype(np.float32)), ~inside, (x, y, z))


def seen(canvas: Canvas, picture: NDArray[np.uint8], where: Projection) -> NDArray[np.uint8]:
    """Return the view [H, W, 3] uint8 of ``picture``, which is the canvas's picture or a retouched copy of it."""
    view = warped(picture, where.pixels)
    if where.beyond.any():
        rows, columns = _box(where.beyond)
        beyond = canvas.surround.sample(*(part[rows, columns] for part in where.from_source))
        patch, chosen = view[rows, columns], where.beyond[rows, columns]
        patch[chosen] = _rounded(beyond[chosen])
    return view


def _box(mask: NDArray[np.bool_]) -> tuple[slice, slice]:
    """Return the rows and columns of the smallest box round what is true."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def _rounded(values: Image) -> NDArray[np.uint8]:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
