"""Entities that the whole shot hardly shows."""

from collections.abc import Iterator
from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.faces_over import faces_over
from r2s2r.geometry.transforms import Array
from r2s2r.stages.edit.lint.staged import Staged
from r2s2r.stages.edit.lint.told import at_frames

# Of the picture: what is smaller, a video model hardly draws.
_SMALLEST_SHARE = 0.005
# A mesh fills no less of its convex outline than this, but for wire.
_LEAST_FILLED = 0.1
_LEAST_WRITTEN = 1e-4
_MOST_OUTLINES, _MOST_FILLS = 16, 4
_OUTLINE_VERTICES, _FILL_CELLS = 400, 64


def absent(staged: Staged) -> Iterator[str]:
    """Yield sentences about entities that are outside the picture, or tiny, in all the frames they are shown in."""
    for name in staged.meshes:
        visible = staged.animation.visible[name]
        if not visible.any():
            continue
        when = "for the whole shot" if visible.all() else f"whenever it is shown, {at_frames(visible)}"
        rooms = np.where(visible, _room(staged, name), 0.0)
        if not rooms.any():
            yield f"{name} is outside the picture {when}"
            continue
        share, frame = _largest_share(staged, name, rooms)
        if share < _SMALLEST_SHARE:
            yield (
                f"{name} covers at most {_written(share)} of the picture (frame {frame}) {when}; "
                f"less than {_SMALLEST_SHARE:.1%} is hardly drawn: bring it closer, make it larger or remove it"
            )


def _written(share: float) -> str:
    """Return a share that is too small: never rounded up to what would be enough, nor down to nothing."""
    return f"{max(np.floor(share / _LEAST_WRITTEN), 1.0) * _LEAST_WRITTEN:.2%}"


def _largest_share(staged: Staged, name: str, rooms: Array) -> tuple[float, int]:
    """Return how much of the picture the entity covers at best, and when; no more exactly than the lint needs.

    Looked at are the frames in which its box takes most room; most entities are large enough in the first of them.
    """
    share, best, fills = 0.0, int(np.argmax(rooms)), 0
    for frame in np.argsort(-rooms, kind="stable")[:_MOST_OUTLINES]:
        if rooms[frame] <= share or share >= _SMALLEST_SHARE or fills == _MOST_FILLS:
            break
        found = _outline_share(staged, name, frame)
        if found * _LEAST_FILLED >= _SMALLEST_SHARE:
            return found, int(frame)
        if found >= _SMALLEST_SHARE:
            found, fills = _filled_share(staged, name, frame), fills + 1
        if found > share:
            share, best = found, int(frame)
    return share, best


def _room(staged: Staged, name: str) -> Array:
    """Return the share [T] of the picture that the rectangle round an entity's box takes; 1 where it passes the eye."""
    box_m = staged.boxes_m[name]
    corners = np.stack([box_m[:, chosen, [0, 1, 2]] for chosen in product((0, 1), repeat=3)], axis=2)
    camera_from_entity = staged.camera_from_world @ staged.animation.world_from_entity[name]
    pixels = staged.animation.intrinsics @ (camera_from_entity[:, :3, :3] @ corners + camera_from_entity[:, :3, 3:])
    depth_m = pixels[:, 2]
    ahead, behind = (depth_m > 0).all(axis=1), (depth_m <= 0).all(axis=1)
    places = pixels[:, :2] / np.where(depth_m > 0, depth_m, 1)[:, None]
    active = staged.animation.framing.active
    room = _within(places[:, 0], active.x0, active.x1) * _within(places[:, 1], active.y0, active.y1)
    share: Array = np.where(ahead, room, np.where(behind | _beside(pixels, staged), 0.0, 1.0))
    return share


def _within(places: Array, low: float, high: float) -> Array:
    """Return how much of a picture's side [T] what reaches over places [T, N] takes."""
    reach = np.minimum(places.max(axis=1), high) - np.maximum(places.min(axis=1), low)
    share: Array = np.maximum(reach, 0.0) / (high - low)
    return share


def _beside(pixels: Array, staged: Staged) -> NDArray[np.bool_]:
    """Return whether all homogeneous pixels [T, 3, N] lie beyond the same edge of the picture."""
    x, y, depth_m = pixels[:, 0], pixels[:, 1], pixels[:, 2]
    active = staged.animation.framing.active
    beyond = [
        x < active.x0 * depth_m,
        x > active.x1 * depth_m,
        y < active.y0 * depth_m,
        y > active.y1 * depth_m,
    ]
    beside: NDArray[np.bool_] = np.any([side.all(axis=1) for side in beyond], axis=0)
    return beside


def _seen(staged: Staged, name: str, frame: int, vertices: NDArray[np.float32]) -> tuple[Array, NDArray[np.bool_]]:
    """Return the pixels [V, 2] of an entity's vertices, and which of them [V] lie before the camera."""
    camera_from_entity = staged.camera_from_world[frame] @ staged.animation.world_from_entity[name][frame]
    in_camera = vertices @ camera_from_entity[:3, :3].T + camera_from_entity[:3, 3]
    projected = in_camera @ staged.animation.intrinsics[frame].T
    ahead = projected[:, 2] > 1e-6
    return projected[:, :2] / np.where(ahead, projected[:, 2], 1)[:, None], ahead


def _outline_share(staged: Staged, name: str, frame: int) -> float:
    """Return the share of the picture within the convex outline of an entity, by some of its vertices."""
    vertices = staged.vertices(name, frame)
    pixels, ahead = _seen(staged, name, frame, vertices[:: max(1, len(vertices) // _OUTLINE_VERTICES)])
    if ahead.sum() < 3:
        return 0.0
    active = staged.animation.framing.active
    picture = np.array([[active.x0, active.y0], [active.x1, active.y0], [active.x1, active.y1], [active.x0, active.y1]])
    outline = cv2.convexHull(np.clip(pixels[ahead], -1e5, 1e5).astype(np.float32))
    shared, _ = cv2.intersectConvexConvex(outline, picture.astype(np.float32))
    return float(shared) / (active.width * active.height)


def _filled_share(staged: Staged, name: str, frame: int) -> float:
    """Return the share of the picture that an entity's faces cover."""
    pixels, ahead = _seen(staged, name, frame, staged.vertices(name, frame))
    active = staged.animation.framing.active
    low = np.maximum(pixels[ahead].min(axis=0), [active.x0, active.y0])
    high = np.minimum(pixels[ahead].max(axis=0), [active.x1, active.y1])
    faces = staged.meshes[name].faces
    cell = (high - low) / _FILL_CELLS
    if not (cell > 0).all():
        return 0.0
    over = faces_over(((pixels - low) / cell - 0.5)[faces[ahead[faces].all(axis=1)]], _FILL_CELLS, _FILL_CELLS)
    cells = len(np.unique(over.column * _FILL_CELLS + over.row))
    return cells * float(cell[0] * cell[1]) / (active.width * active.height)
