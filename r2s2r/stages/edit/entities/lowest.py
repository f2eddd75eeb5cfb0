"""Lowest: how far down a mesh reaches, however it is turned."""

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array
from r2s2r.stages.edit.entities.shapes import Shape


def lowest_m(linear: Array, shape: Shape) -> Array:
    """Return the height [T] of a mesh's lowest vertex over its origin, in the world.

    Args:
        linear: [T, 3, 3] of ``world_from_entity``.
        shape: Its vertices at the T moments.
    """
    return np.array([_lowest(row, shape.vertices(index)) for index, row in enumerate(linear[:, 1])])


def _lowest(row: Array, vertices: NDArray[np.float32]) -> float:
    # No BLAS product: what each vertex gives must not depend on how it lies in memory.
    return float((row[0] * vertices[:, 0] + row[1] * vertices[:, 1] + row[2] * vertices[:, 2]).min())
