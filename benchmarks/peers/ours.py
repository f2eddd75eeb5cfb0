"""Our own backends, on the same terms as the peers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.process import Draw
from benchmarks.peers.turning import HEIGHT, NEAR_M, WIDTH, animation, balls
from r2s2r.spec.render import RenderBackend, RenderSpec
from r2s2r.stages.render import choose_backend
from r2s2r.stages.render.frames import RenderJob, draw_frames
from r2s2r.stages.render.layers import FOUR_PASSES, Layers
from r2s2r.stages.render.rasteriser import Raster, Visibility
from r2s2r.stages.render.scene_mesh import merge
from r2s2r.stages.render.still import Film


@dataclass(frozen=True)
class Way:
    """A way to draw.

    Attributes:
        backend: Who finds what is seen.
        threads: How many draw.
        supersampling: Samples along each side of a pixel.
    """

    backend: RenderBackend
    threads: int
    supersampling: int = 1

    def __str__(self) -> str:
        many = f", {self.threads} thread{'s' * (self.threads > 1)}" if self.backend == "cpu" else ""
        return f"{self.backend}{many}{', 2x2' * (self.supersampling == 2)}"


def open_ours(way: Way, faces: int) -> Draw:
    """Open a backend on balls of so many faces."""
    mesh = merge(balls(faces))
    backend = choose_backend(RenderSpec(backend=way.backend))
    raster = Raster(HEIGHT, WIDTH, way.supersampling)

    def draw(frames: range) -> NDArray[np.uint8]:
        film = Film.of(animation(frames), mesh, near_m=NEAR_M)
        return list(draw_frames(RenderJob(film, backend, raster, FOUR_PASSES, _ids), way.threads))[-1]

    return draw


def _ids(frame: int, layers: Layers, seen: Visibility) -> NDArray[np.uint8]:
    return layers.ids.astype(np.uint8)
