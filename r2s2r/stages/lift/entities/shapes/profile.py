"""The profile of a thing that is round about an upright axis, as its silhouette tells."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from r2s2r.geometry.camera import Camera
from r2s2r.geometry.extent import extent_px
from r2s2r.geometry.transforms import Array
from r2s2r.stages.lift.entities.outline import fine_distance

_RINGS = 96
# What the profile is smoothed by, in rings: the outline's pixels are not grooves.
_SMOOTH = 1.0
_SPOKES = 48
_HALVINGS = 12
# The picture in which candidates are compared, pixels on the mask's longer side.
_COARSE_PX = 160
# Steps of the search for the axis, and how far they reach, as shares of the widest radius; the middle is tried first.
_STEPS = (0.0, -1.0, -0.75, -0.5, -0.25, 0.25, 0.5, 0.75, 1.0)
_REACHES = (0.6, 0.12, 0.025)
# Rings at the top that add less than this to the silhouette are left out: what is flat on top has no lid.
_LID = 0.001
# A ring may leave the mask by this many pixels.
_LOOSE_PX = 0.7


@dataclass(frozen=True, eq=False)
class Round:
    """What is looked for: rings about an axis in a stand's frame (x right, y up, z towards the camera).

    Attributes:
        axis_m: Where the axis stands, x and z [2].
        heights_m: Of each ring [N], rising.
        radii_m: Across the picture [N]; towards the camera they are ``depth`` times as large.
        depth: Depth of a ring as a share of its width.
    """

    axis_m: Array
    heights_m: Array
    radii_m: Array
    depth: float

    def rings(self, world_from_stand: Array) -> Array:
        """Return points of the rings in the world [N, S, 3]."""
        angle = np.arange(_SPOKES) * (2 * np.pi / _SPOKES)
        x = self.axis_m[0] + self.radii_m[:, None] * np.cos(angle)
        z = self.axis_m[1] + self.depth * self.radii_m[:, None] * np.sin(angle)
        points = np.stack([x, np.broadcast_to(self.heights_m[:, None], x.shape), z], axis=-1)
        world: Array = points @ world_from_stand[:3, :3].T + world_from_stand[:3, 3]
        return world


class Target:
    """A mask whose rings are looked for; its holes do not count."""

    def __init__(self, mask: NDArray[np.bool_], camera: Camera, world_from_stand: Array) -> None:
        filled = np.asarray(ndimage.binary_fill_holes(mask))
        self._camera, self._world_from_stand = camera, world_from_stand
        self._fine = fine_distance(filled)
        self._corner, end = extent_px(filled)
        extent = end - self._corner
        self._scale = _COARSE_PX / float(extent.max())
        self._size = np.ceil(extent * self._scale).astype(int)
        self.area = float(filled.sum()) * self._scale**2

    def round_about(self, axis_m: Array, heights_m: Array, widest_m: float, depth: float) -> Round:
        """Return the widest rings about an axis, x and z [2], that the mask holds."""
        low, high = np.zeros(len(heights_m)), np.full(len(heights_m), widest_m)
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            points = Round(axis_m, heights_m, middle, depth).rings(self._world_from_stand)
            fits = self._inside(points).all(axis=1)
            low, high = np.where(fits, middle, low), np.where(fits, high, middle)
        return Round(axis_m, heights_m, low, depth)

    def covered(self, rings: Round) -> Array:
        """Return the share of the mask [N] that each ring and all below it cover."""
        pixels, _ = self._camera.project(rings.rings(self._world_from_stand))
        drawn = np.zeros(self._size[::-1], np.uint8)
        at = np.round(((pixels - self._corner) * self._scale - 0.5) * 16).astype(np.int32)
        shares = np.zeros(len(at))
        for ring in range(len(at)):
            if ring and rings.radii_m[ring] > 0 and rings.radii_m[ring - 1] > 0:
                hull = cv2.convexHull(np.concatenate([at[ring - 1], at[ring]]))
                cv2.fillConvexPoly(drawn, hull, 1, lineType=cv2.LINE_8, shift=4)
            shares[ring] = drawn.sum()
        return shares / self.area

    def _inside(self, points: Array) -> NDArray[np.bool_]:
        pixels, depth_m = self._camera.project(points)
        fine = self._fine
        at = (pixels - np.array(fine.origin_px)) / np.array(fine.pixel_px) - 0.5
        distance = ndimage.map_coordinates(
            fine.distance_px, [at[..., 1], at[..., 0]], order=1, mode="constant", cval=-1e9
        )
        return np.asarray((distance > -_LOOSE_PX) & (depth_m > 0))


def round_in(target: Target, start: Array, heights_m: tuple[float, float], widest_m: float, depth: float) -> Round:
    """Find the axis about which a mask holds most, and the profile there.

    Any point of a round thing lies on a ring that the silhouette holds; so the widest rings that it holds show the
    same silhouette. Where several profiles do, as above a flat top, the lower one is taken.

    Args:
        target: The mask.
        start: A guess where the axis stands, x and z [2], in metres.
        heights_m: From where to where rings are looked for.
        widest_m: No radius is larger.
        depth: Depth of a ring as a share of its width.
    """
    coarse = np.linspace(*heights_m, _RINGS // 3)
    axis_m = start

    def share(x: float, z: float) -> float:
        return float(target.covered(target.round_about(np.array([x, z]), coarse, widest_m, depth))[-1])

    for reach in _REACHES:
        tries = [(axis_m[0] + step * reach * widest_m, axis_m[1]) for step in _STEPS]
        axis_m = np.array(max(tries, key=lambda at: share(*at)))
        tries = [(axis_m[0], axis_m[1] + step * reach * widest_m) for step in _STEPS]
        axis_m = np.array(max(tries, key=lambda at: share(*at)))
    found = target.round_about(axis_m, np.linspace(*heights_m, _RINGS), widest_m, depth)
    found = replace(found, radii_m=ndimage.gaussian_filter1d(found.radii_m, _SMOOTH, mode="nearest"))
    shares = target.covered(found)
    top = int(np.argmax(shares >= shares[-1] - _LID)) + 1
    return replace(found, heights_m=found.heights_m[:top], radii_m=found.radii_m[:top])
