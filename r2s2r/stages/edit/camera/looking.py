"""Looking: a camera that turns on the spot to look at something."""

from dataclasses import replace

import numpy as np
from scipy.spatial.transform import Rotation

from r2s2r.geometry.camera import CLOSEST_M, look_at_rotation
from r2s2r.geometry.transforms import Array
from r2s2r.spec.camera import LookAtMove
from r2s2r.stages.edit.camera.path import CameraPath
from r2s2r.stages.edit.here import CameraHere
from r2s2r.stages.edit.targets import require_apart


def looking_at(path: CameraPath, move: LookAtMove, here: CameraHere) -> CameraPath:
    """Look at a target, level but for ``roll_deg``; come to it and leave it by the shortest turn."""
    weight = here.timeline.weight(move)
    chosen = weight > 0
    if not chosen.any():
        return path
    there, looked = here.only(chosen), path.only(chosen)
    target_m = there.track(move.target, "target")
    require_apart(looked.eye_m, target_m, timeline=there.timeline, field=f"{here.field}.target")
    looking = look_at_rotation(looked.eye_m, target_m, move.roll_deg)
    ends, end = np.unique(there.timeline.beyond(move), return_inverse=True)
    turn = _like(_turn(looked.rotation, looking), _turns(ends, move, here)[end])
    between = looked.rotation @ Rotation.from_rotvec(weight[chosen, None] * turn).as_matrix()
    rotation = path.rotation.copy()
    # All of the way is exact.
    rotation[chosen] = np.where(weight[chosen, None, None] < 1, between, looking)
    return replace(path, rotation=rotation)


def _turns(ends: Array, move: LookAtMove, here: CameraHere) -> Array:
    """Return the turns [N, 3] to the target at frames [N]; none where the camera stands on it."""
    there = here.at(here.timeline.moments(ends))
    before, target_m = here.so_far(there.timeline), there.track(move.target, "target")
    turns, apart = np.zeros_like(target_m), np.linalg.norm(target_m - before.eye_m, axis=-1) >= CLOSEST_M
    looking = look_at_rotation(before.eye_m[apart], target_m[apart], move.roll_deg)
    turns[apart] = _turn(before.rotation[apart], looking)
    return turns


def _turn(start: Array, end: Array) -> Array:
    """Return the shortest turns between rotations [T, 3, 3], as rotation vectors [T, 3] in the first ones' axes."""
    return np.asarray(Rotation.from_matrix(start.swapaxes(1, 2) @ end).as_rotvec())


def _like(turn: Array, other: Array) -> Array:
    """Return turns [T, 3], or the same the longer way round where that is nearer to others [T, 3].

    So a target that passes behind the camera while that is turning to it does not turn it back.
    """
    angle = np.linalg.norm(turn, axis=1, keepdims=True)
    longer = turn * (1 - 2 * np.pi / np.where(angle > 0, angle, 1.0))
    nearer = np.linalg.norm(longer - other, axis=1) < np.linalg.norm(turn - other, axis=1)
    return np.where(nearer[:, None] & (angle > 0), longer, turn)
