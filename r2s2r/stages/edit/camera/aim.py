"""Camera aim: where the camera looks between keys, some of which name a target and some an orientation.

Between two keys that both look at something, the point looked at goes from one to the other, and the camera looks at it
from wherever it is at that frame. Between other keys the orientation itself goes over on the sphere, from that of the
one key to that of the other, each as it is at that frame. A list that mixes both falls into runs of either kind. Where
two runs meet, curves that flow come to rest, so that the camera's speed does not jump there.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from r2s2r.geometry.curves import interpolate, left_of
from r2s2r.geometry.quaternions import inverse, product
from r2s2r.geometry.transforms import Array
from r2s2r.spec.camera import CameraKey, KeyframesMove
from r2s2r.stages.edit.camera.looks import Looks
from r2s2r.stages.edit.camera.path import CameraPath
from r2s2r.stages.edit.here import CameraHere
from r2s2r.stages.edit.turns import quaternions, turns


def aimed(path: CameraPath, move: KeyframesMove, *, times: Array, at: Array, here: CameraHere) -> CameraPath:
    """Return the path looking where the keys want it.

    Args:
        path: The camera so far, already at its place.
        move: The keys.
        times: [K] their frames.
        at: [T] which moment of the keys each moment shows: the moment itself, but for constant speed.
        here: The place of the move.

    Raises:
        InputError: The camera stands on the point it is to look at; names the key and the frame.
    """
    if not any(_aims(key) for key in move.keys):
        return path
    aim = _Aim(path, move, times, at, here, Looks(move.keys, here))
    looking = aim.looks_between[left_of(times, at)]
    rotation = np.empty_like(path.rotation)
    for chosen, rotations in ((looking, aim.looking), (~looking, aim.turning)):
        if chosen.any():
            rotation[chosen] = rotations(chosen)
    return replace(path, rotation=rotation)


def _aims(key: CameraKey) -> bool:
    return key.look_at is not None or key.rotate_deg is not None or key.orientation_wxyz is not None


@dataclass(frozen=True, eq=False)
class _Aim:
    """The keys of a move, and what is around them."""

    path: CameraPath
    move: KeyframesMove
    times: Array
    at: Array
    here: CameraHere
    looks: Looks

    @property
    def looks_between(self) -> NDArray[np.bool_]:
        """[K - 1], or [1]: between which keys the camera looks at a point on its way."""
        given = self.looks.given
        return given if len(given) == 1 else given[:-1] & given[1:]

    @property
    def _rest(self) -> NDArray[np.bool_]:
        """[K] where runs meet."""
        between = self.looks_between
        rest = np.full(len(self.times), False)
        rest[1:-1] = between[:-1] != between[1:]
        return rest

    def looking(self, chosen: NDArray[np.bool_]) -> Array:
        """Return rotations [T, 3, 3] that follow a point on its way from target to target, at the chosen moments."""
        at, rest, curve = self.at[chosen], self._rest, self.move.curve
        point_m = interpolate(self.times, lambda key: self.looks.points_m(key, chosen), at=at, curve=curve, rest=rest)
        roll_deg = interpolate(self.times, self.looks.roll_deg[:, None], at=at, curve=curve, rest=rest)[:, 0]
        key = np.clip(np.searchsorted(self.times, at, side="right") - 1, 0, None)
        return self.looks.rotations(self.path.eye_m[chosen], point_m, roll_deg, key=key, chosen=chosen)

    def turning(self, chosen: NDArray[np.bool_]) -> Array:
        """Return rotations [T, 3, 3] that go over from orientation to orientation, on the sphere."""
        before = self.path.only(chosen)
        back = inverse(np.asarray(Rotation.from_matrix(before.rotation).as_quat()))
        written, in_world = _orientations(self.move)

        def picked(key: NDArray[np.intp]) -> Array:
            """Return the turns [T, 4] from the camera so far to the keys [T]."""
            wanted, absolute, looks = written[key], in_world[key], self.looks.given[key]
            if looks.any():
                wanted[looks] = self._looks_of(key[looks], _within(chosen, looks))
            return np.where((absolute | looks)[:, None], product(back, wanted), wanted)

        turn = turns(self.times, picked, at=self.at[chosen], curve=self.move.curve, rest=self._rest)
        rotations: Array = before.rotation @ turn
        return rotations

    def _looks_of(self, key: NDArray[np.intp], chosen: NDArray[np.bool_]) -> Array:
        """Return the orientations [T, 4] in the world of keys [T] that look at something."""
        point_m, roll_deg = self.looks.points_m(key, chosen), self.looks.roll_deg[key]
        looking = self.looks.rotations(self.path.eye_m[chosen], point_m, roll_deg, key=key, chosen=chosen)
        return np.asarray(Rotation.from_matrix(looking).as_quat())


def _orientations(move: KeyframesMove) -> tuple[Array, NDArray[np.bool_]]:
    """Return the orientations [K, 4] that keys write, and whether in the world, else as turns of the camera so far."""
    written = quaternions([key.rotate_deg or (0.0, 0.0, 0.0) for key in move.keys])
    in_world = np.array([key.orientation_wxyz is not None for key in move.keys])
    for index, key in enumerate(move.keys):
        if key.orientation_wxyz is not None:
            w, *xyz = key.orientation_wxyz
            written[index] = np.array([*xyz, w]) / np.linalg.norm(key.orientation_wxyz)
    return written, in_world


def _within(chosen: NDArray[np.bool_], again: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the choice [all] of some, ``again`` [T] bool, of T chosen moments."""
    both = chosen.copy()
    both[chosen] = again
    return both
