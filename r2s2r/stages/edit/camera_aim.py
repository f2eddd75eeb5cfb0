"""Camera aim: where the camera looks between keys, some of which name a target and some a turn.

Between two keys that both look at something, the point looked at goes from one to the other, and the camera looks at it from
wherever it is at that frame. Between other keys the orientation itself goes over on the sphere, from that of the one key
to that of the other, each as it is at that frame. A list that mixes both falls into runs of either kind. Where two runs
meet, ``smooth`` and ``catmull_rom`` come to rest, so that the camera's speed does not jump there.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from r2s2r.geometry.camera import look_at_rotation
from r2s2r.geometry.curves import Curve, interpolate
from r2s2r.geometry.transforms import Array
from r2s2r.spec.camera import CameraKey, KeyframesMove
from r2s2r.stages.edit.camera_path import CameraPath
from r2s2r.stages.edit.targets import Targets, require_apart
from r2s2r.stages.edit.turns import quaternions, turns


@dataclass(frozen=True)
class _Run:
    """Neighbouring keys, first to last inclusive, between which the camera goes in one way."""

    first: int
    last: int
    looks: bool


def aimed(path: CameraPath, move: KeyframesMove, *, times: Array, targets: Targets, field: str) -> CameraPath:
    """Return the path looking where the keys want it; ``times`` [K] are the keys' frames.

    Raises:
        InputError: The camera stands on the point it is to look at; names the key and the frame.
    """
    if all(key.look_at is None and key.rotate_deg is None for key in move.keys):
        return path
    runs = list(_runs(move.keys))
    curve: Curve = "smooth" if len(runs) > 1 and move.curve == "catmull_rom" else move.curve
    rotation = path.rotation.copy()
    for run in runs:
        inside = _inside(run, times, targets.timeline.at)
        part = _Part(
            keys=move.keys[run.first : run.last + 1],
            times=times[run.first : run.last + 1],
            
        )
    return replace(path, rotation=rotation)
