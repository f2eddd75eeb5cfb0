"""The triangle mesh every stage holds in hand."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Mesh:
    """A textured triangle mesh with shared vertices and per-corner attributes.

    Vertices are shared, so that a closed surface is closed in ``faces`` too; what may differ at a seam or a hard edge
    (texture coordinates, normals) is kept per face corner. Faces are counter-clockwise seen from outside.

    Attributes:
        vertices: [V, 3] float32, metres, entity frame (+Y up, base at the origin).
        faces: [F, 3] int32, indices into ``vertices``.
        corner_uv: [F, 3, 2] float32; u right, v **down**, both 0..1 over ``texture`` (texel centres at
            (i + 0.5) / size).
        corner_normals: [F, 3, 3] float32, unit, entity frame, pointing outwards.
        texture: [Ht, Wt, 3] uint8, sRGB.
    """

    vertices: NDArray[np.float32]
    faces: NDArray[np.int32]
    corner_uv: NDArray[np.float32]
    corner_normals: NDArray[np.float32]
    texture: NDArray[np.uint8]
