"""The loop over a shot's segments: what is finished is on disk, what is not goes on from there."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from r2s2r.artifacts.stop import Stop, never
from r2s2r.errors import StoppedError
from r2s2r.models.checkpoint import Checkpoints
from r2s2r.models.segments import Segments

Pictures: TypeAlias = NDArray[np.uint8]


@dataclass(frozen=True)
class Sampling:
    """How the frames are drawn, whatever the model.

    Attributes:
        segments: How the shot is cut.
        height: Rows of every frame; a multiple of 16.
        width: Columns, likewise.
        steps: Of the denoising.
        guidance: Strength of the prompt.
        seed: Of the noise.
    """

    segments: Segments
    height: int
    width: int
    steps: int
    guidance: float
    seed: int


class SegmentedGeneration(ABC):
    """A shot that a model makes segment by segment, so that its length is not bounded by memory."""

    sampling: Sampling

    @abstractmethod
    def segment(self, number: int, last: Tensor | None, generator: torch.Generator) -> tuple[Pictures, Tensor]:
        """Make one segment.

        Args:
            number: Of the segment, from 0.
            last: What the segment before left to go on from, as ``Checkpoint.last`` has it; None for the first.
            generator: Where the noise comes from.

        Returns:
            The new frames [n, H, W, 3], and what the next segment is conditioned on.
        """

    def run(self, checkpoints: Checkpoints, note: Mapping[str, Any], stop: Stop = never) -> Iterator[Pictures]:
        """Yield the new frames [n, H, W, 3] of each segment, and keep none; go on after the segments that are there.

        The noise comes from the CPU's generator, so that every device starts from the same.

        Args:
            checkpoints: Where each finished segment is kept.
            note: What is to be kept with it.
            stop: Asked before each segment.

        Raises:
            StageError: The numbers are not finite; names step and segment. Nothing is decoded then, nor on a cancel.
            StoppedError: It was asked to stop; what is finished is on disk.
        """
        done = checkpoints.resume()
        for checkpoint in done:
            yield checkpoint.frames()
        generator, last = torch.Generator("cpu").manual_seed(self.sampling.seed), None
        if done:
            generator.set_state(done[-1].generator_state())
            last = done[-1].last()
        for number in range(len(done), self.sampling.segments.count):
            if stop():
                raise StoppedError(f"stopped as asked, with {number} of {self.sampling.segments.count} segments kept")
            frames, last = self.segment(number, last, generator)
            checkpoints.save(number, frames=frames, last=last, generator=generator, note=note)
            yield frames
            del frames  # or it would lie in memory beside the next segment's
