"""Axes of the normals: what a video model was trained with, from what the renderer draws."""

from collections.abc import Iterator
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.passes import Passes
from r2s2r.artifacts.progress import Progress
from r2s2r.stages.diffuse.softened import softened

NormalConvention: TypeAlias = Literal["opengl", "directx", "opencv"]

# Channels that point the other way than in the pass (x right, y up, z to the viewer).
_FLIPPED: dict[NormalConvention, tuple[int, ...]] = {"opengl": (), "directx": (1,), "opencv": (1, 2)}


def signs_of(convention: NormalConvention) -> tuple[int, int, int]:
    """Return, for x right, y up and z to the viewer, 1 where a convention has them so, -1 where the other way."""
    x, y, z = (-1 if channel in _FLIPPED[convention] else 1 for channel in range(3))
    return x, y, z


def normals(
    passes: Passes, convention: NormalConvention, progress: Progress, *, soften_px: float
) -> Iterator[NDArray[np.uint8]]:
    """Yield the normal pass [H, W, 3] frame by frame in another convention; ``opengl``, not softened, is the pass."""
    frames = passes.facts.frames
    for frame in range(frames):
        yield softened(in_convention(passes.normal(frame), convention), soften_px)
        progress(frame + 1, frames)


def in_convention(encoded: NDArray[np.uint8], convention: NormalConvention) -> NDArray[np.uint8]:
    """Turn encoded normals [H, W, 3] into another convention; the background stays black.

    Black is no normal (it would be longer than 1), so nothing else is needed to tell the background. What lies exactly
    between two values, as 0 does, is rounded up before the turn and hence down after it.
    """
    turned = encoded.copy()
    entity = encoded.any(axis=2)
    for channel in _FLIPPED[convention]:
        turned[entity, channel] = 255 - encoded[entity, channel]
    return turned
