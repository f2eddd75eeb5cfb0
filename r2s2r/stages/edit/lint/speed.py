"""Entities that cross more of the picture from one frame to the next than can be shown."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array
from r2s2r.stages.edit.lint.staged import Staged
from r2s2r.stages.edit.lint.told import at_frames

# Of the picture's width, from one frame to the next.
FASTEST_SHARE = 0.08
_VERTICES = 48
# From the middle, in pictures: what leaves the picture or enters it is followed so far.
_NEAR = 1.5
# So many frames are in hand at once, however long the shot.
_FRAMES = 256


def hasty(staged: Staged) -> Iterator[str]:
    """Yield sentences about entities that are too fast, but for what the camera does to everything in the picture."""
    fps = float(staged.animation.fps)
    calm = staged.background.moved <= FASTEST_SHARE
    for name in staged.meshes:
        moved = np.where(calm, _moved(staged, name), 0.0)
        fast = moved > FASTEST_SHARE
        if fast.any():
            worst = int(np.argmax(moved))
            yield (
                f"{name} is too fast for {fps:g} fps {at_frames(fast)}: it moves by {moved[worst]:.0%} of the "
                f"picture's width from frame {worst - 1} to {worst}, and over {FASTEST_SHARE:.0%} is seen as jumps"
            )


def _moved(staged: Staged, name: str) -> Array:
    """Return how far an entity's points moved in the picture since the frame before [T], of its width, on average."""
    moved = np.zeros(staged.frames)
    for first in range(0, staged.frames - 1, _FRAMES):
        frames = np.arange(first, min(first + _FRAMES, staged.frames - 1) + 1)
        pixels, near, inside = _track(staged, name, frames)
        counts = near[1:] & near[:-1] & (inside[1:] | inside[:-1])
        steps = np.linalg.norm(pixels[1:] - pixels[:-1], axis=-1) / staged.animation.framing.active.width
        total = np.sum(np.minimum(steps, 1.0) * counts, axis=1)
        moved[frames[1:]] = total / np.maximum(counts.sum(axis=1), 1)
    return moved


def _track(staged: Staged, name: str, frames: NDArray[np.int64]) -> tuple[Array, NDArray[np.bool_], NDArray[np.bool_]]:
    """Return the pixels [N, P, 2] of some points of an entity, which are in or near the picture, and which in it."""
    step = max(1, len(staged.meshes[name].vertices) // _VERTICES)
    if staged.bends(name):
        points = np.stack([staged.vertices(name, frame)[::step] for frame in frames])
    else:
        points = staged.meshes[name].vertices[None, ::step]
    camera_from_entity = (staged.camera_from_world @ staged.animation.world_from_entity[name])[frames]
    matrices = staged.animation.intrinsics[frames] @ camera_from_entity[:, :3]
    projected = points @ matrices[:, :, :3].transpose(0, 2, 1) + matrices[:, None, :, 3]
    ahead = projected[..., 2] > 1e-6
    pixels = projected[..., :2] / np.where(ahead, projected[..., 2], 1)[..., None]
    active = staged.animation.framing.active
    low, size = np.array([active.x0, active.y0]), np.array([active.width, active.height])
    off = np.abs((pixels - low) / size - 0.5).max(axis=-1)
    shown = ahead & staged.animation.visible[name][frames, None]
    return pixels, shown & (off <= _NEAR), shown & (off <= 0.5)
