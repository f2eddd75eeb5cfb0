"""The kernel of the CPU rasteriser: faces to samples.

Spans of rows between edges (the classic scan conversion) instead of edge functions at every sample of a box: twice as
fast for the small faces of a dense mesh, which fill a quarter of their boxes. The crossing of an edge and a row is
computed from the edge's upper end, so two faces that share the edge get the same number: no sample on it is drawn twice
or not at all. Spans are collected for some faces and then filled: two short loops are guessed better by a processor
than one long one.

Kernels run on one thread and release the GIL: frames are drawn side by side in Python threads, which needs no threading
layer of numba's (they break under fork) and makes the result independent of the number of cores. They are compiled at
the first call and kept beside the sources, or in the user's cache folder where those are read-only. numba looks for
changes in the file of a kernel only, so a kernel uses no other file's kernels or constants. It indexes whole arrays
only: a view of a part costs an atomic reference count, which the threads would fight over. For the same reason kernels
are inlined into each other. Indices are unsigned where it counts: numba lets signed ones count from the end.
"""

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from r2s2r.stages.render.compiled import kernel
from r2s2r.stages.render.cpu.buffers import Faces, Scratch, Target

Vec3: TypeAlias = tuple[float, float, float]
Index: TypeAlias = int | np.uintp
Corners: TypeAlias = tuple[Index, Index, Index]
Corner: TypeAlias = Vec3  # x and y in samples, 1 / depth in 1/m

HIGH = np.uint64(32)
U0, U1, U2, U3, U4, U5, U6 = (np.uintp(i) for i in range(7))


@kernel
def draw_fronts(
    target: Target,
    faces: Faces,
    starts: NDArray[np.int64],
    entities: NDArray[np.int64],
    order: NDArray[np.int32],
    scratch: Scratch,
) -> tuple[Index, Index]:
    """Draw those faces of some entities that look at the camera, wholly beyond the near plane.

    Args:
        target: Where.
        faces: Of all entities, whose vertices were projected.
        starts: [E + 1], where each entity's faces begin.
        entities: [N], which are drawn.
        order: [F + 1], written: from the front the faces that were drawn, from the end those that were not, but for
            those that are wholly nearer than the near plane.
        scratch: Room.

    Returns:
        How many were drawn, and where the others begin.
    """
    screen, front, rest = faces.screen, U0, np.uintp(len(order))
    count: Index = U0
    rows: Index = U0
    for entity in entities:
        for face in range(np.uintp(starts[entity]), np.uintp(starts[entity + 1])):
            i, j, k = np.uintp(faces.faces[face, 0]), np.uintp(faces.faces[face, 1]), np.uintp(faces.faces[face, 2])
            area = (screen[j, 0] - screen[i, 0]) * (screen[k, 1] - screen[i, 1])
            area -= (screen[j, 1] - screen[i, 1]) * (screen[k, 0] - screen[i, 0])
            beyond = (screen[i, 2] > 0.0) & (screen[j, 2] > 0.0) & (screen[k, 2] > 0.0)
            if beyond & (area * faces.handed[entity] < 0.0):
                order[front] = face
                front += U1
                count, rows = _note(target, faces, face, (i, j, k), scratch, count, rows)
                if count >= scratch.most_faces or rows > scratch.most_rows:
                    _fill(target, scratch, count)
                    count, rows = U0, U0
            elif beyond | (screen[i, 2] > 0.0) | (screen[j, 2] > 0.0) | (screen[k, 2] > 0.0):
                rest -= U1
                order[rest] = face
    _fill(target, scratch, count)
    return front, rest


@kernel
def draw_faces(
    target: Target, faces: Faces, order: NDArray[np.int32], start: Index, stop: Index, scratch: Scratch
) -> None:
    """Draw the faces ``order[start:stop]``, whose vertices were projected."""
    count: Index = U0
    rows: Index = U0
    for place in range(start, stop):
        face = np.uintp(order[place])
        i, j, k = np.uintp(faces.faces[face, 0]), np.uintp(faces.faces[face, 1]), np.uintp(faces.faces[face, 2])
        if (faces.screen[i, 2] > 0.0) & (faces.screen[j, 2] > 0.0) & (faces.screen[k, 2] > 0.0):
            count, rows = _note(target, faces, face, (i, j, k), scratch, count, rows)
        else:
            count, rows = _note_clipped(target, faces, face, scratch, count, rows)
        if count >= scratch.most_faces or rows > scratch.most_rows:
            _fill(target, scratch, count)
            count, rows = U0, U0
    _fill(target, scratch, count)


