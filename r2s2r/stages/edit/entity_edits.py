"""Entity edits: the state of one entity over the shot, and how edits change it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from r2s2r.errors import InputError
from r2s2r.geometry.curves import interpolate
from r2s2r.geometry.transforms import Array
from r2s2r.spec.edits import EntityEdit, MotionEdit, RemoveEdit, TransformEdit, TransformKey
from r2s2r.stages.edit.timeline import Timeline
from r2s2r.stages.edit.turns import quaternions, turns
from r2s2r.stages.edit.world_edge import require_near, written

# Scales beyond these draw nothing that can be seen; at zero, and turned inside out below it, nothing at all.
SMALLEST, LARGEST = 1e-6, 1e4


@dataclass(frozen=True, eq=False)
class EntityPath:
    """One entity over the moments of a timeline: as placed, then scaled and turned about its own axes, then moved.

    Scale always acts along the entity's own axes and before every turn, whatever the order of edits, so that edits
    never shear.

    Attributes:
        placement: [3, 3] the linear part of ``world_from_entity`` at the reference frame (rotation, uniform scale).
        position_m: [T, 3] the entity's origin in the world.
        rotation: [T, 3, 3] all turns so far.
        scale: [T, 3] all scales so far, per axis of the entity.
        visible: [T] bool.
    """

    placement: Array
    position_m: Array
    rotation: Array
    scale: Array
    visible: NDArray[np.bool_]

    @classmethod
    def resting(cls, world_from_entity: Array, timeline: Timeline) -> "EntityPath":
        """Return an entity [4, 4] that stays where it is."""
        moments = len(timeline.at)
        return cls(
            placement=world_from_entity[:3, :3],
            position_m=np.tile(world_from_entity[:3, 3], (moments, 1)),
            rotation=np.tile(np.eye(3), (moments, 1, 1)),
            scale=np.ones((moments, 3)),
            visible=np.ones(moments, bool),
        )

    @classmethod
    def moving(cls, world_from_entity: Array, reference_from_entity: Array) -> "EntityPath":
        """Return an entity [4, 4] that moves by itself: rigidly, by [T, 4, 4] in its own frame."""
        moments = len(reference_from_entity)
        linear, origin_m = world_from_entity[:3, :3], world_from_entity[:3, 3]
        return cls(
            placement=linear,
            position_m=origin_m + reference_from_entity[:, :3, 3] @ linear.T,
            rotation=reference_from_entity[:, :3, :3],
            scale=np.ones((moments, 3)),
            visible=np.ones(moments, bool),
        )

    @property
    def linear(self) -> Array:
        """The linear part [T, 3, 3] of ``world_from_entity``."""
        linear: Array = self.placement @ self.rotation * self.scale[:, None]
        return linear

    @property
    def world_from_entity(self) -> Array:
        """[T, 4, 4]."""
        matrices = np.tile(np.eye(4), (len(self.scale), 1, 1))
        matrices[:, :3, :3] = self.linear
        matrices[:, :3, 3] = self.position_m
        return matrices


def edited(path: EntityPath, edits: Sequence[EntityEdit], *, timeline: Timeline, field: str) -> EntityPath:
    """Return the path after all edits, in order.

    Raises:
        InputError: The entity shrinks to nothing, turns inside out or leaves the world; names ``field`` and the frame.
    """
    for index, edit in enumerate(edits):
        match edit:
            case TransformEdit():
                # Numbers too large are found by the check below, which can say where they came from.
                with np.errstate(over="ignore", invalid="ignore"):
                    path = _transformed(path, edit, timeline)
                _require_drawable(path, timeline, f"{field}[{index}]")
            case RemoveEdit():
                path = _removed(path, edit, timeline)
            case MotionEdit():
                pass  # the path began with it
            case _:
                assert_never(edit)
    return path


def _transformed(path: EntityPath, edit: TransformEdit, timeline: Timeline) -> EntityPath:
    """Turn and scale about the pivot, then move it.

    A key's place is kept as an offset from where the pivot was before this edit: ``move_m`` (along the world's axes) as
    it is; ``position_m`` as the way from there, which differs from frame to frame if the entity already moved, plus
    ``move_m``. So a curve between two absolute keys is straight in the world, one between two relative keys follows the
    entity, and one from either kind to the other is well defined.
    """
    times = np.array([timeline.frame_of(key.at) for key in edit.keys])
    pivot = np.array(edit.pivot)
    offsets_m = np.stack([_offset_m(key, pivot_m=path.position_m + path.linear @ pivot) for key in edit.keys])
    offset_m = interpolate(times, offsets_m, at=timeline.at, curve=edit.curve)
    factors = np.array([np.broadcast_to(key.scale, 3) for key in edit.keys], np.float64)
    factor = interpolate(times, factors, at=timeline.at, curve=edit.curve)
    turn = turns(times, quaternions([key.rotate_deg for key in edit.keys]), at=timeline.at, curve=edit.curve)
    after = replace(path, rotation=path.rotation @ turn, scale=path.scale * factor)
    return replace(after, position_m=path.position_m + (path.linear - after.linear) @ pivot + offset_m)


def _offset_m(key: TransformKey, *, pivot_m: Array) -> Array:
    """Return where a key puts the pivot, as offsets [T, 3] from where it was [T, 3]."""
    if key.position_m is None:
        return np.broadcast_to(np.asarray(key.move_m, np.float64), pivot_m.shape)
    return np.asarray(key.position_m, np.float64) - pivot_m + key.move_m


def _removed(path: EntityPath, edit: RemoveEdit, timeline: Timeline) -> EntityPath:
    first, last = timeline.span(edit.from_, edit.to)
    return replace(path, visible=path.visible & ~((timeline.at >= first) & (timeline.at <= last)))


def _require_drawable(path: EntityPath, timeline: Timeline, field: str) -> None:
    drawable = np.all((path.scale > SMALLEST) & (path.scale < LARGEST), axis=1)
    if not drawable.all():
        frame = int(np.argmin(drawable))
        raise InputError(
            f"at {timeline.name(frame)} the entity's scale is {written(path.scale[frame])}; keep it "
            f"between {SMALLEST:g} and {LARGEST:g} on every axis "
            "(catmull_rom can overshoot between keys far apart: use smooth)",
            field=field,
        )
    require_near(path.position_m, timeline=timeline, field=field)
