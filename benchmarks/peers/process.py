"""A peer in a process of its own: two OpenGL contexts do not live well in one, and none should slow ours."""

import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from typing import Literal, NamedTuple, Protocol, assert_never

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.turning import balls

Name = Literal["pyrender", "vtk"]
NAMES: tuple[Name, ...] = ("pyrender", "vtk")


class Drawn(NamedTuple):
    """How long some frames took, and the ids [H, W] of the last."""

    seconds: float
    ids: NDArray[np.uint8]


class FramePasses(Protocol):
    """What a peer does: one frame, all four passes in memory; returns the ids [H, W]."""

    def frame(self, frame: int) -> NDArray[np.uint8]:
        """Draw it."""


class Peer:
    """Draws frames of the turning balls by another renderer; raises what keeps it from running."""

    def __init__(self, name: Name) -> None:
        self._name = name
        self._pool = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))
        self.draw(range(1))

    def draw(self, frames: range) -> Drawn:
        """Draw some frames."""
        return self._pool.submit(_draw, self._name, frames).result()


_opened: dict[Name, FramePasses] = {}


def _draw(name: Name, frames: range) -> Drawn:
    if name not in _opened:
        _opened[name] = _open(name)
    started = time.perf_counter()
    ids = [_opened[name].frame(frame) for frame in frames][-1]
    return Drawn(time.perf_counter() - started, ids.astype(np.uint8))


def _open(name: Name) -> FramePasses:
    match name:
        case "pyrender":
            from benchmarks.peers.pyrender_passes import PyrenderPasses

            return PyrenderPasses(balls())
        case "vtk":
            from benchmarks.peers.vtk_passes import VtkPasses

            return VtkPasses(balls())
        case _:
            assert_never(name)
