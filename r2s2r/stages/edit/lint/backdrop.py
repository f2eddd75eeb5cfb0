"""The background as the compositor will have it, seen by a few rays of each frame."""

from dataclasses import dataclass

import numpy as np

from r2s2r.artifacts.animation import Animation
from r2s2r.artifacts.source_camera import SourceCamera
from r2s2r.geometry.proxy import Proxy, proxy_round
from r2s2r.geometry.transforms import Array, inverse

_COLUMNS, _ROWS = 16, 9
# So many frames are in hand at once, however long the shot.
_FRAMES = 256


@dataclass(frozen=True, eq=False)
class Background:
    """What T frames show of the ground and of the wall behind everything.

    Attributes:
        moved: [T] median way of its points in the picture since the frame before, as a share of the width; 0 at first.
        unseen: [T] share of the picture that shows what the source's reference frame does not.
        enlarged: [T] median size of the source's pixels, in pixels of the picture; 1 of what it does not show.
    """

    moved: Array
    unseen: Array
    enlarged: Array


@dataclass(frozen=True, eq=False)
class _Sight:
    """Some points of the background: seen at K frames, N in each.

    Attributes:
        points_m: [K, N, 3] in the world.
        pixels: [N, 2] where each frame sees them.
    """

    points_m: Array
    pixels: Array


def background_of(animation: Animation, source: SourceCamera, placements: Array) -> Background:
    """Look at the background. ``placements`` [E, 4, 4] are the entities' at the reference frame."""
    tracks = [animation.world_from_camera, *animation.world_from_entity.values()]
    travel_m = np.concatenate([track[:, :3, 3] for track in tracks])
    proxy = proxy_round(source.reference, entities_m=placements[:, :3, 3], travel_m=travel_m)
    found = Background(*(np.zeros(animation.facts.frames) for _ in range(3)))
    for first in range(0, animation.facts.frames, _FRAMES):
        frames = slice(first, first + _FRAMES)
        sight = _sight(animation, proxy, frames)
        found.unseen[frames], found.enlarged[frames] = _known(animation, source, sight, frames)
        moved = _moved(animation, sight, frames)
        found.moved[first + 1 : first + 1 + len(moved)] = moved
    return found


def _sight(animation: Animation, proxy: Proxy, frames: slice) -> _Sight:
    active = animation.framing.active
    columns = active.x0 + (np.arange(_COLUMNS) + 0.5) / _COLUMNS * active.width
    rows = active.y0 + (np.arange(_ROWS) + 0.5) / _ROWS * active.height
    pixels = np.stack(np.meshgrid(columns, rows), axis=-1).reshape(-1, 2)
    world_from_camera = animation.world_from_camera[frames]
    world_from_pixel = world_from_camera[:, :3, :3] @ np.linalg.inv(animation.intrinsics[frames])
    rays = (world_from_pixel @ np.column_stack([pixels, np.ones(len(pixels))]).T).transpose(0, 2, 1)
    return _Sight(proxy.hit(world_from_camera[:, None, :3, 3], rays), pixels)


def _known(animation: Animation, source: SourceCamera, sight: _Sight, frames: slice) -> tuple[Array, Array]:
    """Return how much [K] the reference frame does not show, and how large its pixels are drawn [K]."""
    camera = source.reference
    pixels, depth_m = camera.project(sight.points_m)
    shown = (depth_m > 0) & np.all((pixels >= 0) & (pixels <= [camera.width, camera.height]), axis=-1)
    camera_from_world = inverse(animation.world_from_camera[frames])
    now_m = np.sum(camera_from_world[:, None, 2, :3] * sight.points_m, axis=-1) + camera_from_world[:, None, 2, 3]
    focal = animation.intrinsics[frames, 0, 0, None] / camera.intrinsics[0, 0]
    enlarged = np.where(shown, focal * depth_m / np.maximum(now_m, 1e-6), 1.0)
    return 1 - shown.mean(axis=1), np.median(enlarged, axis=1)


def _moved(animation: Animation, sight: _Sight, frames: slice) -> Array:
    """Return how far the points of each frame that has a next one lie from there, in that."""
    after = slice(frames.start + 1, frames.stop + 1)
    pixel_from_world = animation.intrinsics[after] @ inverse(animation.world_from_camera[after])[:, :3]
    points_m = sight.points_m[: len(pixel_from_world)]
    projected = points_m @ pixel_from_world[:, :, :3].transpose(0, 2, 1) + pixel_from_world[:, None, :, 3]
    ahead = projected[..., 2] > 1e-6
    pixels = projected[..., :2] / np.where(ahead, projected[..., 2], 1)[..., None]
    steps = np.linalg.norm(pixels - sight.pixels, axis=-1) / animation.framing.active.width
    moved: Array = np.median(np.where(ahead, np.minimum(steps, 1.0), 1.0), axis=1)
    return moved
