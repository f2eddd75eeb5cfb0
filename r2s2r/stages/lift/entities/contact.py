"""Where an entity stands: the ground below the lowest point of its mask."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.camera import Camera
from r2s2r.geometry.transforms import Array
from r2s2r.stages.lift.entities.feet import middle_of_feet
from r2s2r.stages.lift.entities.footprint import footprint

# Nearer to the horizon than this slope, half a pixel of mask moves the contact by metres.
_MIN_SLOPE = 1 / 200
# Without contact an entity is put this many camera heights away.
_UNKNOWN_DEPTH = 4.0


@dataclass(frozen=True, eq=False)
class Contact:
    """The upright plane an entity stands in.

    Attributes:
        point_m: [3] in the world, the middle of its base; on the ground when ``on_ground``.
        on_ground: Whether the ground says where it is: the lowest point of the mask is its base's nearest rim there.
        findings: What the author should know about how it was found.
        is_cut: Whether the picture's lower border cuts it off, so that where it stands is not seen.
    """

    point_m: Array
    on_ground: bool
    findings: tuple[str, ...] = ()
    is_cut: bool = False


def ground_contact(mask: NDArray[np.bool_], camera: Camera) -> Contact:
    """Find where the lowest row of a mask [H, W] meets the ground plane y = 0, and behind it the middle of the base.

    At or above the horizon no ground is met: then it floats at a fixed distance, and a finding says what to give.
    """
    base, is_cut = footprint(mask, camera), bool(mask[-1].any())
    ray = camera.rays(base.lowest_px)
    level = float(np.linalg.norm(ray[[0, 2]])) or 1.0
    if -ray[1] / level < _MIN_SLOPE:
        depth_m = _UNKNOWN_DEPTH * float(camera.position_m[1])
        finding = (
            f"its lowest point is at or above the horizon, so the ground does not say how far away it is; it is put "
            f"{depth_m:.1f} m away: give place.height_m (its real height), or correct source.ground"
        )
        return Contact(camera.position_m + depth_m * ray, on_ground=False, findings=(finding,), is_cut=is_cut)
    cut = (
        "it is cut off by the picture's lower border, so where it stands is not seen; it is put on the ground at the "
        "border: give place.height_m (the height of what is seen of it)"
    )
    middle_m = None if is_cut else middle_of_feet(mask, camera)
    if middle_m is not None:
        return Contact(middle_m, on_ground=True)
    depth_m = float(camera.position_m[1] / -ray[1])
    # What is seen of the base's width lies, on the whole, half-way between its rim and its middle.
    share = base.depth_px / camera.intrinsics[0, 0]
    behind_m = depth_m * share / max(0.5, 1 - share / 2)
    point_m = camera.position_m + depth_m * ray + behind_m * np.array([ray[0], 0.0, ray[2]]) / level
    return Contact(point_m, on_ground=True, findings=(cut,) if is_cut else (), is_cut=is_cut)
