"""Route: an entity that travels through points."""

from dataclasses import replace

import numpy as np

from r2s2r.errors import InputError
from r2s2r.spec.edits import PathEdit
from r2s2r.stages.edit.course import Course
from r2s2r.stages.edit.entities.path import EntityPath
from r2s2r.stages.edit.heading import headings
from r2s2r.stages.edit.here import EntityHere
from r2s2r.stages.edit.places import PlacedAt
from r2s2r.stages.edit.turns import about, about_vertical, applied, bearing

# What a cyclist leans against, and how long that takes to change.
_GRAVITY_M_S2, _LEANING_S = 9.81, 0.25
_LEVEL = np.array([1.0, 0.0, 1.0])
_UP = np.array([0.0, 1.0, 0.0])


def routed(path: EntityPath, edit: PathEdit, here: EntityHere) -> EntityPath:
    """Move the entity's base along the route; then turn it about the vertical, then lean it over."""
    course = Course(edit, here.timeline)
    place = course.along(lambda moments: here.so_far(here.timeline.moments(moments)).position_m)
    after = replace(path, position_m=place(here.timeline.at))
    if edit.orient:
        after = _oriented(after, edit, course, place, here)
    return _leaning(after, edit, place, here) if edit.bank > 0 else after


def _oriented(path: EntityPath, edit: PathEdit, course: Course, place: PlacedAt, here: EntityHere) -> EntityPath:
    """Turn the entity's front to where it goes; a way straight up or down keeps the direction it had."""
    ways = headings(lambda moments: place(moments) * _LEVEL, knots=course.knots, at=here.timeline.at)
    if ways is None:
        return path
    front = applied(path.facing, np.broadcast_to(np.asarray(edit.front, np.float64), ways.shape))
    upright = np.hypot(front[:, 0], front[:, 2]) < 1e-6 * np.linalg.norm(front, axis=1)
    if upright.any():
        raise InputError(
            f"at {here.timeline.name(int(np.argmax(upright)))} this side of the entity points straight up or down, so "
            "it cannot go ahead: put the edit that tips the entity over after this one, or choose another front",
            field=f"{here.field}.front",
        )
    return path.turned(about_vertical(np.degrees(bearing(ways) - bearing(front))), path.position_m)


def _leaning(path: EntityPath, edit: PathEdit, place: PlacedAt, here: EntityHere) -> EntityPath:
    """Lean the entity into its curves, about its base, by what a cyclist leans against the pull of the curve.

    The pull is the mean over half a second, so that the entity takes its time to lean over as the curve begins.
    """
    at, frames = here.timeline.at, _LEANING_S * float(here.timeline.fps)
    before_m, here_m, after_m = (place(at + shift) * _LEVEL for shift in (-frames, 0.0, frames))
    pull = (after_m - 2 * here_m + before_m) / _LEANING_S**2
    way = after_m - before_m
    along = np.sum(pull * way, axis=1, keepdims=True) / np.maximum(np.sum(way * way, axis=1, keepdims=True), 1e-18)
    aside = pull - along * way
    strength = np.linalg.norm(aside, axis=1)
    lean_deg = np.degrees(np.arctan(edit.bank * strength / _GRAVITY_M_S2))
    axis = np.cross(_UP, aside) / np.where(strength > 0, strength, 1.0)[:, None]
    return path.turned(about(axis, lean_deg), path.position_m)
