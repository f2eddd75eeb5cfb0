"""Targets: the points that camera moves look at, travel towards and circle."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from r2s2r.errors import InputError
from r2s2r.geometry.camera import CLOSEST_M
from r2s2r.geometry.transforms import Array
from r2s2r.spec.camera import Target
from r2s2r.stages.edit.timeline import Timeline
from r2s2r.stages.edit.world_edge import require_near


@dataclass(frozen=True, eq=False)
class Targets:
    """Where everything is that a camera may turn to.

    Attributes:
        timeline: The moments.
        middles_m: Entity -> [T, 3] the middle of its mesh in the world, after all edits.
    """

    timeline: Timeline
    middles_m: Mapping[str, Array]

    def track(self, target: Target, field: str) -> Array:
        """Return where a target is [T, 3], in the world; a point too far off raises InputError, naming ``field``."""
        if isinstance(target, str):
            return self.middles_m[target]
        track = np.tile(np.asarray(target, np.float64), (len(self.timeline.at), 1))
        require_near(track, timeline=self.timeline, field=field)
        return track

    def only(self, chosen: NDArray[np.bool_]) -> "Targets":
        """Return the targets at some of the moments, [T] bool."""
        return Targets(self.timeline.only(chosen), {name: track[chosen] for name, track in self.middles_m.items()})


def in_world(points_m: Array, world_from_entity: Array) -> Array:
    """Return the track [T, 3], in the world, of a point [T, 3] (or [3]) of an entity that moves, [T, 4, 4]."""
    points_m = np.broadcast_to(points_m, (len(world_from_entity), 3))
    track: Array = (world_from_entity[:, :3, :3] @ points_m[..., None])[..., 0] + world_from_entity[:, :3, 3]
    return track


def first_meeting(eye_m: Array, target_m: Array) -> int | None:
    """Return the first index at which the eye [T, 3] stands on its target [T, 3], if there is one."""
    together = np.linalg.norm(target_m - eye_m, axis=-1) < CLOSEST_M
    return int(np.argmax(together)) if together.any() else None


def no_direction(field: str, timeline: Timeline, index: int) -> InputError:
    """Return the error of a camera that stands on the point it is to turn to."""
    return InputError(
        f"at {timeline.name(index)} the camera stands on this point, so there is no direction to it; "
        "move the camera or choose another target",
        field=field,
    )
