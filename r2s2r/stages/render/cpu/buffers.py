"""What the kernels of the CPU rasteriser draw, on what, and with what room."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array

# Few enough to stay in a processor's first cache.
FACES, ROWS = 256, 4096


class Target(NamedTuple):
    """Where faces are drawn.

    Attributes:
        seen: [H * S, W * S]: the bits of 1 / depth as float32, above those of the face's index inverted; 0 where
            nothing is. The greater is the nearer, and of equally near faces the one of lower index.
        side: S, samples along a side of a pixel: 1, 2 or 4, so that multiplying by it is exact.
        x0, y0, x1, y1: The window in whole samples.
    """

    seen: NDArray[np.uint64]
    side: float
    x0: float
    y0: float
    x1: float
    y1: float


class Faces(NamedTuple):
    """What is drawn.

    Attributes:
        vertices: [V, 3], in the entity's frame.
        screen: [V, 3], as ``projection.project`` writes it.
        faces: [F, 3].
        face_entity: [F].
        pixel_from_entity: [E, 3, 4], what brought the vertices to the screen.
        handed: [E], below 0 for what is seen mirrored.
        near_m: Depth of the near plane.
    """

    vertices: NDArray[np.float32]
    screen: Array
    faces: NDArray[np.int32]
    face_entity: NDArray[np.int32]
    pixel_from_entity: Array
    handed: Array
    near_m: float


class Scratch(NamedTuple):
    """Room for what is collected.

    Attributes:
        planes: [FACES + 2, 5]: 1 / depth at the first sample, its slopes right and down, its least, its most.
        edges: [FACES + 2, 7]: x and y of the upper and of the middle corner, dx / dy from upper to middle, upper to
            lower, middle to lower.
        rows: [FACES + 2, 3] int32: first, the one after the last; the face's index.
        spans: [ROWS + 2 * H * S + 1, 4] int32: the face's number here, row, first column, the one after the last.
        most_faces: So many are noted before they are drawn; less than there is room for, since a cut face takes two.
        most_rows: Or so many rows of faces.
    """

    planes: Array
    edges: Array
    rows: NDArray[np.int32]
    spans: NDArray[np.int32]
    most_faces: int
    most_rows: int


def blank_scratch(height: int) -> Scratch:
    """Return room for faces of up to this many rows of samples."""
    faces = FACES + 2
    return Scratch(
        planes=np.zeros((faces, 5)),
        edges=np.zeros((faces, 7)),
        rows=np.zeros((faces, 3), np.int32),
        spans=np.zeros((ROWS + 2 * height + 1, 4), np.int32),
        most_faces=FACES,
        most_rows=ROWS,
    )
