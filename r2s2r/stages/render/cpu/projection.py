"""The kernel that brings vertices to the screen; compiled as ``visibility`` is, and alone for the same reason."""

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array
from r2s2r.stages.render.compiled import kernel


@kernel
def project(
    vertices: NDArray[np.float32],
    screen: Array,
    starts: NDArray[np.int64],
    entities: NDArray[np.int64],
    pixel_from_entity: Array,
    near_m: float,
) -> None:
    """Write some entities' vertices as they are on the screen.

    Args:
        vertices: [V, 3], in their entity's frame.
        screen: [V, 3], written: x and y in pixels, 1 / depth in 1/m; 0 for what is nearer than ``near_m`` or behind.
        starts: [E + 1], where each entity's vertices begin.
        entities: [N], which are written.
        pixel_from_entity: [E, 3, 4], to pixels times depth, and depth.
        near_m: Depth of the near plane.
    """
    for entity in entities:
        m = pixel_from_entity
        xx, xy, xz, xo = m[entity, 0, 0], m[entity, 0, 1], m[entity, 0, 2], m[entity, 0, 3]
        yx, yy, yz, yo = m[entity, 1, 0], m[entity, 1, 1], m[entity, 1, 2], m[entity, 1, 3]
        zx, zy, zz, zo = m[entity, 2, 0], m[entity, 2, 1], m[entity, 2, 2], m[entity, 2, 3]
        for i in range(starts[entity], starts[entity + 1]):
            x, y, z = vertices[i, 0], vertices[i, 1], vertices[i, 2]
            depth_m = zx * x + zy * y + zz * z + zo
            inverse = 1.0 / depth_m
            screen[i, 0] = (xx * x + xy * y + xz * z + xo) * inverse
            screen[i, 1] = (yx * x + yy * y + yz * z + yo) * inverse
            screen[i, 2] = inverse if depth_m >= near_m else 0.0
