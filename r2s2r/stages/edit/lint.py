"""Lint: what an author should know of an animation before anything is rendered."""

from collections.abc import Mapping
from itertools import product

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.animation import Animation
from r2s2r.artifacts.frame_runs import frame_runs
from r2s2r.geometry.transforms import Array, inverse


def findings(animation: Animation, boxes_m: Mapping[str, Array]) -> tuple[str, ...]:
    """Return sentences about a camera or an entity that is where it is hardly meant to be.

    Args:
        animation: All of it.
        boxes_m: Entity -> [T, 2, 3] lowest and highest corner of its mesh, in its own frame.
    """
    found = []
    underground = animation.world_from_camera[:, 1, 3] < 0
    if underground.any():
        found.append(f"the camera is below the ground (y = 0) at {_written(underground)}")
    for name in animation.facts.entities:
        visible = animation.visible[name]
        inside = visible & _eye_inside(animation, name, boxes_m[name])
        if inside.any():
            found.append(f"the camera is inside the box round {name} at {_written(inside)}")
        if visible.any() and np.all(_outside_picture(animation, name, boxes_m[name])[visible]):
            found.append(f"{name} is outside the picture for the whole shot")
    return tuple(found)


def _eye_inside(animation: Animation, name: str, box_m: Array) -> NDArray[np.bool_]:
    eyes_m = animation.world_from_camera[:, :, 3]
    eyes_in_entity = (inverse(animation.world_from_entity[name]) @ eyes_m[..., None])[:, :3, 0]
    inside: NDArray[np.bool_] = np.all((eyes_in_entity > box_m[:, 0]) & (eyes_in_entity < box_m[:, 1]), axis=1)
    return inside


def _outside_picture(animation: Animation, name: str, box_m: Array) -> NDArray[np.bool_]:
    """Return for each frame [T] whether a box lies beyond one edge of the picture, or behind the camera."""
    corners = np.stack([box_m[:, chosen, [0, 1, 2]] for chosen in product((0, 1), repeat=3)], axis=2)
    camera_from_entity = inverse(animation.world_from_camera) @ animation.world_from_entity[name]
    in_camera = camera_from_entity[:, :3, :3] @ corners + camera_from_entity[:, :3, 3:]
    pixels = animation.intrinsics @ in_camera
    x, y, depth_m = pixels[:, 0], pixels[:, 1], pixels[:, 2]
    active = animation.framing.active
    beyond = [
        depth_m <= 0,
        x < active.x0 * depth_m,
        x > active.x1 * depth_m,
        y < active.y0 * depth_m,
        y > active.y1 * depth_m,
    ]
    outside: NDArray[np.bool_] = np.any([np.all(side, axis=1) for side in beyond], axis=0)
    return outside


def _written(frames: NDArray[np.bool_]) -> str:
    """Return ``frames 3-17, 40`` for those that are true."""
    return f"frames {frame_runs(np.flatnonzero(frames).tolist())}"
