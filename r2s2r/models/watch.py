"""Watches a model at work: tells progress, stops at once when numbers go wrong, notes time and memory."""

import math
import resource
import time
from typing import Any

import torch
from torch import Tensor

from r2s2r.artifacts.progress import Progress
from r2s2r.errors import StageError

_KIBIBYTE = 1024  # the unit of ru_maxrss on Linux


class Watch:
    """Is told of every denoising step of every segment.

    Attributes:
        segments: Of the shot.
        steps: Of a segment.
    """

    def __init__(self, progress: Progress, *, segments: int, steps: int) -> None:
        self.segments, self.steps = segments, steps
        self._progress = progress
        self._seconds, self._watched = 0.0, 0
        if _gpu_in_use():
            torch.cuda.reset_peak_memory_stats()
        self.start()

    def start(self) -> None:
        """Start the clock of a segment's first step: what was done before it (encoding, say) is no part of a step."""
        self._since = _now()

    def step(self, segment: int, step: int, latents: Tensor) -> None:
        """Note that a step is done, both counted from 0.

        Raises StageError when the latents are not finite; what the progress raises (a cancel) goes through.
        """
        # One number that is not finite makes their sum so. This waits for the GPU, too: the clock is right.
        if not math.isfinite(latents.sum(dtype=torch.float32).item()):
            where = f"step {step + 1} of {self.steps} in segment {segment + 1} of {self.segments}"
            raise StageError(
                f"the model's numbers are not finite after {where}; check the weights with `r2s2r doctor`, then try "
                "without fp8 and step_cache, or with a lower guidance"
            )
        now = _now()
        self._seconds, self._watched, self._since = self._seconds + now - self._since, self._watched + 1, now
        self._progress(segment * self.steps + step + 1, self.segments * self.steps)

    def measured(self, **run: float | str) -> dict[str, Any]:
        """Return what was measured, with what else is to be kept of the run (``height``, ``precision``, ...).

        ``seconds_per_step`` is the mean over this process's steps; it is missing where every segment came from
        checkpoints. ``gpu`` and ``peak_gpu_bytes`` are missing where no GPU was used.
        """
        measured: dict[str, Any] = {"segments": self.segments, "steps": self.steps, **run}
        if self._watched:
            measured["seconds_per_step"] = self._seconds / self._watched
        measured["peak_host_bytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KIBIBYTE
        if _gpu_in_use():
            measured["gpu"] = torch.cuda.get_device_name()
            measured["peak_gpu_bytes"] = torch.cuda.max_memory_allocated()
        return measured


def _gpu_in_use() -> bool:
    """Whether this process computes on a GPU; asking starts none."""
    return bool(torch.cuda.is_initialized())  # type: ignore[no-untyped-call]


def _now() -> float:
    """Return the clock once the GPU has done what it was given."""
    if _gpu_in_use():
        torch.cuda.synchronize()
    return time.monotonic()
