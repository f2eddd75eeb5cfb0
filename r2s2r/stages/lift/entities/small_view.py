"""A small picture of an entity: where it is measured how well a mesh fits, many times a second."""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from r2s2r.geometry.camera import Camera
from r2s2r.geometry.extent import extent_px
from r2s2r.geometry.transforms import Array
from r2s2r.stages.lift.entities.lifter import View
from r2s2r.stages.lift.entities.pixel_candidates import Candidates

_MARGIN = 0.25
_NEAREST_M = 1e-6


@dataclass(frozen=True, eq=False)
class SmallView:
    """A cut of the source, made smaller.

    Attributes:
        camera: Its camera.
        share: [h, w], how much of each pixel the mask covers.
        depth_m: [h, w], z, NaN where unknown or not of the entity; None where none is known.
    """

    camera: Camera
    share: NDArray[np.float32]
    depth_m: Array | None

    @cached_property
    def mask(self) -> NDArray[np.bool_]:
        """The pixels [h, w] that are more than half covered."""
        return self.share >= 0.5

    @cached_property
    def away_px(self) -> Array:
        """How far each pixel [h, w] is from the mask's border, inside and outside alike."""
        inside, outside = (ndimage.distance_transform_edt(one) for one in (self.mask, ~self.mask))
        return np.asarray(inside + outside, np.float64)

    def depth_of(self, vertices: Array, faces: NDArray[np.int32]) -> Array:
        """Return the depth [h, w] of the nearest face of a mesh in the world; infinite where there is none."""
        pixels, depth_m = self.camera.project(vertices)
        before = (depth_m > _NEAREST_M)[faces].all(axis=1)
        corners, inverse = pixels[faces[before]], 1 / depth_m[faces[before]]
        picture = np.zeros(self.share.shape)
        if len(corners):
            _draw(picture, corners, inverse)
        with np.errstate(divide="ignore"):
            return np.asarray(1 / picture)


def small_view(view: View, long_px: int, vertices: Array | None = None) -> SmallView:
    """Cut a view to what its mask covers, and vertices in the world if they are given; ``long_px`` on its long side."""
    low, high = _extent(view, vertices)
    size = high - low
    scale = min(1.0, long_px / float(size.max()))
    width, height = (max(1, round(float(side) * scale)) for side in size)
    x_from_source, y_from_source = width / float(size[0]), height / float(size[1])
    intrinsics = view.camera.intrinsics.copy()
    intrinsics[:2, 2] -= low
    intrinsics[0] *= x_from_source
    intrinsics[1] *= y_from_source
    window = slice(int(low[1]), int(high[1])), slice(int(low[0]), int(high[0]))
    mask = view.mask[window]
    share = cv2.resize(mask.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA)
    depth_m = None
    if view.depth_m is not None:
        nearest = cv2.resize(view.depth_m[window], (width, height), interpolation=cv2.INTER_NEAREST).astype(np.float64)
        depth_m = np.where(share > 0.99, nearest, np.nan)
    camera = Camera(view.camera.world_from_camera, intrinsics, height, width)
    return SmallView(camera, np.asarray(share, np.float32).reshape(height, width), depth_m)


def _extent(view: View, vertices: Array | None) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    low, high = (corner.astype(float) for corner in extent_px(view.mask))
    margin = _MARGIN * float((high - low).max())
    if vertices is not None:
        pixels, depth_m = view.camera.project(vertices)
        seen = pixels[depth_m > _NEAREST_M]
        low, high = np.minimum(low, seen.min(axis=0, initial=np.inf)), np.maximum(high, seen.max(axis=0, initial=0))
    limit = np.array([view.camera.width, view.camera.height])
    return (
        np.clip(np.floor(low - margin), 0, limit - 1).astype(np.int64),
        np.clip(np.ceil(high + margin), 1, limit).astype(np.int64),
    )


def _draw(picture: Array, corners: Array, inverse: Array) -> None:
    """Draw triangles [F, 3, 2] with 1/z at their corners [F, 3], which is linear in the picture; the nearest stays."""
    height, width = picture.shape
    which, column, row = Candidates.of(corners, height=height, width=width).pixels()
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    ab, ac = b - a, c - a
    area = ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0]
    flat = np.abs(area) < 1e-12
    area = np.where(flat, np.inf, area)
    ap_x, ap_y = column + 0.5 - a[which, 0], row + 0.5 - a[which, 1]
    v = (ap_x * ac[which, 1] - ap_y * ac[which, 0]) / area[which]
    w = (ab[which, 0] * ap_y - ab[which, 1] * ap_x) / area[which]
    inside = (v >= 0) & (w >= 0) & (v + w <= 1) & ~flat[which]
    which, v, w = which[inside], v[inside], w[inside]
    value = inverse[which, 0] * (1 - v - w) + inverse[which, 1] * v + inverse[which, 2] * w
    np.maximum.at(picture.reshape(-1), row[inside] * width + column[inside], value)
