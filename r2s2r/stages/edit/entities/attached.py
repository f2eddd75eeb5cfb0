"""Attached: an entity that goes along with something, or points at it."""

from dataclasses import replace

import numpy as np

from r2s2r.errors import InputError
from r2s2r.geometry.transforms import Array
from r2s2r.spec.edits import FollowEdit, LookAtEdit
from r2s2r.stages.edit.entities.frame import Frame
from r2s2r.stages.edit.entities.path import EntityPath
from r2s2r.stages.edit.here import EntityHere
from r2s2r.stages.edit.targets import first_meeting, in_world
from r2s2r.stages.edit.turns import about_vertical, applied

# Shorter than this, what is left of a direction in the ground plane is rounding.
_UPRIGHT = 1e-6


def followed(path: EntityPath, edit: FollowEdit, here: EntityHere) -> EntityPath:
    """Add to an entity's way that of its target since it was fixed to it; it goes on moving by itself on top of that.

    When it is let go, it keeps what has been added until then.
    """
    first, last = here.timeline.span(edit.from_, edit.to)
    along = here.timeline.at > first
    if not along.any():
        return path
    start = Frame.of(edit.target, here.at(replace(here.timeline, at=np.array([first]))))
    now = Frame.of(edit.target, here.at(replace(here.timeline, at=np.clip(here.timeline.at, first, max(first, last)))))
    after = path
    if edit.turn:
        since = now.facing @ start.facing[0].T
        after = after.turned(since, np.broadcast_to(start.middle_m, path.position_m.shape))
    return after.moved(now.middle_m - start.middle_m).where(along, path)


def looking_at(path: EntityPath, edit: LookAtEdit, here: EntityHere) -> EntityPath:
    """Turn an entity about its middle until its front points at the target: to the side, then, unless upright, up."""
    weight = here.timeline.weight(edit)
    held = weight > 0
    if not held.any():
        return path
    then, weight = here.only(held), weight[held]
    middle_m = in_world(here.shot.room(here.name, then.timeline).middle_m, path.world_from_entity[held])
    towards = then.track(edit.target, "target") - middle_m
    front = applied(path.facing[held], np.broadcast_to(edit.front, middle_m.shape))
    _require_direction(towards, front, edit, then)
    turn = _turn(front, towards, weight, upright=edit.upright)
    whole = np.tile(np.eye(3), (len(held), 1, 1))
    about_m = np.zeros((len(held), 3))
    whole[held], about_m[held] = turn, middle_m
    return path.turned(whole, about_m).where(held, path)


def _turn(front: Array, towards: Array, weight: Array, *, upright: bool) -> Array:
    """Return the rotations [T, 3, 3] that bring ``front`` [T, 3] to ``towards`` [T, 3], done by ``weight`` [T]."""
    heading = np.where(_is_vertical(front), _azimuth(towards), _azimuth(front))
    aside = np.where(_is_vertical(towards), 0.0, _wrapped(_azimuth(towards) - heading))
    yaw = about_vertical(np.degrees(weight * aside))
    if upright:
        return yaw
    up = weight * (_elevation(towards, heading + aside) - _elevation(front, heading))
    return yaw @ about_vertical(np.degrees(heading)) @ _about_side(-up) @ about_vertical(np.degrees(-heading))


def _azimuth(vectors: Array) -> Array:
    """Return the angle [T] about +Y, counter-clockwise from above, from +z to vectors [T, 3]; radians."""
    return np.arctan2(*_columns(vectors, 0, 2))


def _elevation(vectors: Array, heading: Array) -> Array:
    """Return how far vectors [T, 3] point up [T], in the vertical plane of a heading; radians."""
    side, up, ahead = _columns(vectors, 0, 1, 2)
    return np.arctan2(up, side * np.sin(heading) + ahead * np.cos(heading))


def _columns(vectors: Array, *chosen: int) -> list[Array]:
    """Return columns [T] of vectors [T, 3], each in a row in memory: as numpy then computes them in one way only."""
    return [np.ascontiguousarray(vectors[:, column]) for column in chosen]


def _about_side(angle: Array) -> Array:
    """Return the rotations [T, 3, 3] about +x by angles [T] in radians: +z goes to -y."""
    cos, sin, zero = np.cos(angle), np.sin(angle), np.zeros_like(angle)
    rows = [[zero + 1, zero, zero], [zero, cos, -sin], [zero, sin, cos]]
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def _wrapped(angle: Array) -> Array:
    """Return angles [T] within half a turn."""
    wrapped: Array = np.remainder(angle + np.pi, 2 * np.pi) - np.pi
    return wrapped


def _is_vertical(vectors: Array) -> Array:
    vertical: Array = np.hypot(vectors[:, 0], vectors[:, 2]) < _UPRIGHT * np.linalg.norm(vectors, axis=1)
    return vertical


def _require_direction(towards: Array, front: Array, edit: LookAtEdit, here: EntityHere) -> None:
    """Raise InputError, with the first frame, where there is no way to turn."""
    met = first_meeting(np.zeros(3), towards)
    if met is not None:
        raise InputError(
            f"at {here.timeline.name(met)} the middle of {here.name} is at this point, so there is no direction to it; "
            "move one of them or choose another target",
            field=f"{here.field}.target",
        )
    if not edit.upright:
        return
    for vectors, field, what in ((towards, "target", "the target is straight above or below it"),
                                 (front, "front", "its front points straight up or down")):  # fmt: skip
        vertical = _is_vertical(vectors)
        if vertical.any():
            raise InputError(
                f"at {here.timeline.name(int(np.argmax(vertical)))} {what}, so there is no way to turn to it about the "
                "vertical; say upright: false, or move one of them",
                field=f"{here.field}.{field}",
            )
