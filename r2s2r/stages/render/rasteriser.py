"""The seam of the render stage."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from r2s2r.stages.render.scene_mesh import SceneMesh
from r2s2r.stages.render.still import Still


@dataclass(frozen=True)
class Raster:
    """Where a frame is looked at.

    Attributes:
        height: Rows of pixels.
        width: Columns of pixels.
        supersampling: Samples along each side of a pixel, S.
    """

    height: int
    width: int
    supersampling: int = 1


@dataclass(frozen=True, eq=False)
class Visibility:
    """The nearest face at every sample of a frame; -1 where there is none.

    Attributes:
        face_idx: [H, W] int32, at the pixels' centres.
        samples: [H * S, W * S] int32, at S x S places in each pixel: those at the centres of a picture S times as fine.
            With S = 1 it is ``face_idx`` itself.
    """

    face_idx: NDArray[np.int32]
    samples: NDArray[np.int32]


class Rasteriser(Protocol):
    """Finds the nearest face at every sample, for the mesh and the size it was made for.

    The seam is this narrow because only visibility differs between machines: every pass is computed from the face's
    index by the one ``resolve``, so that backends cannot drift apart in any convention. One instance serves one thread
    at a time. The vertices of entities that bend differ from still to still: a backend that keeps a copy of the mesh
    elsewhere takes those anew each time.
    """

    @property
    def batch_frames(self) -> int:
        """Most frames that ``draw`` takes at once."""

    def new_visibility(self) -> Visibility:
        """Return buffers for a frame, in memory that this backend writes fast."""

    def draw(self, stills: Sequence[Still], into: Sequence[Visibility]) -> None:
        """Find what is seen in some frames, and write it into as many buffers.

        A sample on an edge belongs to the face right of it or below it. Both sides of a face are seen. Faces that
        cross ``near_m`` are clipped. Of equally near faces the one of lowest index is seen. Nothing is drawn outside
        ``view.active``.
        """


@dataclass(frozen=True)
class Backend:
    """A chosen backend.

    Attributes:
        new_rasteriser: Makes a rasteriser of a mesh.
        on_threads: Each thread draws with a rasteriser of its own; else there is one, which has the device.
    """

    new_rasteriser: Callable[[SceneMesh, Raster], Rasteriser]
    on_threads: bool


def blank_visibility(raster: Raster) -> Visibility:
    """Return buffers in plain memory that show nothing."""
    height, width, side = raster.height, raster.width, raster.supersampling
    face_idx = np.full((height, width), -1, np.int32)
    return Visibility(face_idx, face_idx if side == 1 else np.full((height * side, width * side), -1, np.int32))
