"""Frames laid over the reference frame by the solved camera, so that near and far move as they did."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.footage import Footage
from r2s2r.artifacts.mask import Mask
from r2s2r.artifacts.source_camera import SourceCamera
from r2s2r.geometry.spread import evenly
from r2s2r.geometry.transforms import Array
from r2s2r.stages.lift.plates.covered import covered_frames
from r2s2r.stages.lift.plates.sweep import SweepFrame, depth_behind, seen_from
from r2s2r.stages.lift.plates.window import Window

_SWEPT = 12


@dataclass(frozen=True, eq=False)
class Parallax:
    """Knows the depth [h, w] of the background in a window, and from where each frame was filmed."""

    filmed: SourceCamera
    window: Window
    depth_m: Array

    def laid_over(self, index: int, colour_and_seen: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
        """Return the window [h, w, 4] as a stored frame [H, W, 4] shows it; None where its camera was not found."""
        if index in self.filmed.facts.interpolated:
            return None
        middles = pixel_middles(self.window)
        pixels = seen_from(middles, self.filmed.reference, self.filmed.camera(index), 1 / self.depth_m) - 0.5
        maps = pixels[..., 0].astype(np.float32), pixels[..., 1].astype(np.float32)
        return np.asarray(cv2.remap(colour_and_seen, *maps, cv2.INTER_CUBIC, borderValue=(0, 0, 0, 0)), np.uint8)


def pixel_middles(window: Window) -> Array:
    """Return the pixel centres [h, w, 2] of a window."""
    columns, rows = np.arange(window.x0, window.x1) + 0.5, np.arange(window.y0, window.y1) + 0.5
    return np.stack(np.meshgrid(columns, rows), axis=-1)


def parallax_of(
    footage: Footage, filmed: SourceCamera, covered: Sequence[Mask], window: Window, usable: Sequence[int]
) -> Parallax:
    """Measure the background's depth in a window from some of the ``usable`` stored frames."""
    reference = footage.facts.reference
    posed = [index for index in usable if index not in filmed.facts.interpolated]
    chosen = sorted({reference, *evenly(posed, _SWEPT)})
    shape = footage.facts.height, footage.facts.width
    hidden = covered_frames(covered, chosen, shape)
    frames = (
        SweepFrame(frame, ~covering, filmed.camera(index))
        for index, frame, covering in zip(chosen, footage.frames(chosen), hidden, strict=True)
    )
    away = [np.linalg.norm(filmed.camera(index).position_m - filmed.reference.position_m) for index in chosen]
    farthest = filmed.camera(chosen[int(np.argmax(away))])
    return Parallax(filmed, window, depth_behind(frames, filmed, window, farthest))
