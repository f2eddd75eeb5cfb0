"""Travelling: a camera that goes straight on, with or without keeping its subject in place."""

from dataclasses import replace

import numpy as np

from r2s2r.errors import InputError
from r2s2r.geometry.transforms import Array
from r2s2r.spec.camera import CraneMove, DollyMove, DollyZoomMove, PedestalMove, TruckMove
from r2s2r.stages.edit.camera.lens import require_lens
from r2s2r.stages.edit.camera.path import CameraPath
from r2s2r.stages.edit.here import CameraHere
from r2s2r.stages.edit.spans import subject, way_m
from r2s2r.stages.edit.targets import require_apart
from r2s2r.stages.edit.turns import about, applied

_UP = np.array([0, 1.0, 0])
_RIGHT = np.array([1.0, 0, 0])


def dollied(path: CameraPath, move: DollyMove, here: CameraHere) -> CameraPath:
    """Travel along the viewing direction, or straight towards a target."""
    gone_m = way_m(move, here)[:, None]
    if move.towards is None:
        return path.moved(gone_m * path.rotation[:, :, 2])
    target_m = here.track(move.towards, "towards")
    require_apart(path.eye_m, target_m, timeline=here.timeline, field=f"{here.field}.towards")
    direction = target_m - path.eye_m
    return path.moved(gone_m * (direction / np.linalg.norm(direction, axis=-1, keepdims=True)))


def trucked(path: CameraPath, move: TruckMove, here: CameraHere) -> CameraPath:
    """Travel along the picture's horizontal axis."""
    return path.moved(way_m(move, here)[:, None] * path.rotation[:, :, 0])


def raised(path: CameraPath, move: PedestalMove, here: CameraHere) -> CameraPath:
    """Travel along the world's vertical."""
    return path.moved(way_m(move, here)[:, None] * _UP)


def craned(path: CameraPath, move: CraneMove, here: CameraHere) -> CameraPath:
    """Travel along the world's vertical, and tilt until the subject's middle is as high in the picture as before."""
    target, field = subject(move, here)
    target_m = here.track(target, field)
    risen = path.moved(way_m(move, here)[:, None] * _UP)
    before, after = (_in_camera(camera, target_m, here, field) for camera in (path, risen))
    tilt = np.arctan2(before[:, 1], before[:, 2]) - np.arctan2(after[:, 1], after[:, 2])
    return replace(risen, rotation=risen.rotation @ about(_RIGHT, np.degrees(tilt)))


def dolly_zoomed(path: CameraPath, move: DollyZoomMove, here: CameraHere) -> CameraPath:
    """Travel along the viewing direction, and change the lens as the subject's depth changes.

    So what lies in the subject's plane keeps its size and its place in the picture; only what is before and behind
    it grows and shrinks.
    """
    target, field = subject(move, here)
    depth_m = _in_camera(path, here.track(target, field), here, field)[:, 2]
    gone_m = way_m(move, here)
    _require_ahead(depth_m, gone_m, here, field)
    zoom = path.zoom * ((depth_m - gone_m) / depth_m)
    require_lens(zoom, here, "distance" if move.distance_m is None else "distance_m")
    return replace(path.moved(gone_m[:, None] * path.rotation[:, :, 2]), zoom=zoom)


def _in_camera(path: CameraPath, target_m: Array, here: CameraHere, field: str) -> Array:
    """Return a target [T, 3] in the camera's axes; it must not be at the eye."""
    require_apart(path.eye_m, target_m, timeline=here.timeline, field=f"{here.field}.{field}")
    return applied(path.rotation.swapaxes(1, 2), target_m - path.eye_m)


def _require_ahead(depth_m: Array, gone_m: Array, here: CameraHere, field: str) -> None:
    for behind, message in (
        (depth_m <= 0, "is not ahead of the camera: turn it there first (look_at, pan)"),
        (gone_m >= depth_m, "is reached by the camera, so no lens keeps its size: go less far"),
    ):
        if behind.any():
            raise InputError(
                f"at {here.timeline.name(int(np.argmax(behind)))} this {message}", field=f"{here.field}.{field}"
            )
