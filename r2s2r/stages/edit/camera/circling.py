"""Circling: a camera that goes round a target, which keeps its place in the picture."""

import numpy as np

from r2s2r.errors import InputError
from r2s2r.geometry.camera import CLOSEST_M
from r2s2r.geometry.transforms import Array
from r2s2r.spec.camera import ArcMove, OrbitMove, SpiralMove
from r2s2r.stages.edit.camera.horizon import levelled
from r2s2r.stages.edit.camera.path import CameraPath
from r2s2r.stages.edit.here import CameraHere
from r2s2r.stages.edit.targets import require_apart
from r2s2r.stages.edit.turns import about, about_vertical, applied

# Over or under its target a camera has no side to go to.
_STEEPEST_DEG = 89.0


def orbited(path: CameraPath, move: OrbitMove, here: CameraHere) -> CameraPath:
    """Turn the whole camera about the vertical through the target."""
    turn = about_vertical(move.degrees * here.timeline.share(move))
    # As an offset, so that a turn by nothing moves by exactly nothing.
    return path.moved(applied(turn - np.eye(3), _arm_m(path, move, here))).turned(turn)


def arced(path: CameraPath, move: ArcMove, here: CameraHere) -> CameraPath:
    """Move on a sphere round the target: round the vertical, and up to at most 89 degrees over the target."""
    arm_m, share = _arm_m(path, move, here), here.timeline.share(move)
    level_m = np.hypot(arm_m[:, 0], arm_m[:, 2])
    if move.rise_deg != 0:
        _require_beside(level_m, here, "rise_deg")
    height_deg = np.degrees(np.arctan2(arm_m[:, 1], level_m))
    # A camera that is steeper already may stay so.
    steepest_deg = np.maximum(_STEEPEST_DEG, np.abs(height_deg))
    rise_deg = np.clip(height_deg + move.rise_deg, -steepest_deg, steepest_deg) - height_deg
    return _carried(path, arm_m, round_deg=move.degrees * share, rise_deg=rise_deg * share, factor=np.ones_like(share))


def spiralled(path: CameraPath, move: SpiralMove, here: CameraHere) -> CameraPath:
    """Turn round the vertical while the radius changes by an even factor in even times, and the height evenly."""
    arm_m, share = _arm_m(path, move, here), here.timeline.share(move)
    level_m = np.hypot(arm_m[:, 0], arm_m[:, 2])
    if move.radius != 1:
        _require_beside(level_m, here, "radius")
    after_m = level_m * np.power(move.radius, share)
    height_m = arm_m[:, 1] + move.rise_m * share
    require_apart(
        np.stack([after_m, height_m], axis=1),
        np.zeros((len(share), 2)),
        timeline=here.timeline,
        field=f"{here.field}.rise_m",
    )
    rise = np.arctan2(height_m, after_m) - np.arctan2(arm_m[:, 1], level_m)
    factor = np.hypot(after_m, height_m) / np.hypot(level_m, arm_m[:, 1])
    return _carried(path, arm_m, round_deg=move.degrees * share, rise_deg=np.degrees(rise), factor=factor)


def _arm_m(path: CameraPath, move: ArcMove | OrbitMove | SpiralMove, here: CameraHere) -> Array:
    """Return the way [T, 3] from the target to the eye."""
    target_m = here.track(move.around, "around")
    require_apart(path.eye_m, target_m, timeline=here.timeline, field=f"{here.field}.around")
    return path.eye_m - target_m


def _require_beside(level_m: Array, here: CameraHere, field: str) -> None:
    """Refuse a camera straight above or below its target, for what needs a side."""
    if (over := level_m < CLOSEST_M).any():
        raise InputError(
            f"at {here.timeline.name(int(np.argmax(over)))} the camera stands straight above or below its target, so "
            "its way round has no radius; move the camera aside first",
            field=f"{here.field}.{field}",
        )


def _carried(path: CameraPath, arm_m: Array, *, round_deg: Array, rise_deg: Array, factor: Array) -> CameraPath:
    """Turn the camera about its target, over it and then round it, and change its distance; all [T].

    The target stays on the same ray of the camera. What is left to choose, how the camera leans about that ray, is
    chosen so that its horizon stays as it was.
    """
    aside = np.stack([-arm_m[:, 2], np.zeros(len(arm_m)), arm_m[:, 0]], axis=1)
    length = np.linalg.norm(aside, axis=1, keepdims=True)
    aside = np.where(length > 0, aside / np.where(length > 0, length, 1), [1.0, 0, 0])
    over = about(aside, rise_deg)
    turn = about_vertical(round_deg) @ levelled(path.rotation, over, arm_m)
    carried_m = applied(about_vertical(round_deg) @ over * factor[:, None, None] - np.eye(3), arm_m)
    return path.moved(carried_m).turned(turn)
