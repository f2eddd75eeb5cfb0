"""Transform: an entity through keys."""

from dataclasses import replace

import numpy as np

from r2s2r.geometry.arc_length import ArcLength
from r2s2r.geometry.curves import interpolate
from r2s2r.geometry.transforms import Array
from r2s2r.spec.edits import TransformEdit
from r2s2r.stages.edit.entities.path import EntityPath
from r2s2r.stages.edit.here import EntityHere
from r2s2r.stages.edit.places import Places, handles, require_ways
from r2s2r.stages.edit.turns import quaternions, turns


def transformed(path: EntityPath, edit: TransformEdit, here: EntityHere) -> EntityPath:
    """Turn and scale about the pivot, then move it.

    ``move_m`` (along the world's axes) and ``position_m`` say where the pivot goes; see ``Places``. At constant speed a
    key is met when the pivot comes to it: its turn and its scale go with it.
    """
    at, places, pivot = here.timeline.at, _places(edit, here), np.array(edit.pivot)
    pivot_m = _pivot_m(path, pivot)
    offset_m = places.offsets_m(pivot_m, at)
    if edit.constant_speed:
        along = places.along(lambda moments: _pivot_m(here.so_far(here.timeline.moments(moments)), pivot))
        arc = ArcLength(along, places.times)
        require_ways(arc, edit.keys, here.field)
        at = arc.evenly(at)
        offset_m = along(at) - pivot_m
    factors = np.array([np.broadcast_to(key.scale, 3) for key in edit.keys], np.float64)
    factor = interpolate(places.times, factors, at=at, curve=edit.curve)
    turn = turns(places.times, quaternions([key.rotate_deg for key in edit.keys]), at=at, curve=edit.curve)
    after = replace(path, rotation=path.rotation @ turn, scale=path.scale * factor)
    return replace(after, position_m=path.position_m + (path.linear - after.linear) @ pivot + offset_m)


def _places(edit: TransformEdit, here: EntityHere) -> Places:
    return Places(
        times=np.array([here.timeline.frame_of(key.at) for key in edit.keys]),
        values_m=np.array([np.add(key.position_m or (0.0, 0.0, 0.0), key.move_m) for key in edit.keys]),
        in_world=np.array([key.position_m is not None for key in edit.keys]),
        curve=edit.curve,
        handles=handles([key.handle_in_m for key in edit.keys], [key.handle_out_m for key in edit.keys], edit.curve),
    )


def _pivot_m(path: EntityPath, pivot: Array) -> Array:
    """Return where the pivot [3] is so far, [T, 3] in the world."""
    pivot_m: Array = path.position_m + path.linear @ pivot
    return pivot_m
