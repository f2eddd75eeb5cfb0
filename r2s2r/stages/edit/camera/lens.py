"""Lens: focal lengths as scenes say them, as multiples of the source camera's."""

import numpy as np

from r2s2r.errors import InputError
from r2s2r.geometry.camera import intrinsics_from_fov
from r2s2r.geometry.transforms import Array
from r2s2r.spec.camera import CameraKey, ZoomMove
from r2s2r.stages.edit.here import CameraHere

# What the scene language allows as fov_deg; beyond it a picture has no edges to speak of.
WIDEST_DEG = 170.0
# Beyond this, what it sees moves by whole pictures with the last digits.
NARROWEST_DEG = 0.01


def wanted_zoom(lens: ZoomMove | CameraKey, here: CameraHere) -> float | None:
    """Return the focal length that ``fov_deg`` or ``focal_mm`` ask for; None where neither is given.

    Both are of the full source frame; millimetres are of a sensor of the source's width.
    """
    source = here.shot.inputs.camera.reference
    if lens.fov_deg is not None:
        wanted = intrinsics_from_fov(lens.fov_deg, height=source.height, width=source.width)
        return float(wanted[0, 0] / source.intrinsics[0, 0])
    if lens.focal_mm is not None:
        return float(lens.focal_mm / here.shot.spec.sensor_mm * source.width / source.intrinsics[0, 0])
    return None


def require_lens(zoom: Array, here: CameraHere, field: str = "") -> None:
    """Raise InputError, naming ``field`` of the move and the first frame, where a lens [T] is too wide or too long."""
    source = here.shot.inputs.camera.reference
    fov_deg = np.degrees(2 * np.arctan2(source.width / 2, zoom * source.intrinsics[0, 0]))
    if (bad := (fov_deg > WIDEST_DEG) | ~(fov_deg >= NARROWEST_DEG)).any():
        frame = int(np.argmax(bad))
        raise InputError(
            f"at {here.timeline.name(frame)} the lens sees {fov_deg[frame]:.5g} degrees; "
            f"stay {f'below {WIDEST_DEG:g}' if fov_deg[frame] > WIDEST_DEG else f'above {NARROWEST_DEG:g}'} degrees",
            field=f"{here.field}.{field}" if field else here.field,
        )
