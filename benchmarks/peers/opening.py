"""Which peers there are, and how each is opened."""

from typing import Literal, Protocol, assert_never

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.process import Draw
from benchmarks.peers.turning import balls

Name = Literal["pyrender", "vtk", "moderngl", "moderngl, both sides"]
NAMES: tuple[Name, ...] = ("pyrender", "vtk", "moderngl", "moderngl, both sides")


class FramePasses(Protocol):
    """What a peer does."""

    def frame(self, frame: int) -> NDArray[np.uint8]:
        """Draw one frame, all four passes in memory; return the ids [H, W]."""


def open_peer(name: Name, faces: int) -> Draw:
    """Open a peer on balls of so many faces."""
    passes = _passes(name, faces)
    return lambda frames: [passes.frame(frame) for frame in frames][-1]


def _passes(name: Name, faces: int) -> FramePasses:
    match name:
        case "pyrender":
            from benchmarks.peers.pyrender_passes import PyrenderPasses

            return PyrenderPasses(balls(faces))
        case "vtk":
            from benchmarks.peers.vtk_passes import VtkPasses

            return VtkPasses(balls(faces))
        case "moderngl" | "moderngl, both sides":
            from benchmarks.peers.moderngl_passes import ModernglPasses

            return ModernglPasses(balls(faces), both_sides=name != "moderngl")
        case _:
            assert_never(name)
