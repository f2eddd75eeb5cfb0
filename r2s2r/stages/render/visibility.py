"""The kernels of the CPU rasteriser: vertices to the screen, faces to pixels.

Spans of rows between edges (the classic scan conversion) instead of edge functions at every pixel of a box: twice as
fast for the small faces of a dense mesh, which fill a quarter of their boxes. The crossing of an edge and a row is
computed from the edge's upper end, so two faces that share the edge get the same number: no pixel on it is drawn twice
or not at all.

Kernels run on one thread and release the GIL: frames are drawn side by side in Python threads, which needs no threading
layer of numba's (they break under fork) and makes the result independent of the number of cores. They are compiled at
the first call and kept beside the sources, or in the user's cache folder where those are read-only. numba looks for
changes in the file of a kernel only, so a kernel uses no other file's kernels or constants. It indexes whole arrays
only: a view of a part costs an atomic reference count, which the threads would fight over.
"""

import math
from typing import NamedTuple, TypeAlias

import numpy as np
from numba import njit
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array

kernel = njit(nogil=True, cache=True, error_model="numpy", forceinline=True)

Vec3: TypeAlias = tuple[float, float, float]
Corner: TypeAlias = Vec3  # x and y in pixels, 1 / depth in 1/m


class Target(NamedTuple):
    """Where faces are drawn: the buffers [H, W] and the window in whole pixels, as floats."""

    inverse_depth: NDArray[np.float32]
    face_idx: NDArray[np.int32]
    x0: float
    y0: float
    x1: float
    y1: float


class Faces(NamedTuple):
    """What is drawn: vertices [V, 3] in the entity's frame, the same on the screen as corners [V, 3], faces [F, 3]."""

    vertices: NDArray[np.float32]
    screen: Array
    faces: NDArray[np.int32]


@kernel
def project(faces: Faces, start: int, stop: int, pixel_from_entity: Array, near_m: float) -> None:
    """Write the corners of some vertices; 1 / depth is 0 for what is nearer than ``near_m`` or behind the camera."""
    m = pixel_from_entity
    for i in range(start, stop):
        x, y, z = faces.vertices[i, 0], faces.vertices[i, 1], faces.vertices[i, 2]
        depth_m = m[2, 0] * x + m[2, 1] * y + m[2, 2] * z + m[2, 3]
        inverse = 1.0 / depth_m
        faces.screen[i, 0] = (m[0, 0] * x + m[0, 1] * y + m[0, 2] * z + m[0, 3]) * inverse
        faces.screen[i, 1] = (m[1, 0] * x + m[1, 1] * y + m[1, 2] * z + m[1, 3]) * inverse
        faces.screen[i, 2] = inverse if depth_m >= near_m else 0.0


@kernel
def draw_faces(target: Target, faces: Faces, start: int, stop: int, pixel_from_entity: Array, near_m: float) -> None:
    """Draw some faces, all of one entity, whose vertices were projected."""
    for face in range(start, stop):
        a = _corner(faces, face, 0)
        b = _corner(faces, face, 1)
        c = _corner(faces, face, 2)
        if a[2] > 0.0 and b[2] > 0.0 and c[2] > 0.0:
            _draw(target, face, a, b, c)
        elif a[2] > 0.0 or b[2] > 0.0 or c[2] > 0.0:
            _draw_clipped(target, faces, face, pixel_from_entity, near_m)


@kernel
def _corner(faces: Faces, face: int, k: int) -> Corner:
    i = faces.faces[face, k]
    return (faces.screen[i, 0], faces.screen[i, 1], faces.screen[i, 2])


