"""Camera moves: each takes the camera so far to a new one."""

from collections.abc import Sequence
from typing import assert_never

import numpy as np

from r2s2r.artifacts.source_camera import SourceCamera
from r2s2r.geometry.transforms import Array
from r2s2r.spec.camera import CameraMove, DollyMove, KeyframesMove, OrbitMove, PanMove, SourceMove, StaticMove
from r2s2r.stages.edit.camera_keyframes import keyframed
from r2s2r.stages.edit.camera_path import CameraPath
from r2s2r.stages.edit.source_motion import followed
from r2s2r.stages.edit.targets import Targets, first_meeting, no_direction
from r2s2r.stages.edit.turns import about_vertical
from r2s2r.stages.edit.world_edge import require_near


def camera_path(moves: Sequence[CameraMove], *, filmed: SourceCamera, targets: Targets) -> CameraPath:
    """Return the camera after all moves, in order, from the source camera at the reference frame.

    Raises:
        InputError: A move has no direction to go or look in, or leaves the world; names the move and the frame.
    """
    path = CameraPath.resting(filmed.reference, targets.timeline)
    for index, move in enumerate(moves):
        field = f"camera[{index}]"
        path = _after(path, move, filmed=filmed, targets=targets, field=field)
        require_near(path.eye_m, timeline=targets.timeline, field=field)
    return path


def _after(path: CameraPath, move: CameraMove, *, filmed: SourceCamera, targets: Targets, field: str) -> CameraPath:
    match move:
        case StaticMove():
            return path
        case KeyframesMove():
            return keyframed(path, move, source=filmed.reference, targets=targets, field=field)
        case OrbitMove():
            return _orbited(path, move, targets, field)
        case DollyMove():
            return _dollied(path, move, targets, field)
        case PanMove():
            return path.turned(about_vertical(-move.degrees * targets.timeline.share(move)))
        case SourceMove():
            return followed(path, move, filmed, targets.timeline)
        case _:
            assert_never(move)


def _orbited(path: CameraPath, move: OrbitMove, targets: Targets, field: str) -> CameraPath:
    """Turn the whole camera about the vertical through the target, which so keeps its place in the picture."""
    turn = about_vertical(move.degrees * targets.timeline.share(move))
    arm_m = path.eye_m - targets.track(move.around, f"{field}.around")
    # As an offset, so that a turn by nothing moves by exactly nothing.
    return path.moved(_applied(turn - np.eye(3), arm_m)).turned(turn)


def _dollied(path: CameraPath, move: DollyMove, targets: Targets, field: str) -> CameraPath:
    way_m = move.distance_m * targets.timeline.share(move)[:, None]
    if move.towards is None:
        return path.moved(way_m * path.rotation[:, :, 2])
    target_m = targets.track(move.towards, f"{field}.towards")
    if (meeting := first_meeting(path.eye_m, target_m)) is not None:
        raise no_direction(f"{field}.towards", targets.timeline, meeting)
    direction = target_m - path.eye_m
    return path.moved(way_m * (direction / np.linalg.norm(direction, axis=-1, keepdims=True)))


def _applied(matrices: Array, vectors: Array) -> Array:
    applied: Array = (matrices @ vectors[..., None])[..., 0]
    return applied