@kernel
def _note(
    target: Target, faces: Faces, face: Index, corners: Corners, scratch: Scratch, count: Index, rows: Index
) -> tuple[Index, Index]:
    """Note a face beyond the near plane. Its corners are sorted by index, for which a processor needs no branch."""
    screen, side = faces.screen, target.side
    i, j, k = corners
    i, j = (j if screen[j, 1] < screen[i, 1] else i), (i if screen[j, 1] < screen[i, 1] else j)
    j, k = (k if screen[k, 1] < screen[j, 1] else j), (j if screen[k, 1] < screen[j, 1] else k)
    i, j = (j if screen[j, 1] < screen[i, 1] else i), (i if screen[j, 1] < screen[i, 1] else j)
    a = (screen[i, 0] * side, screen[i, 1] * side, screen[i, 2])
    b = (screen[j, 0] * side, screen[j, 1] * side, screen[j, 2])
    c = (screen[k, 0] * side, screen[k, 1] * side, screen[k, 2])
    return _set_up(target, a, b, c, face, scratch, count, rows)


@kernel
def _set_up(
    target: Target, a: Corner, b: Corner, c: Corner, face: Index, scratch: Scratch, count: Index, rows: Index
) -> tuple[Index, Index]:
    """Note a face, whose corners are sorted downwards; return how many are noted, and the rows they have."""
    ab_x, ab_y, ac_x, ac_y = b[0] - a[0], b[1] - a[1], c[0] - a[0], c[1] - a[1]
    area = ab_x * ac_y - ab_y * ac_x
    y0, y1 = _inside(a[1], target.y0, target.y1), _inside(c[1], target.y0, target.y1)
    # 1 / depth is linear on the screen. Held within the corners' range, because a sliver's slope is badly known.
    inverse_area = 1.0 / area
    slope_x = ((b[2] - a[2]) * ac_y - (c[2] - a[2]) * ab_y) * inverse_area
    slope_y = ((c[2] - a[2]) * ab_x - (b[2] - a[2]) * ac_x) * inverse_area
    plane = scratch.planes
    plane[count, U0] = a[2] + slope_x * (0.5 - a[0]) + slope_y * (0.5 - a[1])
    plane[count, U1] = slope_x
    plane[count, U2] = slope_y
    plane[count, U3] = _least(_least(a[2], b[2]), c[2])
    plane[count, U4] = _most(_most(a[2], b[2]), c[2])
    edges = scratch.edges
    edges[count, U0] = a[0]
    edges[count, U1] = a[1]
    edges[count, U2] = b[0]
    edges[count, U3] = b[1]
    edges[count, U4] = ab_x / ab_y
    edges[count, U5] = ac_x / ac_y
    edges[count, U6] = (c[0] - b[0]) / (c[1] - b[1])
    scratch.rows[count, U0] = y0
    scratch.rows[count, U1] = y1
    scratch.rows[count, U2] = face
    # Noted always and counted if it has rows: this is as good as random, and a wrong guess costs more than the rest.
    here = np.uintp((y1 > y0) & (area != 0.0))
    return count + here, rows + here * np.uintp(y1 - y0)


@kernel
def _spread(target: Target, scratch: Scratch, count: Index) -> Index:
    """Cut the noted faces into spans; return how many there are."""
    spans = U0
    for face in range(count):
        ax, ay, bx, by = (
            scratch.edges[face, U0],
            scratch.edges[face, U1],
            scratch.edges[face, U2],
            scratch.edges[face, U3],
        )
        ab, ac, bc = scratch.edges[face, U4], scratch.edges[face, U5], scratch.edges[face, U6]
        for y in range(scratch.rows[face, U0], scratch.rows[face, U1]):
            centre = y + 0.5
            long = ax + (centre - ay) * ac
            above, below = ax + (centre - ay) * ab, bx + (centre - by) * bc
            short = above if centre < by else below
            x0 = _inside(_least(long, short), target.x0, target.x1)
            x1 = _inside(_most(long, short), target.x0, target.x1)
            scratch.spans[spans, U0] = face
            scratch.spans[spans, U1] = y
            scratch.spans[spans, U2] = x0
            scratch.spans[spans, U3] = x1
            spans += np.uintp(x1 > x0)
    return spans


