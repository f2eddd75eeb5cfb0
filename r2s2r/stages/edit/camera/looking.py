"""Looking: a camera that turns on the spot to look at something."""

from dataclasses import replace

import numpy as np
from scipy.spatial.transform import Rotation

from r2s2r.geometry.camera import look_at_rotation
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
    rotation = path.rotation.copy()
    rotation[chosen] = _part_way(looked.rotation, looking, weight[chosen])
    return replace(path, rotation=rotation)


def _part_way(start: Array, end: Array, share: Array) -> Array:
    """Return rotations [T, 3, 3] so much of the way [T] from some to others, on the sphere; all of it is exact."""
    turn = Rotation.from_matrix(start.swapaxes(1, 2) @ end).as_rotvec()
    between = start @ Rotation.from_rotvec(share[:, None] * turn).as_matrix()
    rotation: Array = np.where(share[:, None, None] < 1, between, end)
    return rotation
