"""Keyframes: position and lens through keys. Where the camera looks is in ``aim``."""

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.arc_length import ArcLength
from r2s2r.geometry.curves import interpolate
from r2s2r.geometry.transforms import Array
from r2s2r.spec.base import FARTHEST_M
from r2s2r.spec.camera import KeyframesMove
from r2s2r.stages.edit.camera.aim import aimed
from r2s2r.stages.edit.camera.lens import wanted_zoom
from r2s2r.stages.edit.camera.path import CameraPath
from r2s2r.stages.edit.here import CameraHere
from r2s2r.stages.edit.places import Places, handles, require_ways
from r2s2r.stages.edit.world_edge import require_near


def keyframed(path: CameraPath, move: KeyframesMove, here: CameraHere) -> CameraPath:
    """Return the camera through the keys of a move.

    What a key does not give is, at every frame, as it was before this move: position, aim and lens each go from the
    keys that give them to the camera so far and back. What no key gives stays as it was throughout. Lenses are
    interpolated as the logarithm of the focal length, so that a zoom magnifies at an even rate.

    At constant speed a key is met when the eye comes to it: its aim and its lens go with it.

    Raises:
        InputError: A key is too far off, or constant speed leaves no time for it to turn; names the key.
    """
    at, places = here.timeline.at, _places(move, here)
    # An offset, so that keys that give nothing change exactly nothing.
    eye_m = path.eye_m + places.offsets_m(path.eye_m, at)
    if move.constant_speed:
        along = places.along(lambda moments: here.so_far(here.timeline.moments(moments)).eye_m)
        arc = ArcLength(along, places.times)
        require_ways(arc, move.keys, here.field)
        at = arc.evenly(at)
        eye_m = along(at)
    zoom = path.zoom * _magnified(path, move, times=places.times, at=at, here=here)
    return aimed(CameraPath(eye_m, path.rotation, zoom), move, times=places.times, at=at, here=here)


def _places(move: KeyframesMove, here: CameraHere) -> Places:
    values_m = np.array([key.position_m or (0.0, 0.0, 0.0) for key in move.keys])
    for index in np.flatnonzero(np.abs(values_m).max(axis=1) > FARTHEST_M):
        field = f"{here.field}.keys[{index}].position_m"
        require_near(values_m[index, None], timeline=here.timeline, field=field)
    return Places(
        times=np.array([here.timeline.frame_of(key.at) for key in move.keys]),
        values_m=values_m,
        in_world=np.array([key.position_m is not None for key in move.keys]),
        curve=move.curve,
        handles=handles([key.handle_in_m for key in move.keys], [key.handle_out_m for key in move.keys], move.curve),
    )


def _magnified(path: CameraPath, move: KeyframesMove, *, times: Array, at: Array, here: CameraHere) -> Array:
    """Return the focal length [T] as a multiple of that so far, at moments [T] of the keys."""
    wanted = [wanted_zoom(key, here) for key in move.keys]
    given = np.array([zoom is not None for zoom in wanted])
    if not given.any():
        return np.ones(len(at))
    logarithms, so_far = np.log([zoom or 1.0 for zoom in wanted]), np.log(path.zoom)

    def picked(key: NDArray[np.intp]) -> Array:
        return np.where(given[key], logarithms[key] - so_far, 0.0)[:, None]

    return np.exp(interpolate(times, picked, at=at, curve=move.curve)[:, 0])
