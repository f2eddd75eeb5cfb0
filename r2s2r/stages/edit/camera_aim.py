"""Camera aim: where the camera looks between keys, some of which name a target and some a turn.

Between two keys that both look at something, the point looked at goes from one to the other, and the camera looks at it
from wherever it is at that frame. Between other keys the orientation itself goes over on the sphere, from that of the
one key to that of the other, each as it is at that frame. A list that mixes both falls into runs of either kind. Where
two runs meet, ``smooth`` and ``catmull_rom`` come to rest, so that the camera's speed does not jump there.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from r2s2r.geometry.camera import look_at_rotation
from r2s2r.geometry.curves import Curve, interpolate
from r2s2r.geometry.transforms import Array
from r2s2r.spec.camera import CameraKey, KeyframesMove
from r2s2r.stages.edit.camera_path import CameraPath
from r2s2r.stages.edit.targets import Targets, first_meeting, no_direction
from r2s2r.stages.edit.turns import quaternions, turns


@dataclass(frozen=True)
class _Run:
    """Neighbouring keys, first to last inclusive, between which the camera goes over in one way."""

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
    runs = _runs(move.keys)
    curve: Curve = "smooth" if len(runs) > 1 and move.curve == "catmull_rom" else move.curve
    rotation = path.rotation.copy()
    for run in runs:
        inside = _inside(run, times, targets.timeline.at)
        chosen = slice(run.first, run.last + 1)
        fields = [f"{field}.keys[{key}].look_at" for key in range(run.first, run.last + 1)]
        aims = _Aims(move.keys[chosen], fields, times[chosen], path.only(inside), targets.only(inside))
        rotation[inside] = aims.looking(curve) if run.looks else aims.turning(curve)
    return replace(path, rotation=rotation)


def _runs(keys: Sequence[CameraKey]) -> list[_Run]:
    looks = [key.look_at is not None for key in keys]
    if len(keys) == 1:
        return [_Run(0, 0, looks[0])]
    runs, first = [], 0
    for both_look, segments in groupby(left and right for left, right in pairwise(looks)):
        last = first + len(list(segments))
        runs.append(_Run(first, last, both_look))
        first = last
    return runs


def _inside(run: _Run, times: Array, at: Array) -> NDArray[np.bool_]:
    """Return which moments [T] belong to a run; the first and the last run go on for ever."""
    after = at >= times[run.first] if run.first > 0 else np.full(len(at), True)
    before = at < times[run.last] if run.last < len(times) - 1 else np.full(len(at), True)
    inside: NDArray[np.bool_] = after & before
    return inside


@dataclass(frozen=True, eq=False)
class _Aims:
    """The keys of one run with their fields and times [K], and what is around them at the run's moments."""

    keys: Sequence[CameraKey]
    fields: Sequence[str]
    times: Array
    path: CameraPath
    targets: Targets

    def looking(self, curve: Curve) -> Array:
        """Return rotations [T, 3, 3] that follow a point on its way from target to target."""
        at = self.targets.timeline.at
        looks = [(key.look_at, field) for key, field in zip(self.keys, self.fields, strict=True)]
        tracks = [self.targets.track(target, field) for target, field in looks if target is not None]
        point_m = interpolate(self.times, np.stack(tracks), at=at, curve=curve)
        left = np.clip(np.searchsorted(self.times, at, side="right") - 1, 0, None)
        return self._look_at(point_m, [self.fields[key] for key in left])

    def turning(self, curve: Curve) -> Array:
        """Return rotations [T, 3, 3] that go over from orientation to orientation, on the sphere."""
        keys = zip(self.keys, self.fields, strict=True)
        orientations = np.stack([self._orientation(key, field) for key, field in keys])
        turn = turns(self.times, orientations, at=self.targets.timeline.at, curve=curve)
        rotations: Array = self.path.rotation @ turn
        return rotations

    def _orientation(self, key: CameraKey, field: str) -> Array:
        """Return the turn [T, 4] from the camera so far to that of a key."""
        moments = len(self.path.rotation)
        if key.look_at is None:
            return np.tile(quaternions([key.rotate_deg or (0.0, 0.0, 0.0)]), (moments, 1))
        looking = self._look_at(self.targets.track(key.look_at, field), [field] * moments)
        return np.asarray(Rotation.from_matrix(self.path.rotation.swapaxes(1, 2) @ looking).as_quat())

    def _look_at(self, point_m: Array, fields: Sequence[str]) -> Array:
        if (meeting := first_meeting(self.path.eye_m, point_m)) is not None:
            raise no_direction(fields[meeting], self.targets.timeline, meeting)
        return look_at_rotation(self.path.eye_m, point_m)
