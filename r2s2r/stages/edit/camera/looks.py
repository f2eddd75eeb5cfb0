"""Looks: the points that keys look at."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from r2s2r.errors import InputError
from r2s2r.geometry.camera import look_at_rotation
from r2s2r.geometry.transforms import Array
from r2s2r.spec.base import FARTHEST_M
from r2s2r.spec.camera import CameraKey
from r2s2r.stages.edit.here import CameraHere
from r2s2r.stages.edit.targets import first_meeting, no_direction
from r2s2r.stages.edit.world_edge import require_near


class Looks:
    """What the keys of a move look at, all at once: only the keys that matter at a moment are worked out for it.

    Attributes:
        given: [K] bool: which keys look at something.
        roll_deg: [K].
    """

    def __init__(self, keys: Sequence[CameraKey], here: CameraHere) -> None:
        self.given = np.array([key.look_at is not None for key in keys])
        self.roll_deg = np.array([key.roll_deg for key in keys])
        self._here = here
        self._points_m = np.zeros((len(keys), 3))
        named: dict[str, list[int]] = {}
        for index, key in enumerate(keys):
            if isinstance(key.look_at, str):
                named.setdefault(key.look_at, []).append(index)
            elif key.look_at is not None:
                self._points_m[index] = key.look_at
        for far in np.flatnonzero(np.abs(self._points_m).max(axis=1) > FARTHEST_M):
            require_near(self._points_m[far, None], timeline=here.timeline, field=f"{here.field}.keys[{far}].look_at")
        self._tracks_m = [here.track(name, f"keys[{indices[0]}].look_at") for name, indices in named.items()]
        self._track = np.full(len(keys), -1)
        for track, indices in enumerate(named.values()):
            self._track[indices] = track

    def points_m(self, key: NDArray[np.intp], chosen: NDArray[np.bool_]) -> Array:
        """Return the points [T, 3] that keys [T] look at, for the chosen moments of all, [all] bool."""
        points_m: Array = self._points_m[key]
        for track, track_m in enumerate(self._tracks_m):
            on_it = self._track[key] == track
            points_m[on_it] = track_m[chosen][on_it]
        return points_m

    def rotations(
        self, eye_m: Array, point_m: Array, roll_deg: Array, *, key: NDArray[np.intp], chosen: NDArray[np.bool_]
    ) -> Array:
        """Return the rotations [T, 3, 3] of cameras at ``eye_m`` that look at points [T, 3].

        Raises InputError, naming the key [T] in charge and the frame, where the one is on the other.
        """
        if (meeting := first_meeting(eye_m, point_m)) is not None:
            raise self._no_direction(int(key[meeting]), int(np.flatnonzero(chosen)[meeting]))
        return look_at_rotation(eye_m, point_m, roll_deg)

    def _no_direction(self, key: int, index: int) -> InputError:
        return no_direction(f"{self._here.field}.keys[{key}].look_at", self._here.timeline, index)
