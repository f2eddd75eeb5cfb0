"""Camera keyframes: position and field of view through keys. Where the camera looks is in ``camera_aim``."""

import numpy as np

from r2s2r.geometry.camera import Camera, intrinsics_from_fov
from r2s2r.geometry.curves import interpolate
from r2s2r.geometry.transforms import Array
from r2s2r.spec.camera import CameraKey, KeyframesMove
from r2s2r.stages.edit.camera_aim import aimed
from r2s2r.stages.edit.camera_path import CameraPath
from r2s2r.stages.edit.targets import Targets


def keyframed(path: CameraPath, move: KeyframesMove, *, source: Camera, targets: Targets, field: str) -> CameraPath:
    """Return the camera through the keys of a move.

    What a key does not give is, at every frame, as it was before this move: position, aim and field of view each go
    from the keys that give them to the camera so far and back. What no key gives stays as it was throughout. Fields of
    view are interpolated as the logarithm of the focal length, so that a zoom magnifies at an even rate.
    """
    timeline = targets.timeline
    times = np.array([timeline.frame_of(key.at) for key in move.keys])
    # Both are offsets from the camera so far, so that a key that gives nothing changes exactly nothing.
    ways_m = [_way_m(path, key, targets, f"{field}.keys[{index}]") for index, key in enumerate(move.keys)]
    zooms = [_zoom(path, key, source) for key in move.keys]
    offset_m = interpolate(times, np.stack(ways_m), at=timeline.at, curve=move.curve)
    zoom = np.exp(interpolate(times, np.stack(zooms), at=timeline.at, curve=move.curve)[:, 0])
    placed = CameraPath(eye_m=path.eye_m + offset_m, rotation=path.rotation, zoom=path.zoom * zoom)
    return aimed(placed, move, times=times, targets=targets, field=field)


def _way_m(path: CameraPath, key: CameraKey, targets: Targets, field: str) -> Array:
    """Return the way [T, 3] from the eye so far to that of a key."""
    if key.position_m is None:
        return np.zeros_like(path.eye_m)
    return targets.track(key.position_m, f"{field}.position_m") - path.eye_m


def _zoom(path: CameraPath, key: CameraKey, source: Camera) -> Array:
    """Return the logarithm [T, 1] of the focal length of a key as a multiple of that so far."""
    if key.fov_deg is None:
        return np.zeros((len(path.zoom), 1))
    wanted = intrinsics_from_fov(key.fov_deg, height=source.height, width=source.width)
    zoom: Array = np.log(wanted[0, 0] / (source.intrinsics[0, 0] * path.zoom))[:, None]
    return zoom