@kernel
def _inside(position: float, low: float, high: float) -> int:
    """Return the first sample, of those between low and high, whose centre is not before a position (if NaN: low)."""
    return math.ceil(_least(_most(position - 0.5, low), high))


@kernel
def _least(a: float, b: float) -> float:
    """Return the lesser; b, if either is NaN. One instruction, where the built-in min is several."""
    return a if a < b else b


@kernel
def _most(a: float, b: float) -> float:
    """Return the greater; b, if either is NaN."""
    return a if a > b else b


@kernel
def _fill(target: Target, scratch: Scratch, count: Index) -> None:
    """Draw the noted faces."""
    planes, seen = scratch.planes, target.seen
    for span in range(_spread(target, scratch, count)):
        plane, y = np.uintp(scratch.spans[span, U0]), np.uintp(scratch.spans[span, U1])
        low = np.uint64(np.uint32(~scratch.rows[plane, U2]))
        left, slope = planes[plane, U0] + planes[plane, U2] * y, planes[plane, U1]
        least, most = planes[plane, U3], planes[plane, U4]
        for x in range(np.uintp(scratch.spans[span, U2]), np.uintp(scratch.spans[span, U3])):
            bits = np.float32(_least(_most(left + slope * x, least), most)).view(np.uint32)
            new, old = (np.uint64(bits) << HIGH) | low, seen[y, x]
            seen[y, x] = new if new > old else old


@kernel
def _note_clipped(
    target: Target, faces: Faces, face: Index, scratch: Scratch, count: Index, rows: Index
) -> tuple[Index, Index]:
    """Note what is beyond the near plane of a face that crosses it."""
    near_m = faces.near_m
    a, b, c = _homogeneous(faces, face, U0), _homogeneous(faces, face, U1), _homogeneous(faces, face, U2)
    # Turned so that a is alone on its side of the near plane.
    if (b[2] >= near_m) != (a[2] >= near_m) and (b[2] >= near_m) != (c[2] >= near_m):
        a, b, c = b, c, a
    elif (c[2] >= near_m) != (a[2] >= near_m) and (c[2] >= near_m) != (b[2] >= near_m):
        a, b, c = c, a, b
    ahead = a[2] >= near_m
    for half in range(1 if ahead else 2):
        p = _on_screen(a) if ahead else _cut(b, a, near_m)
        q = _cut(a, b, near_m) if ahead else _on_screen(b if half == 0 else c)
        r = _cut(a, c, near_m) if ahead else (_on_screen(c) if half == 0 else _cut(c, a, near_m))
        count, rows = _note_corners(target, p, q, r, face, scratch, count, rows)
    return count, rows


@kernel
def _note_corners(
    target: Target, a: Corner, b: Corner, c: Corner, face: Index, scratch: Scratch, count: Index, rows: Index
) -> tuple[Index, Index]:
    """Note a face of these corners, in pixels."""
    a = (a[0] * target.side, a[1] * target.side, a[2])
    b = (b[0] * target.side, b[1] * target.side, b[2])
    c = (c[0] * target.side, c[1] * target.side, c[2])
    if b[1] < a[1]:
        a, b = b, a
    if c[1] < b[1]:
        b, c = c, b
    if b[1] < a[1]:
        a, b = b, a
    return _set_up(target, a, b, c, face, scratch, count, rows)


@kernel
def _homogeneous(faces: Faces, face: Index, k: Index) -> Vec3:
    m, entity, i = faces.pixel_from_entity, faces.face_entity[face], faces.faces[face, k]
    x, y, z = faces.vertices[i, 0], faces.vertices[i, 1], faces.vertices[i, 2]
    return (
        m[entity, 0, 0] * x + m[entity, 0, 1] * y + m[entity, 0, 2] * z + m[entity, 0, 3],
        m[entity, 1, 0] * x + m[entity, 1, 1] * y + m[entity, 1, 2] * z + m[entity, 1, 3],
        m[entity, 2, 0] * x + m[entity, 2, 1] * y + m[entity, 2, 2] * z + m[entity, 2, 3],
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
