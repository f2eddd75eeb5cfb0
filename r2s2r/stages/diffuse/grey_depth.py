"""Depth as video models know it: grey, near is white, as relative depth estimators such as MiDaS draw it."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.progress import Progress
from r2s2r.geometry.proxy import Proxy
from r2s2r.geometry.transforms import Array
from r2s2r.stages.diffuse.film_set import film_set_from
from r2s2r.stages.diffuse.ground import above_ground
from r2s2r.stages.diffuse.inputs import CompositorInputs

# What is nearer than all but this share of a frame is white all the same: a speck that grazes the lens, or the ground
# at the feet of the camera, must not turn everything else black.
_WHITE_SHARE = 0.005


class _Range(NamedTuple):
    """Inverse depths (1/m) that are drawn black and white."""

    far: float
    near: float


def grey_depths(inputs: CompositorInputs, progress: Progress) -> Iterator[NDArray[np.uint8]]:
    """Yield, frame by frame, the inverse depth [H, W, 3] of the entities over the compositor's ground and backdrop.

    Black and white mean the same in all frames: normalised each by itself, as estimators do (VACE's annotator: MiDaS,
    minimum to maximum of the frame), what stands still would flicker when something moves. The bars of a letterbox are
    black. Every frame is drawn twice, first to find that range.
    """
    proxy, frames = film_set_from(inputs).proxy, inputs.animation.facts.frames
    found = []
    for frame in range(frames):
        found.append(_range_of(_nearness(inputs, proxy, frame)))
        progress(frame + 1, 2 * frames)
    whole = _Range(min(one.far for one in found), max(one.near for one in found))
    active = inputs.animation.framing.active
    shown = slice(int(active.y0), int(active.y1)), slice(int(active.x0), int(active.x1))
    for frame in range(frames):
        picture = np.zeros((inputs.passes.facts.height, inputs.passes.facts.width, 3), np.uint8)
        picture[shown] = _grey(_nearness(inputs, proxy, frame), whole)[..., None]
        yield picture
        progress(frames + frame + 1, 2 * frames)


def _nearness(inputs: CompositorInputs, proxy: Proxy, frame: int) -> Array:
    """Return the inverse depth [h, w] (1/m) of what a frame shows, without the letterbox's bars."""
    camera, active = inputs.animation.camera(frame), inputs.animation.framing.active
    entities_m = inputs.passes.depth_m(frame)
    ids = above_ground(inputs.passes.ids(frame), entities_m, camera)
    depth_m = np.where(ids > 0, entities_m, proxy.sight(camera).depth_m)
    nearness: Array = 1 / depth_m[int(active.y0) : int(active.y1), int(active.x0) : int(active.x1)]
    return nearness


def _range_of(nearness: Array) -> _Range:
    return _Range(float(nearness.min()), float(np.quantile(nearness, 1 - _WHITE_SHARE)))


def _grey(nearness: Array, whole: _Range) -> NDArray[np.uint8]:
    share = (nearness - whole.far) / max(whole.near - whole.far, np.finfo(float).tiny)
    return np.rint(255 * np.clip(share, 0, 1)).astype(np.uint8)
