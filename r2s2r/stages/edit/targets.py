"""Targets: the points that are looked at, travelled towards and circled."""

import numpy as np

from r2s2r.errors import InputError
from r2s2r.geometry.camera import CLOSEST_M
from r2s2r.geometry.transforms import Array
from r2s2r.stages.edit.timeline import Timeline


def in_world(points_m: Array, world_from_entity: Array) -> Array:
    """Return the track [T, 3], in the world, of a point [T, 3] (or [3]) of an entity that moves, [T, 4, 4]."""
    points_m = np.broadcast_to(points_m, (len(world_from_entity), 3))
    track: Array = (world_from_entity[:, :3, :3] @ points_m[..., None])[..., 0] + world_from_entity[:, :3, 3]
    return track


def first_meeting(eye_m: Array, target_m: Array) -> int | None:
    """Return the first index at which the eye [T, 3] stands on its target [T, 3], if there is one."""
    together = np.linalg.norm(target_m - eye_m, axis=-1) < CLOSEST_M
    return int(np.argmax(together)) if together.any() else None


def require_apart(eye_m: Array, target_m: Array, *, timeline: Timeline, field: str) -> None:
    """Raise InputError, naming ``field`` and the first frame, where the eye [T, 3] stands on its target [T, 3]."""
    if (meeting := first_meeting(eye_m, target_m)) is not None:
        raise no_direction(field, timeline, meeting)


def no_direction(field: str, timeline: Timeline, index: int) -> InputError:
    """Return the error of a camera that stands on the point it is to turn to."""
    return InputError(
        f"at {timeline.name(index)} the camera stands on this point, so there is no direction to it; "
        "move the camera or choose another target",
        field=field,
    )
