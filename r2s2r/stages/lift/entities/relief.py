"""The front of an inflated entity, as a depth map has it."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from r2s2r.geometry.camera import Camera
from r2s2r.geometry.extent import extent_px
from r2s2r.geometry.transforms import Array
from r2s2r.media.pushpull import push_pull
from r2s2r.stages.lift.depths.resize import sampled
from r2s2r.stages.lift.entities.lifter import View

# With less of the mask's depth known than this, or fewer pixels, the entity is inflated without it.
_LEAST_SHARE, _LEAST_PX = 0.05, 20
# What lies farther from its middle depth than this many times its extent in the picture is something else.
_DEEPEST = 1.5
# Depth next to the mask's border may be mixed with the background's; gaps wider than this are filled smoothly.
_BORDER_PX, _NARROW_PX = 1.5, 4
# The back is the front without what is finer than this share of the mask's extent, ...
_BLUR = 0.08
# ... behind it by between these shares of what the inflated one is thick.
_THINNEST, _THICKEST = 0.3, 3.0
# Pixels for a depth of once the entity's distance, in the coordinate its points are thinned out in: the fewer, the more
# faces are spent on the outline.
_DEPTH_PX = 250.0


@dataclass(frozen=True, eq=False)
class Relief:
    """The front of an entity over its part of the picture.

    Attributes:
        camera: Which sees it.
        middle_m: Its middle depth z.
        front_m: [h, w] float32, z of the front.
        smooth_m: [h, w] float32, the same without its detail, for the back.
        origin_px: Where in the picture that part lies, x and y.
    """

    camera: Camera
    middle_m: float
    front_m: NDArray[np.float32]
    smooth_m: NDArray[np.float32]
    origin_px: tuple[int, int]

    def applied(self, points: Array) -> Array:
        """Return an inflated surface's points [V, 3] with the front on the map, and the back behind it.

        The first two coordinates are pixels. The third is how far behind the outline they are; it becomes how far
        behind ``middle_m``. Along each ray the order of the points is kept, so that a closed surface stays closed and
        does not cut itself.
        """
        focal_px = float(self.camera.intrinsics[0, 0])
        x, y = points[:, 0] - self.origin_px[0], points[:, 1] - self.origin_px[1]
        front_m = sampled(self.front_m, x, y)
        thick_m = 2 * np.maximum(points[:, 2], 0) * self.middle_m / focal_px
        behind_m = np.clip(sampled(self.smooth_m, x, y) + thick_m - front_m, _THINNEST * thick_m, _THICKEST * thick_m)
        return np.column_stack([points[:, :2], _DEPTH_PX * ((front_m + behind_m) / self.middle_m - 1)])

    def vertices(self, points: Array) -> Array:
        """Return such points in the world [V, 3], on the rays through their pixels."""
        depth_m = self.middle_m * (1 + points[:, 2] / _DEPTH_PX)
        placed: Array = self.camera.position_m + self.camera.rays(points[:, :2]) * depth_m[:, None]
        return placed


def relief_of(view: View) -> Relief | None:
    """Return the front of what a view's mask covers; None where no depth is given, or too little of it is known."""
    seen = _seen(view)
    if seen is None:
        return None
    front_m = _filled(seen.depth_m, seen.known)
    return Relief(
        camera=view.camera,
        middle_m=float(np.median(seen.depth_m[seen.known])),
        front_m=front_m,
        smooth_m=_smoothed(front_m, seen.mask),
        origin_px=seen.origin_px,
    )


def enough_depth(view: View) -> bool:
    """Return whether enough of an entity's depth is known to say how far away it is."""
    return _seen(view) is not None


@dataclass(frozen=True, eq=False)
class _Seen:
    """The part of the picture with a mask: mask, depth, and where that is known and the entity's own, all [h, w]."""

    mask: NDArray[np.bool_]
    depth_m: NDArray[np.float32]
    known: NDArray[np.bool_]
    origin_px: tuple[int, int]


def _seen(view: View) -> _Seen | None:
    if view.depth_m is None:
        return None
    (left, top), (right, bottom) = (corner.tolist() for corner in extent_px(view.mask))
    part = slice(top, bottom), slice(left, right)
    mask = np.pad(view.mask[part], 2)
    depth_m = np.pad(view.depth_m[part], 2, constant_values=np.nan)
    known = _own(mask, depth_m, float(view.camera.intrinsics[0, 0]))
    if known.sum() < max(_LEAST_PX, _LEAST_SHARE * mask.sum()):
        return None
    return _Seen(mask, depth_m, known, (left - 2, top - 2))


def _own(mask: NDArray[np.bool_], depth_m: NDArray[np.float32], focal_px: float) -> NDArray[np.bool_]:
    """Return where a mask's depth is known and its own: not at its border, and not that of what is far behind."""
    inner = ndimage.distance_transform_edt(mask) > _BORDER_PX
    # Parts too thin to have an inside are kept whole.
    thin = mask & (ndimage.distance_transform_edt(~inner) > 2 * _BORDER_PX + 1) if inner.any() else mask
    known = (inner | thin) & np.isfinite(depth_m) & (np.nan_to_num(depth_m) > 0)
    if not known.any():
        return known
    middle_m = float(np.median(depth_m[known]))
    extent_m = max(mask.shape) * middle_m / focal_px
    return np.asarray(known & (np.abs(np.nan_to_num(depth_m) - middle_m) <= _DEEPEST * extent_m))


def _filled(depth_m: NDArray[np.float32], known: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Carry known depth over narrow gaps and the border, and fill wide ones smoothly."""
    away_px, nearest = ndimage.distance_transform_edt(~known, return_indices=True)
    carried = depth_m[tuple(nearest)].astype(np.float32)
    smooth = 1 / np.maximum(push_pull((1 / carried)[..., None], known | (away_px <= _NARROW_PX))[..., 0], 1e-9)
    return np.where(away_px <= _NARROW_PX, carried, smooth).astype(np.float32)


def _smoothed(front_m: NDArray[np.float32], mask: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Blur within the mask, on a reduced picture: nothing finer than the blur is left of it."""
    height, width = mask.shape
    sigma_px = _BLUR * max(height, width)
    factor = max(1.0, sigma_px / 4)
    size = (max(2, round(width / factor)), max(2, round(height / factor)))
    weight = mask.astype(np.float32)
    sums, weights = (
        ndimage.gaussian_filter(np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_AREA)), sigma_px / factor)
        for values in (front_m * weight, weight)
    )
    blurred = np.where(weights > 1e-3, sums / np.maximum(weights, 1e-3), np.median(front_m))
    return np.asarray(cv2.resize(blurred, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
