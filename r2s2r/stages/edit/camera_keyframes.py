"""Camera keyframes: position and field of view through keys. Where the camera looks is in ``camera_aim``."""

import numpy as np

from r2s2r.geometry.camera import Camera, intrinsics_from_fov
from r2s2r.geometry.curves import interpolate
from r2s2r.geometry.transforms import Array
from r2s2r.spec.camera import KeyframesMove
from r2s2r.stages.edit.camera_aim import aimed
from r2s2r.stages.edit.camera_path import CameraPath
from r2s2r.stages.edit.targets import Targets


def keyframed(path: CameraPath, move: KeyframesMove, *, source: Camera, targets: Targets, field: str) -> CameraPath:
    """Return the camera through the keys of a move.

    What a key does not give is, at every frame, as it was before this move: position, aim and field of view each go from
    the keys that give them to the camera so far and back. What no key gives stays as it was throughout. Fields of view
    are interpolated as the logarithm of the focal length, so that a zoom magnifies at an even rate.
    """
    timeline = targets.timeline
    times = np.array([timeline.frame_of(key.at) for key in move.keys])
    # Both are offsets from the camera so far, so that a key that gives nothing changes exactly nothing.
    nothing_m, nothing = np.zeros_like(path.eye_m), np.zeros_like(path.zoom)
    ways_m = [nothing_m if key.position_m is None else np.asarray(key.position_m) - path.eye_m for key in move.keys]
    zooms = [nothing if key.fov_deg is None else _zoom(key.fov_deg, source) - np.log(path.zoom) for key in move.keys]
    offset_m = interpolate(times, np.stack(ways_m), at=timeline.at, curve=move.curve)
    zoom = np.exp(interpolate(times, np.stack(zooms)[..., None], at=timeline.at, curve=move.curve)[:, 0])
    placed = CameraPath(eye_m=path.eye_m + offset_m, rotation=path.rotation, zoom=path.zoom * zoom)
    return aimed(placed, move, times=times, targets=targets, field=field)


def _zoom(fov_deg: float, source: Camera) -> Array:
    """Return the logarithm of the focal length, as a multiple of the source's, of a field of view of its full frame."""
    wanted = intrinsics_from_fov(fov_deg, height=source.height, width=source.width)
    return np.log(wanted[0, 0] / source.intrinsics[0, 0])
