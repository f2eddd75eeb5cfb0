"""Entity path: one entity over the shot, as the edits so far have left it."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array
from r2s2r.spec.base import Vector
from r2s2r.stages.edit.timeline import Timeline
from r2s2r.stages.edit.turns import applied


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
            position_m=origin_m + applied(linear, reference_from_entity[:, :3, 3]),
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
    def facing(self) -> Array:
        """The rotation part [T, 3, 3] of ``world_from_entity``: the entity's axes, in columns, in the world."""
        facing: Array = self._upright @ self.rotation
        return facing

    @property
    def _upright(self) -> Array:
        """The placement [3, 3] without its scale."""
        upright: Array = self.placement / np.cbrt(np.linalg.det(self.placement))
        return upright

    def height_m(self, box_m: Array) -> Array:
        """Return how tall a mesh is [T] in the world, along its own vertical; ``box_m`` [2, 3] is in its own frame."""
        height_m: Array = (box_m[1, 1] - box_m[0, 1]) * np.linalg.norm(self.linear[:, :, 1], axis=1)
        return height_m

    def moved(self, offset_m: Array) -> "EntityPath":
        """Return the path moved by [T, 3], along the world's axes."""
        return replace(self, position_m=self.position_m + offset_m)

    def pinned(self, point: Vector, before: "EntityPath") -> "EntityPath":
        """Return the path moved so that a point of the entity's frame is where it was ``before``."""
        point_m = np.broadcast_to(point, self.position_m.shape)
        return self.moved(applied(before.linear, point_m) - applied(self.linear, point_m))

    def turned(self, world_rotation: Array, about_m: Array) -> "EntityPath":
        """Return the path turned by [T, 3, 3], in world axes, about points [T, 3] of the world."""
        own = self._upright.T @ (world_rotation @ self.facing)
        return replace(self, rotation=own, position_m=about_m + applied(world_rotation, self.position_m - about_m))

    def where(self, chosen: NDArray[np.bool_], other: "EntityPath") -> "EntityPath":
        """Return this path at the moments that are chosen, [T] bool, and another one at the rest."""
        return EntityPath(
            placement=self.placement,
            position_m=np.where(chosen[:, None], self.position_m, other.position_m),
            rotation=np.where(chosen[:, None, None], self.rotation, other.rotation),
            scale=np.where(chosen[:, None], self.scale, other.scale),
            visible=np.where(chosen, self.visible, other.visible),
        )

    @property
    def world_from_entity(self) -> Array:
        """[T, 4, 4]."""
        matrices = np.tile(np.eye(4), (len(self.scale), 1, 1))
        matrices[:, :3, :3] = self.linear
        matrices[:, :3, 3] = self.position_m
        return matrices
