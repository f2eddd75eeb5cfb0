"""Extents: how much room an entity's mesh takes, moment by moment, in its own frame."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array
from r2s2r.stages.edit.entities.shapes import Shape


@dataclass(frozen=True, eq=False)
class Extents:
    """Of one entity over T moments.

    Attributes:
        boxes_m: [T, 2, 3] lowest and highest corner.
        middle_m: [T, 3] the middle of the mesh's box; of a mesh that changes its form it goes along with the mean of
            its vertices, which is steadier than a box that each hand moves.
    """

    boxes_m: Array
    middle_m: Array


def extents(shape: Shape, moments: int) -> Extents:
    """Measure a mesh, one moment at a time."""
    box = _box_m(shape.rest.astype(np.float64))
    middle = box.mean(axis=0)
    if not shape.changes:
        return Extents(np.broadcast_to(box, (moments, 2, 3)), np.broadcast_to(middle, (moments, 3)))
    boxes, middles = np.empty((moments, 2, 3)), np.empty((moments, 3))
    offset = middle - shape.rest.mean(axis=0, dtype=np.float64)
    for index in range(moments):
        vertices = shape.vertices(index)
        boxes[index], middles[index] = _box_m(vertices), vertices.mean(axis=0, dtype=np.float64) + offset
    return Extents(boxes, middles)


def _box_m(vertices: NDArray[np.float32] | Array) -> Array:
    return np.stack([vertices.min(axis=0), vertices.max(axis=0)]).astype(np.float64)
