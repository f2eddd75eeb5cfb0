"""What of a picture is covered by entities and what goes with them."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.mask import Mask
from r2s2r.stages.lift.dilated import dilated


def union(masks: Sequence[NDArray[np.bool_]], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Return where any of some masks [H, W] is; nowhere without masks."""
    return np.asarray(np.logical_or.reduce(masks)) if len(masks) else np.zeros(shape, bool)


def grown(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return a mask with what its entity's blur, and its border's error, may reach."""
    return dilated(mask, max(2, round(0.008 * max(mask.shape))))


def covered_frames(masks: Sequence[Mask], only: Sequence[int], shape: tuple[int, ...]) -> Iterator[NDArray[np.bool_]]:
    """Yield, for some frames in order, what is covered there [H, W], grown."""
    if not masks:
        for _ in only:
            yield np.zeros(shape, bool)
        return
    for frames in zip(*(mask.frames(only) for mask in masks), strict=True):
        yield grown(union(frames, shape))
