"""A renderer in a process of its own: two OpenGL contexts do not live well in one, and memory is told apart."""

import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Draw = Callable[[range], NDArray[np.uint8]]


class Drawn(NamedTuple):
    """What it took to draw some frames.

    Attributes:
        seconds: On the clock.
        cpu_s: Of all threads of the process.
        peak_bytes: Most memory that the process ever had resident.
        ids: [H, W] of the last frame.
    """

    seconds: float
    cpu_s: float
    peak_bytes: int
    ids: NDArray[np.uint8]


class Apart:
    """Draws frames of the turning balls in another process; raises what keeps the renderer from running there."""

    def __init__(self, opened: Callable[[], Draw]) -> None:
        """Open it: ``opened()`` is called there and returns what draws frames, all passes in memory."""
        self._pool = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))
        self._pool.submit(_open, opened).result()

    def draw(self, frames: range) -> Drawn:
        """Draw some frames."""
        return self._pool.submit(_draw, frames).result()

    def close(self) -> None:
        """End the process."""
        self._pool.shutdown()


def peak_bytes() -> int:
    """Return the most memory that this process ever had resident."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))


_opened: list[Draw] = []


def _open(opened: Callable[[], Draw]) -> None:
    _opened.append(opened())


def _draw(frames: range) -> Drawn:
    started, cpu_started = time.perf_counter(), time.process_time()
    ids = _opened[0](frames)
    return Drawn(time.perf_counter() - started, time.process_time() - cpu_started, peak_bytes(), ids)
