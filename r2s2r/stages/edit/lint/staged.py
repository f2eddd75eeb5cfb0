"""Staged: a shot as the checks look at it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.animation import Animation
from r2s2r.artifacts.source_camera import SourceCamera
from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.transforms import Array, inverse
from r2s2r.stages.edit.lint.backdrop import Background, background_of


@dataclass(frozen=True, eq=False)
class Staged:
    """A shot whose entities and camera stand, frame by frame.

    Attributes:
        animation: All of it; vertices of meshes that change their form are written already.
        meshes: Entity -> its mesh.
        placements: Entity -> [4, 4], where it stands at the reference frame.
        source: The clip's camera.
    """

    animation: Animation
    meshes: Mapping[str, Mesh]
    placements: Mapping[str, Array]
    source: SourceCamera

    @property
    def frames(self) -> int:
        """How many."""
        return self.animation.facts.frames

    def bends(self, name: str) -> bool:
        """Return whether an entity's mesh changes its form."""
        return name in self.animation.facts.deforming

    def vertices(self, name: str, frame: int) -> NDArray[np.float32]:
        """Return an entity's vertices [V, 3] in its own frame."""
        shapes = self.animation.vertices(name)
        return self.meshes[name].vertices if shapes is None else np.array(shapes[frame])

    @cached_property
    def boxes_m(self) -> dict[str, Array]:
        """Entity -> lowest and highest corner [T, 2, 3] of its mesh in its own frame."""
        boxes = {}
        for name, mesh in self.meshes.items():
            if self.bends(name):
                boxes[name] = np.stack([_box_m(self.vertices(name, frame)) for frame in range(self.frames)])
            else:
                boxes[name] = np.broadcast_to(_box_m(mesh.vertices), (self.frames, 2, 3))
        return boxes

    @cached_property
    def world_boxes_m(self) -> dict[str, Array]:
        """Entity -> lowest and highest corner [T, 2, 3], in the world, of the box round its mesh."""
        boxes = {}
        for name, box_m in self.boxes_m.items():
            linear, origin_m = np.split(self.animation.world_from_entity[name][:, :3], [3], axis=2)
            middle_m = (linear @ box_m.mean(axis=1)[..., None] + origin_m)[..., 0]
            half_m = (np.abs(linear) @ ((box_m[:, 1] - box_m[:, 0]) / 2)[..., None])[..., 0]
            boxes[name] = np.stack([middle_m - half_m, middle_m + half_m], axis=1)
        return boxes

    @cached_property
    def camera_from_world(self) -> Array:
        """[T, 4, 4]."""
        return inverse(self.animation.world_from_camera)

    @cached_property
    def background(self) -> Background:
        """What the frames show of ground and wall."""
        placements = np.array([self.placements[name] for name in self.meshes]).reshape(-1, 4, 4)
        return background_of(self.animation, self.source, placements)

    def eyes_in(self, name: str) -> Array:
        """Return the camera's eye [T, 3] in an entity's frame."""
        eyes_m = self.animation.world_from_camera[:, :, 3:]
        in_entity: Array = (inverse(self.animation.world_from_entity[name]) @ eyes_m)[:, :3, 0]
        return in_entity


def _box_m(vertices: NDArray[np.float32]) -> Array:
    """Return lowest and highest corner [2, 3] of vertices [V, 3]."""
    by_axis = np.ascontiguousarray(vertices.T, np.float64)
    return np.stack([by_axis.min(axis=1), by_axis.max(axis=1)])
