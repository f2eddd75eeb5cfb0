"""How far away the background in a window is, where an entity hides it too: by sweeping a plane through depth.

At the right depth, frames from different places show the same colour. The entity's own pixels are left out, so what is
behind it is compared among the frames that see it. Source: Collins, "A space-sweep approach to true multi-image
matching", 1996.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.source_camera import SourceCamera
from r2s2r.geometry.camera import Camera
from r2s2r.geometry.transforms import Array
from r2s2r.stages.lift.plates.window import Window

_LONG_PX = 320
_MOST_LEVELS, _FEWEST_LEVELS = 96, 16
# Costs are summed over so many pixels; so much is added where fewer than two frames see a pixel.
_SUMMED_PX, _UNSEEN = 7, 3000.0
# Nothing behind an entity is much nearer than the ground before its feet.
_NEARER = 1.4


@dataclass(frozen=True, eq=False)
class SweepFrame:
    """A frame [H, W, 3], where it shows background [H, W], and the camera that took it."""

    picture: NDArray[np.uint8]
    free: NDArray[np.bool_]
    camera: Camera


def depth_behind(frames: Iterable[SweepFrame], filmed: SourceCamera, window: Window, farthest: Camera) -> Array:
    """Return the depth along z [h, w] of the background, in metres, in a window of the reference frame.

    Args:
        frames: Some frames, the reference frame among them.
        filmed: How the clip was filmed.
        window: Where.
        farthest: The camera among them that is farthest from the reference camera: how fine the depth is told.
    """
    reference = filmed.reference
    grid = _Grid.over(window)
    nearness = _levels(grid, reference, farthest)
    shape = (len(nearness), *grid.pixels.shape[:2])
    counts, sums, squares = np.zeros(shape, np.float32), np.zeros((*shape, 3), np.float32), np.zeros(shape, np.float32)
    for frame in frames:
        _add(frame, grid, reference, nearness, (counts, sums, squares))
    best = _best(_costs(counts, sums, squares), nearness)
    height, width = window.shape
    smooth = cv2.medianBlur(best.astype(np.float32), 5)
    full = cv2.resize(smooth, (width, height), interpolation=cv2.INTER_LINEAR)
    return 1 / np.maximum(np.asarray(full, np.float64), 1e-6)


@dataclass(frozen=True, eq=False)
class _Grid:
    """The middles [h, w, 2] of a window's coarse pixels, in pixels of the source, and how many of those make one."""

    pixels: Array
    step: float

    @classmethod
    def over(cls, window: Window) -> "_Grid":
        height, width = window.shape
        step = max(1.0, max(height, width) / _LONG_PX)
        rows, columns = max(1, round(height / step)), max(1, round(width / step))
        y = window.y0 + (np.arange(rows) + 0.5) * height / rows
        x = window.x0 + (np.arange(columns) + 0.5) * width / columns
        return cls(np.stack(np.meshgrid(x, y), axis=-1), step)


def _levels(grid: _Grid, reference: Camera, farthest: Camera) -> Array:
    """Return 1 / depth of each level, from 0: to the ground before the window, a coarse pixel's parallax each."""
    lowest = reference.rays(grid.pixels[-1])[:, 1].min()
    height_m = max(float(reference.position_m[1]), 1e-3)
    nearest = _NEARER * -lowest / height_m if lowest < 0 else 0.0
    nearest = max(nearest, 0.1 / height_m)
    baseline_m = float(np.linalg.norm(farthest.position_m - reference.position_m))
    parallax_px = reference.intrinsics[0, 0] * baseline_m * nearest / grid.step
    count = int(np.clip(np.ceil(parallax_px) + 1, _FEWEST_LEVELS, _MOST_LEVELS))
    return np.linspace(0, nearest, count)


def _add(
    frame: SweepFrame,
    grid: _Grid,
    reference: Camera,
    nearness: Array,
    totals: tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]],
) -> None:
    """Add what a frame shows at each level to counts, sums and sums of squares, in place."""
    counts, sums, squares = totals
    height, width = frame.free.shape
    size = max(1, round(width / grid.step)), max(1, round(height / grid.step))
    scale = np.array(size) / (width, height)
    small = cv2.resize(frame.picture, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    free = cv2.resize(frame.free.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    for level, near in enumerate(nearness):
        pixels = seen_from(grid.pixels, reference, frame.camera, np.full(grid.pixels.shape[:2], near)) * scale - 0.5
        maps = pixels[..., 0].astype(np.float32), pixels[..., 1].astype(np.float32)
        seen = cv2.remap(free, *maps, cv2.INTER_LINEAR, borderValue=0) > 0.99
        colour = cv2.remap(small, *maps, cv2.INTER_LINEAR, borderValue=0)
        counts[level] += seen
        sums[level] += colour * seen[..., None]
        squares[level] += np.einsum("hwc,hwc->hw", colour, colour) * seen


def seen_from(pixels: Array, reference: Camera, camera: Camera, nearness: Array) -> Array:
    """Return where a camera sees what the reference shows at pixels [h, w, 2] and 1 / depth [h, w]; behind: far off."""
    offset = reference.position_m - camera.position_m
    camera_from_world = camera.camera_from_world[:3, :3]
    # Points at infinity are directions: everything is divided by the depth.
    points = reference.rays(pixels) @ camera_from_world.T + nearness[..., None] * (camera_from_world @ offset)
    projected = points @ camera.intrinsics.T
    ahead = projected[..., 2:] > 1e-9
    seen: Array = np.where(ahead, projected[..., :2] / np.where(ahead, projected[..., 2:], 1.0), -1e6)
    return seen


def _costs(counts: NDArray[np.float32], sums: NDArray[np.float32], squares: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how much the frames differ at each level and pixel, [D, h, w]."""
    counted = np.maximum(counts, 1)
    variance = np.maximum(squares - np.einsum("dhwc,dhwc->dhw", sums, sums) / counted, 0) / np.maximum(counts - 1, 1)
    costs = np.where(counts >= 2, variance, np.float32(_UNSEEN)).astype(np.float32)
    return np.stack([cv2.blur(cost, (_SUMMED_PX, _SUMMED_PX)) for cost in costs])


def _best(costs: NDArray[np.float32], nearness: Array) -> Array:
    """Return the nearness [h, w] of least cost, between the levels by a parabola through the neighbours."""
    best = np.argmin(costs, axis=0)
    inner = np.clip(best, 1, len(nearness) - 2)
    before, at, after = (
        np.take_along_axis(costs, (inner + by)[None], axis=0)[0].astype(np.float64) for by in (-1, 0, 1)
    )
    bend = before - 2 * at + after
    shift = np.where(bend > 1e-9, 0.5 * (before - after) / np.where(bend > 1e-9, bend, 1), 0)
    within = np.where(inner == best, np.clip(shift, -0.5, 0.5), 0)
    step = nearness[1] - nearness[0]
    nearest: Array = (best + within) * step
    return nearest
