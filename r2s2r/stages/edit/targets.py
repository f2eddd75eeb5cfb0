"""Targets: the points that camera moves look at, travel towards and circle."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from r2s2r.errors import InputError
from r2s2r.geometry.camera import CLOSEST_M
from r2s2r.geometry.transforms import Array
from r2s2r.spec.camera import Target
from r2s2r.stages.edit.timeline import Timeline


@dataclass(frozen=True, eq=False)
class Targets:
    """Where everything is that a camera may turn to.

    Attributes:
        timeline: The moments.
        middles_m: Entity -> [T, 3] the middle of its mesh in the world, after all edits.
    """

    timeline: Timeline
    middles_m: Mapping[str, Array]

    def track(self, target: Target) -> Array:
        """Return where a target is [T, 3], in the world."""
        if isinstance(target, str):
            return self.middles_m[target]
        return np.tile(np.asarray(target, np.float64), (len(self.timeline.at), 1))


def middle_m(vertices: Array, world_from_entity: Array) -> Array:
    """Return the world track [T, 3] of the middle of a mesh's bounding box in its own frame.

    Args:
        vertices: [V, 3] in the entity's frame.
        world_from_entity: [T, 4, 4].
    """
    middle = (vertices.min(axis=0) + vertices.max(axis=0)).astype(np.float64) / 2
    track: Array = world_from_entity[:, :3, :3] @ middle + world_from_entity[:, :3, 3]
    return track


def require_apart(eye_m: Array, target_m: Array, *, timeline: Timeline, field: str) -> None:
    """Raise InputError, naming the first frame, where the eye [T, 3] stands on its target [T, 3]."""
    together = np.linalg.norm(target_m - eye_m, axis=-1) < CLOSEST_M
    if together.any():
        frame = int(np.argmax(together))
        raise InputError(
            f"{field}: at {timeline.name(frame)} the camera stands on this point, so it has no direction to it; "
            "move the camera or choose another target"
        )