@kernel
def _draw(target: Target, face: int, a: Corner, b: Corner, c: Corner) -> None:
    if b[1] < a[1]:
        a, b = b, a
    if c[1] < b[1]:
        b, c = c, b
    if b[1] < a[1]:
        a, b = b, a
    y0, y1 = _inside(a[1], target.y0, target.y1), _inside(c[1], target.y0, target.y1)
    ab_x, ab_y, ac_x, ac_y = b[0] - a[0], b[1] - a[1], c[0] - a[0], c[1] - a[1]
    area = ab_x * ac_y - ab_y * ac_x
    if y0 >= y1 or area == 0.0:
        return
    ab, ac, bc = ab_x / ab_y, ac_x / ac_y, (c[0] - b[0]) / (c[1] - b[1])
    # 1 / depth is linear on the screen. Held within the corners' range, because a sliver's slope is badly known.
    slope_x = ((b[2] - a[2]) * ac_y - (c[2] - a[2]) * ab_y) / area
    slope_y = ((c[2] - a[2]) * ab_x - (b[2] - a[2]) * ac_x) / area
    least, most = min(a[2], b[2], c[2]), max(a[2], b[2], c[2])
    for y in range(y0, y1):
        down = y + 0.5 - a[1]
        long = a[0] + down * ac
        short = a[0] + down * ab if y + 0.5 < b[1] else b[0] + (y + 0.5 - b[1]) * bc
        left = a[2] + slope_y * down + slope_x * (0.5 - a[0])
        for x in range(
            _inside(min(long, short), target.x0, target.x1), _inside(max(long, short), target.x0, target.x1)
        ):
            inverse = np.float32(min(max(left + slope_x * x, least), most))
            if inverse > target.inverse_depth[y, x]:
                target.inverse_depth[y, x] = inverse
                target.face_idx[y, x] = face


@kernel
def _inside(position: float, low: float, high: float) -> int:
    """Return the first pixel, of those between low and high, whose centre is not before a position (if NaN: low)."""
    clipped = position - 0.5 if position - 0.5 > low else low
    return math.ceil(clipped if clipped < high else high)


@kernel
def _draw_clipped(target: Target, faces: Faces, face: int, pixel_from_entity: Array, near_m: float) -> None:
    a = _homogeneous(faces, face, 0, pixel_from_entity)
    b = _homogeneous(faces, face, 1, pixel_from_entity)
    c = _homogeneous(faces, face, 2, pixel_from_entity)
    # Turned so that a is alone on its side of the near plane.
    if (b[2] >= near_m) != (a[2] >= near_m) and (b[2] >= near_m) != (c[2] >= near_m):
        a, b, c = b, c, a
    elif (c[2] >= near_m) != (a[2] >= near_m) and (c[2] >= near_m) != (b[2] >= near_m):
        a, b, c = c, a, b
    if a[2] >= near_m:
        _draw(target, face, _on_screen(a), _cut(a, b, near_m), _cut(a, c, near_m))
    else:
        _draw(target, face, _cut(b, a, near_m), _on_screen(b), _on_screen(c))
        _draw(target, face, _cut(b, a, near_m), _on_screen(c), _cut(c, a, near_m))


@kernel
def _homogeneous(faces: Faces, face: int, k: int, pixel_from_entity: Array) -> Vec3:
    m, i = pixel_from_entity, faces.faces[face, k]
    x, y, z = faces.vertices[i, 0], faces.vertices[i, 1], faces.vertices[i, 2]
    return (
        m[0, 0] * x + m[0, 1] * y + m[0, 2] * z + m[0, 3],
        m[1, 0] * x + m[1, 1] * y + m[1, 2] * z + m[1, 3],
        m[2, 0] * x + m[2, 1] * y + m[2, 2] * z + m[2, 3],
    )


@kernel
def _on_screen(a: Vec3) -> Corner:
    return (a[0] / a[2], a[1] / a[2], 1.0 / a[2])


@kernel
def _cut(front: Vec3, behind: Vec3, near_m: float) -> Corner:
    """Return where an edge meets the near plane; from the same end for both faces that share it."""
    t = (near_m - front[2]) / (behind[2] - front[2])
    x, y = front[0] + t * (behind[0] - front[0]), front[1] + t * (behind[1] - front[1])
    return (x / near_m, y / near_m, 1.0 / near_m)
