"""Where an entity stands: the ground below the lowest point of its mask."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.camera import Camera
from r2s2r.geometry.transforms import Array

# Nearer to the horizon than this slope, half a pixel of mask moves the contact by metres.
_MIN_SLOPE = 1 / 200
# Without contact an entity is put this many camera heights away.
_UNKNOWN_DEPTH = 4.0


@dataclass(frozen=True, eq=False)
class Contact:
    """The upright plane an entity stands in.

    Attributes:
        point_m: [3] in the world; on the ground when ``on_ground``.
        on_ground: Whether the point is where the lowest point of the mask meets the ground (y = 0).
        findings: What the author should know about how it was found.
    """

    point_m: Array
    on_ground: bool
    findings: tuple[str, ...] = ()


def ground_contact(mask: NDArray[np.bool_], camera: Camera) -> Contact:
    """Find where the lowest row of a mask [H, W] meets the ground plane y = 0.

    At or above the horizon no ground is met: then it floats at a fixed distance, and a finding says what to give.
    """
    row = int(np.nonzero(mask.any(axis=1))[0][-1])
    pixel = np.array([np.nonzero(mask[row])[0].mean() + 0.5, row + 1.0])
    ray = camera.rays(pixel)
    slope = -ray[1] / float(np.linalg.norm(ray[[0, 2]]) or 1.0)
    if slope < _MIN_SLOPE:
        depth_m = _UNKNOWN_DEPTH * float(camera.position_m[1])
        finding = (
            f"its lowest point is at or above the horizon, so the ground does not say how far away it is; it is put "
            f"{depth_m:.1f} m away: give place.height_m (its real height), or correct source.ground"
        )
        return Contact(camera.position_m + depth_m * ray, on_ground=False, findings=(finding,))
    cut = (
        "it is cut off by the picture's lower border, so where it stands is not seen; it is put on the ground at the "
        "border: give place.height_m (the height of what is seen of it)"
    )
    point_m = camera.position_m + ray * camera.position_m[1] / -ray[1]
    return Contact(point_m, on_ground=True, findings=(cut,) if row == camera.height - 1 else ())
