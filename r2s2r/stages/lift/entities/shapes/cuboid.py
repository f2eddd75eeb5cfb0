"""A cuboid on the ground, fitted to a silhouette."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.optimize import minimize

from r2s2r.geometry.camera import Camera
from r2s2r.geometry.extent import extent_px
from r2s2r.geometry.transforms import Array

# The mask is compared on this many samples along its longer side.
_SAMPLES = 40
# Tried first, in degrees: which sides are seen is not found by going downhill.
_YAWS_DEG = (-30.0, 0.0, 30.0)
_MAX_STEPS = 220
# Of yaw, the logarithms of width and height, x, z (in widths) and the logarithm of depth.
_STEPS = (0.15, 0.15, 0.1, 0.1, 0.1, 0.3)
# What is missed weighs more than what is too much: the silhouette's cone takes that away later. First hardly, so that
# the right sides are found; then by far, so that little is left to grow.
_MISSED = (2.0, 6.0)
# What the silhouette does not tell is settled by these: a square base that faces the camera of the size and
# at the place it is first taken to be.
_SQUARE, _FACING, _NEAR = 0.004, 0.003, 0.005
# All of it must lie farther than this from the camera, as a share of its distance.
_NEAREST = 0.2
_CORNERS = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (0.0, 1.0) for z in (-0.5, 0.5)])


@dataclass(frozen=True, eq=False)
class Cuboid:
    """A box in a stand's frame (x right, y up, z towards the camera), its base on y = 0.

    Attributes:
        yaw_rad: Its turn about y.
        size_m: Width, height and depth [3].
        middle_m: The middle of its base, x and z [2].
    """

    yaw_rad: float
    size_m: Array
    middle_m: Array

    @property
    def stand_from_unit(self) -> Array:
        """[4, 4], from the cuboid of size 1 whose base is centred on the origin."""
        cosine, sine = np.cos(self.yaw_rad), np.sin(self.yaw_rad)
        turned = np.array([[cosine, 0.0, sine], [0.0, 1.0, 0.0], [-sine, 0.0, cosine]])
        matrix = np.eye(4)
        matrix[:3, :3] = turned * self.size_m
        matrix[[0, 2], 3] = self.middle_m
        return matrix

    def grown(self, margin_m: float) -> "Cuboid":
        """Return it with its sides and its top farther out; it still stands on its base."""
        return Cuboid(self.yaw_rad, self.size_m + margin_m * np.array([2.0, 1.0, 2.0]), self.middle_m)

    def corners(self, world_from_stand: Array) -> Array:
        """Return its corners in the world [8, 3]."""
        matrix = world_from_stand @ self.stand_from_unit
        corners: Array = _CORNERS @ matrix[:3, :3].T + matrix[:3, 3]
        return corners


@dataclass(frozen=True, eq=False)
class Samples:
    """A mask at some of its picture's pixels: their positions [N, 2], whether they are inside [N], their distance."""

    pixels: Array
    inside: NDArray[np.bool_]
    step_px: float

    @classmethod
    def of(cls, mask: NDArray[np.bool_], count: int) -> "Samples":
        """Sample a mask [H, W] and some of what surrounds it, ``count`` along its longer side.

        What lies outside the picture is not known.
        """
        low, high = extent_px(mask)
        step = max(1.0, float((high - low).max()) / count)
        margin = 0.25 * (high - low) + 2 * step
        start, stop = np.maximum(low - margin, 0), np.minimum(high + margin, mask.shape[::-1])
        x, y = np.meshgrid(*(np.arange(start[axis] + step / 2, stop[axis], step) for axis in range(2)))
        pixels = np.stack([x.ravel(), y.ravel()], axis=1)
        at = np.minimum(pixels.astype(int), np.array(mask.shape[::-1]) - 1)
        coverage = ndimage.uniform_filter(mask.astype(np.float32), int(step))[at[:, 1], at[:, 0]]
        # Of a line, no sample is half covered.
        inside = coverage >= 0.5 if (coverage >= 0.5).any() else coverage > 0
        return cls(pixels, inside, step)

    def coverage(self, corners_px: Array) -> Array:
        """Return how much of each sample [N] the convex hull of points [M, 2] covers, 0 to 1."""
        hull = cv2.convexHull(corners_px.astype(np.float32))[:, 0].astype(np.float64)
        edge = np.roll(hull, -1, axis=0) - hull
        length = np.maximum(np.linalg.norm(edge, axis=1), 1e-9)
        normal = np.stack([-edge[:, 1], edge[:, 0]], axis=1) / length[:, None]
        # Inwards, whichever way it runs.
        normal *= np.sign(((hull.mean(axis=0) - hull) * normal).sum(axis=1))[:, None]
        distance = (self.pixels @ normal.T - (hull * normal).sum(axis=1)).min(axis=1)
        return np.asarray(np.clip(0.5 + distance / self.step_px, 0.0, 1.0), np.float64)

    def iou(self, corners_px: Array) -> float:
        """Return the intersection over union of the mask and the convex hull of points [M, 2]."""
        covered = self.coverage(corners_px)
        inside = covered[self.inside].sum()
        return float(inside / (self.inside.sum() + covered.sum() - inside))


