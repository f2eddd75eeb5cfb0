"""Attached: an entity that goes along with something, or points at it."""

from dataclasses import dataclass

import numpy as np

from r2s2r.errors import InputError
from r2s2r.geometry.transforms import Array
from r2s2r.spec.edits import FollowEdit, LookAtEdit
from r2s2r.stages.edit.entities.frame import Frame
from r2s2r.stages.edit.entities.path import EntityPath
from r2s2r.stages.edit.here import EntityHere
from r2s2r.stages.edit.targets import first_meeting, in_world
from r2s2r.stages.edit.turns import about_vertical, applied, bearing, columns

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
    start = Frame.of(edit.target, here.at(here.timeline.moment(first)))
    now = Frame.of(edit.target, here.at(here.timeline.moments(np.clip(here.timeline.at, first, max(first, last)))))
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
    sight = _Sight.of(path.facing[held], path.world_from_entity[held], edit, then)
    _require_direction(sight, edit, then)
    ends, end = np.unique(then.timeline.beyond(edit), return_inverse=True)
    whole = np.tile(np.eye(3), (len(held), 1, 1))
    about_m = np.zeros((len(held), 3))
    whole[held] = sight.turn(weight, like=_sides(ends, edit, here)[end], upright=edit.upright)
    about_m[held] = sight.middle_m
    return path.turned(whole, about_m).where(held, path)


def _sides(ends: Array, edit: LookAtEdit, here: EntityHere) -> Array:
    """Return how far aside [N] the target is at frames [N]."""
    there = here.at(here.timeline.moments(ends))
    before = here.so_far(there.timeline)
    return _Sight.of(before.facing, before.world_from_entity, edit, there).aside


@dataclass(frozen=True, eq=False)
class _Sight:
    """An entity and what it is to look at.

    Attributes:
        middle_m: [T, 3] the entity's middle, in the world.
        front: [T, 3] where it looks so far.
        towards: [T, 3] the way from its middle to the target.
    """

    middle_m: Array
    front: Array
    towards: Array

    @classmethod
    def of(cls, facing: Array, world_from_entity: Array, edit: LookAtEdit, here: EntityHere) -> "_Sight":
        """Return those of an entity with axes [T, 3, 3], at [T, 4, 4]."""
        middle_m = in_world(here.shot.room(here.name, here.timeline).middle_m, world_from_entity)
        front = applied(facing, np.broadcast_to(edit.front, middle_m.shape))
        return cls(middle_m, front, here.track(edit.target, "target") - middle_m)

    @property
    def heading(self) -> Array:
        """Where it looks so far, as an angle [T] about the vertical."""
        heading: Array = np.where(_is_vertical(self.front), bearing(self.towards), bearing(self.front))
        return heading

    @property
    def aside(self) -> Array:
        """How far [T] it has to turn about the vertical, the shorter way round."""
        aside = _wrapped(bearing(self.towards) - self.heading)
        return np.where(_is_vertical(self.towards), 0.0, aside)

    def turn(self, weight: Array, *, like: Array, upright: bool) -> Array:
        """Return the rotations [T, 3, 3] that bring the front to the target, done by ``weight`` [T].

        They go the same way round as turns by ``like`` [T]: so a target that passes behind the entity while that is
        turning does not turn it back.
        """
        aside = self.aside
        aside = aside + 2 * np.pi * np.round((like - aside) / (2 * np.pi))
        yaw = about_vertical(np.degrees(weight * aside))
        if upright:
            return yaw
        heading = self.heading
        up = weight * (_elevation(self.towards, heading + aside) - _elevation(self.front, heading))
        return yaw @ about_vertical(np.degrees(heading)) @ _about_side(-up) @ about_vertical(np.degrees(-heading))


def _elevation(vectors: Array, heading: Array) -> Array:
    """Return how far vectors [T, 3] point up [T], in the vertical plane of a heading; radians."""
    side, up, ahead = columns(vectors, 0, 1, 2)
    return np.arctan2(up, side * np.sin(heading) + ahead * np.cos(heading))


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


def _require_direction(sight: _Sight, edit: LookAtEdit, here: EntityHere) -> None:
    """Raise InputError, with the first frame, where there is no way to turn."""
    met = first_meeting(np.zeros(3), sight.towards)
    if met is not None:
        raise InputError(
            f"at {here.timeline.name(met)} the middle of {here.name} is at this point, so there is no direction to it; "
            "move one of them or choose another target",
            field=f"{here.field}.target",
        )
    if not edit.upright:
        return
    for vectors, field, what in ((sight.towards, "target", "the target is straight above or below it"),
                                 (sight.front, "front", "its front points straight up or down")):  # fmt: skip
        vertical = _is_vertical(vectors)
        if vertical.any():
            raise InputError(
                f"at {here.timeline.name(int(np.argmax(vertical)))} {what}, so there is no way to turn to it about the "
                "vertical; say upright: false, or move one of them",
                field=f"{here.field}.{field}",
            )
