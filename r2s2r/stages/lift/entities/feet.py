"""What stands on feet: where each is seen to touch the ground, and the middle between them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.signal import find_peaks

from r2s2r.geometry.camera import Camera
from r2s2r.geometry.transforms import Array

# Feet are apart where the outline between them rises by this share of the mask's longer side, or so many pixels.
_APART, _APART_PX = 0.04, 2.0
# A foot is in this lower share of the mask, and no farther behind the nearest one than so many times the mask's width:
# what is higher hangs (a hand, a head).
_LOWER = 0.4
_BEHIND = 1.5
# Nearer to the horizon than this slope, the ground says nothing.
_MIN_SLOPE = 1 / 200


@dataclass(frozen=True, eq=False)
class _Feet:
    """Feet [N] from left to right on the ground.

    Attributes:
        across_m: Where each is to the right of the camera.
        rim_m: How far ahead of the camera its nearest point is.
        width_m: How wide it is.
    """

    across_m: Array
    rim_m: Array
    width_m: Array

    def where(self, kept: NDArray[np.bool_]) -> "_Feet":
        return _Feet(self.across_m[kept], self.rim_m[kept], self.width_m[kept])


def middle_of_feet(mask: NDArray[np.bool_], camera: Camera) -> Array | None:
    """Return the middle of the base [3] of what stands on several feet; None for a mask [H, W] that shows fewer.

    Of a base with four corners the left and the right one have the middle half-way between them, and so have the
    nearest and the farthest one, which may be hidden. Where only two are seen, side by side, the base is taken to be as
    deep as it is wide, but no deeper than the largest disc inside the mask is wide.
    """
    rows, columns = np.nonzero(mask.any(axis=1))[0], np.nonzero(mask.any(axis=0))[0]
    cropped = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    lowest_px, width_px = _lower_ends(cropped)
    standing = lowest_px[:, 1] >= (1 - _LOWER) * len(cropped)
    lowest_px, width_px = lowest_px[standing], width_px[standing]
    rays, right, ahead = camera.rays(lowest_px + np.array([columns[0], rows[0]])), *_level_axes(camera)
    if len(rays) < 2 or (rays @ ahead <= 0).any() or (-rays[:, 1] < _MIN_SLOPE * (rays @ ahead)).any():
        return None
    depth_m = camera.position_m[1] / -rays[:, 1]
    pixel_m = depth_m / camera.intrinsics[0, 0]
    feet = _Feet(depth_m * (rays @ right), depth_m * (rays @ ahead), width_px * pixel_m)
    feet = feet.where(feet.rim_m - feet.rim_m.min() <= _BEHIND * cropped.shape[1] * pixel_m.min())
    if len(feet.rim_m) < 2:
        return None
    deepest_m = float(pixel_m.min() * ndimage.distance_transform_edt(np.pad(cropped, 1)).max())
    eye_m, across_m = camera.position_m * [1.0, 0.0, 1.0], (feet.across_m.min() + feet.across_m.max()) / 2
    return np.asarray(eye_m + _middle_m(feet, deepest_m) * ahead + across_m * right, np.float64)


def _middle_m(feet: _Feet, deepest_m: float) -> float:
    """Return how far ahead the middle of a base is: see ``middle_of_feet``."""
    # A foot is as deep as it is wide.
    ahead_m = feet.rim_m + feet.width_m / 2
    middle_m = float(max(ahead_m[0] + ahead_m[-1], ahead_m.min() + ahead_m.max()) / 2)
    if len(ahead_m) > 2:
        return middle_m
    half_m = float(np.ptp(feet.across_m) + feet.width_m.mean()) / 2
    return max(middle_m, float(feet.rim_m.min()) + min(half_m, deepest_m))


def _level_axes(camera: Camera) -> tuple[Array, Array]:
    """Return right and ahead of a camera [3] along the ground; zero for one that looks straight down."""
    ahead = camera.world_from_camera[:3, 2] * [1.0, 0.0, 1.0]
    ahead = ahead / max(float(np.linalg.norm(ahead)), 1e-9)
    return np.cross(ahead, [0.0, 1.0, 0.0]), ahead


def _lower_ends(cropped: NDArray[np.bool_]) -> tuple[Array, Array]:
    """Find where a mask that is cut to what it covers [h, w] ends below: lowest points [N, 2] in pixels, widths [N]."""
    lowest = np.where(cropped.any(axis=0), len(cropped) - np.argmax(cropped[::-1], axis=0), 0).astype(float)
    apart_px = max(_APART_PX, _APART * max(cropped.shape))
    peaks = find_peaks(np.pad(lowest, 1), prominence=apart_px)[0] - 1
    sides = np.empty((len(peaks), 2))
    for side, peak in zip(sides, peaks, strict=True):
        higher = np.flatnonzero(lowest < lowest[peak] - max(1.0, apart_px / 2))
        side[:] = higher[higher < peak].max(initial=-1) + 1, higher[higher > peak].min(initial=len(lowest))
    return np.column_stack([sides.mean(axis=1), lowest[peaks]]), np.ptp(sides, axis=1)
