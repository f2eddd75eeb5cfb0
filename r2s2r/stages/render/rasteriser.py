"""The seam of the render stage."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from r2s2r.stages.render.scene_mesh import SceneMesh
from r2s2r.stages.render.view import View


class Rasteriser(Protocol):
    """Finds the nearest face at every pixel of a view, for the mesh it was made for.

    The vertices of entities that bend change between calls, in place (``bending``): a backend that keeps a copy of the
    mesh elsewhere takes those anew each time.

    The seam is this narrow because only visibility differs between machines: every pass is computed from the face's
    index by the one ``resolve``, so that backends cannot drift apart in any convention. One instance serves one thread.
    """

    def face_idx(self, view: View) -> NDArray[np.int32]:
        """Return the nearest face [H, W], -1 where there is none; valid until the next call.

        Sampled at pixel centres; a centre on an edge belongs to the face right of it or below it. Both sides of a face
        are seen. Faces that cross ``near_m`` are clipped. Of equally near faces the one of lowest index is seen.
        Nothing is drawn outside ``view.active``.
        """


@dataclass(frozen=True)
class Backend:
    """A chosen backend.

    Attributes:
        near_m: Nothing nearer to the camera's plane is drawn.
        new_rasteriser: Makes a rasteriser of a mesh for pictures of ``height`` x ``width``; each thread gets its own.
    """

    near_m: float
    new_rasteriser: Callable[[SceneMesh, int, int], Rasteriser]
