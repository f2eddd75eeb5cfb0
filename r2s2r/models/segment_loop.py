"""The loop over a shot's segments: what is finished is on disk, what is not goes on from there."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from r2s2r.models.checkpoint import Checkpoints

Pictures: TypeAlias = NDArray[np.uint8]
MakeSegment: TypeAlias = Callable[[int, Tensor | None, torch.Generator], tuple[Pictures, Tensor]]
"""Number of a segment, the last frames of the one before, where the noise comes from -> the new frames [n, H, W, 3],
and what the next segment is conditioned on; see ``Checkpoint`` for both."""


def run_segments(
    make: MakeSegment, *, count: int, seed: int, checkpoints: Checkpoints, note: Mapping[str, Any]
) -> Iterator[Pictures]:
    """Yield the new frames [n, H, W, 3] of each segment, and keep none; go on after the segments that are there.

    The noise comes from the CPU's generator, so that every device starts from the same.

    Args:
        make: Makes one segment.
        count: Of segments.
        seed: Of the noise.
        checkpoints: Where each finished segment is kept.
        note: What is to be kept with it.
    """
    done = checkpoints.resume()
    for checkpoint in done:
        yield checkpoint.frames()
    generator, last = torch.Generator("cpu").manual_seed(seed), None
    if done:
        generator.set_state(done[-1].generator_state())
        last = done[-1].last()
    for segment in range(len(done), count):
        frames, last = make(segment, last, generator)
        checkpoints.save(segment, frames=frames, last=last, generator=generator, note=note)
        yield frames
        del frames  # or it would lie in memory beside the next segment's