def fit_cuboid(
    mask: NDArray[np.bool_], camera: Camera, world_from_stand: Array, start: Cuboid, depth: float | None
) -> Cuboid:
    """Fit the yaw, size and place of a cuboid to a mask [H, W].

    ``start`` is a guess that faces the camera. ``depth`` is its depth as a share of its width; None lets the silhouette
    say it.
    """
    samples = Samples.of(mask, _SAMPLES)
    ratio = depth or 1.0
    distance_m = float(camera.project(world_from_stand[:3, 3])[1])

    def cuboid(free: Array) -> Cuboid:
        width_m, height_m = start.size_m[:2] * np.exp(np.clip(free[1:3], -3, 3))
        depth_m = width_m * ratio * np.exp(np.clip(free[5], -1.2, 1.2) if depth is None else 0.0)
        moved_m = start.size_m[0] * free[3:5] + np.array([0.0, (start.size_m[2] - depth_m) / 2])
        return Cuboid(float(free[0]), np.array([width_m, height_m, depth_m]), start.middle_m + moved_m)

    def cost(free: Array, missed_weight: float) -> float:
        pixels, depth_m = camera.project(cuboid(free).corners(world_from_stand))
        if depth_m.min() < _NEAREST * distance_m:
            return 10.0
        covered = samples.coverage(pixels)
        missed, extra = (1 - covered[samples.inside]).sum(), covered[~samples.inside].sum()
        doubts = (
            _SQUARE * free[5] ** 2
            + _FACING * (free[0] / np.radians(45)) ** 2
            + _NEAR * float(free[[1, 2, 4]] @ free[[1, 2, 4]])
        )
        return float((missed_weight * missed + extra) / max(1, samples.inside.sum()) + doubts)

    found = [_downhill(cost, _narrowed(np.radians(yaw_deg), ratio), _MISSED[0]) for yaw_deg in _YAWS_DEG]
    best = min(found, key=lambda free: cost(free, _MISSED[0]))
    return cuboid(_downhill(cost, best, _MISSED[1]))


def _narrowed(yaw_rad: float, ratio: float) -> Array:
    """Return the start that is turned, and as narrow as it must be to look as wide."""
    return np.array([yaw_rad, -np.log(np.cos(yaw_rad) + ratio * abs(np.sin(yaw_rad))), 0.0, 0.0, 0.0, 0.0])


def _downhill(cost: Callable[[Array, float], float], first: Array, missed_weight: float) -> Array:
    simplex: Array = first + np.vstack([np.zeros(6), np.diag(_STEPS)])
    options = {"maxfev": _MAX_STEPS, "xatol": 1e-3, "fatol": 1e-5, "initial_simplex": simplex, "adaptive": True}
    # Any: mypy finds none of the stubs' overloads for this method.
    search: Any = minimize
    found = search(cost, first, (missed_weight,), method="Nelder-Mead", options=options)
    return np.asarray(found.x, np.float64)
