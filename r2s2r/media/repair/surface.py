"""A surface under repair, which remembers where each of its corners and vertices comes from."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array
from r2s2r.media.repair.edges import Ints


@dataclass(frozen=True, eq=False)
class Surface:
    """Faces and their history.

    Attributes:
        vertices: [V, 3] float64.
        faces: [F, 3] int32.
        corner_source: [F, 3] which corner of the file (3 * face + corner) each corner looks like.
        vertex_source: [V] which vertex of the file each vertex moves like.
        is_filling: [F] whether the face was added.
    """

    vertices: Array
    faces: NDArray[np.int32]
    corner_source: Ints
    vertex_source: Ints
    is_filling: NDArray[np.bool_]

    def kept(self, kept: NDArray[np.bool_]) -> "Surface":
        """Return some of the faces."""
        return replace(
            self, faces=self.faces[kept], corner_source=self.corner_source[kept], is_filling=self.is_filling[kept]
        )

    def turned(self, turned: NDArray[np.bool_]) -> "Surface":
        """Return the surface with some faces turned over."""
        order = np.where(turned[:, None], [0, 2, 1], [0, 1, 2])
        return replace(
            self,
            faces=np.take_along_axis(self.faces, order, axis=1),
            corner_source=np.take_along_axis(self.corner_source, order, axis=1),
        )

    def cut(self, faces: NDArray[np.int32], old: Ints) -> "Surface":
        """Return the surface with other vertices, of which each is one of the ``old``."""
        return replace(self, vertices=self.vertices[old], faces=faces, vertex_source=self.vertex_source[old])

    def filled(self, faces: NDArray[np.int32], looks: Ints) -> "Surface":
        """Return the surface with more faces, whose corners look like those of the file in ``looks`` [F, 3]."""
        return replace(
            self,
            faces=np.concatenate([self.faces, faces]),
            corner_source=np.concatenate([self.corner_source, looks]),
            is_filling=np.append(self.is_filling, np.ones(len(faces), np.bool_)),
        )
