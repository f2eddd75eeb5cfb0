"""The kernels behind ``find_flow``: a point on a face, followed to another frame.

All of it happens in the cameras' pixel frames: a point is (x, y, 1) in pixels times its depth in metres, which is
linear in space, also behind the camera. There 1 / depth on a face's plane is a linear function of (x, y, 1).

Pixels are followed side by side, as many as a block has lanes, for the reason that ``shading`` gives: what is fetched
from all over memory has loops of its own, and the arithmetic between becomes vector instructions.

Compiled as those of ``cpu.visibility`` are, and alone in their file for the same reason.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array
from r2s2r.stages.render.compiled import called, kernel
from r2s2r.stages.render.tracked import Block, Picture, Scene

Vec3: TypeAlias = tuple[float, float, float]
Corners: TypeAlias = tuple[Vec3, Vec3, Vec3]

LANES, VECTOR = 128, 16  # of a block; of the widest vectors

# Two surfaces nearer to each other than this, relative to their depth, lie on one another; no pass tells them apart.
TOUCHING = 1e-5


@kernel
def to_pixels(
    vertices: NDArray[np.float32],
    vertex_start: NDArray[np.int64],
    visible: NDArray[np.bool_],
    pixel_from_entity: Array,
    points: Array,
) -> None:
    """Bring the vertices of entities that are there into the camera's pixel frame."""
    m = pixel_from_entity
    for entity in range(visible.shape[0]):
        if visible[entity]:
            for i in range(vertex_start[entity], vertex_start[entity + 1]):
                x, y, z = vertices[i, 0], vertices[i, 1], vertices[i, 2]
                for k in range(3):
                    points[i, k] = m[entity, k, 0] * x + m[entity, k, 1] * y + m[entity, k, 2] * z + m[entity, k, 3]


@kernel
def find_planes(scene: Scene, face_idx: NDArray[np.int32], planes: NDArray[np.float32]) -> None:
    """Fill planes [H, W, 3]: of the face at each pixel 1 / depth at its centre, and how it changes with x and y."""
    last = np.int32(-1)
    plane = (0.0, 0.0, 0.0)
    for y in range(face_idx.shape[0]):
        for x in range(face_idx.shape[1]):
            face = face_idx[y, x]
            if face != last:
                last = face
                plane = _plane(_corners(scene, face)) if face >= 0 else (0.0, 0.0, 0.0)
            planes[y, x, 0] = _dot(plane, (x + 0.5, y + 0.5, 1.0))
            planes[y, x, 1] = plane[0]
            planes[y, x, 2] = plane[1]


@kernel
def follow(
    block: Block,
    face_idx: NDArray[np.int32],
    now: Scene,
    then: Scene,
    picture: Picture,
    move_px: NDArray[np.float32],
    seen: NDArray[np.bool_],
) -> None:
    """Fill ``move_px`` and ``seen`` of every pixel from its nearest face."""
    lane, visible, face_entity, filled = block.lane, picture.visible, now.face_entity, 0
    for y in range(face_idx.shape[0]):
        move_px[y] = 0.0
        seen[y] = False
        for x in range(face_idx.shape[1]):
            face = face_idx[y, x]
            if face < 0 or not visible[np.uint32(face_entity[np.uint32(face)])]:
                continue
            i = np.uint32(filled)
            lane[i], lane[np.uint32(LANES) + i], lane[np.uint32(2 * LANES) + i] = x, y, face
            filled += 1
            if filled == LANES:
                _follow_block(block, filled, now, then, picture, move_px, seen)
                filled = 0
    _follow_block(block, filled, now, then, picture, move_px, seen)


@called
def _follow_block(
    block: Block,
    count: int,
    now: Scene,
    then: Scene,
    picture: Picture,
    move_px: NDArray[np.float32],
    seen: NDArray[np.bool_],
) -> None:
    # Whole vectors; what the lanes beyond hold from before harms nobody.
    full = (count + VECTOR - 1) // VECTOR * VECTOR
    _fetch_corners(block, count, now, 0)
    _fetch_corners(block, count, then, 9)
    _find_places(block, full)
    _find_samples(block, full, picture)
    _fetch_planes(block, count, picture)
    _compare(block, full, picture)
    _put(block, count, then, picture, move_px, seen)


@kernel
def _fetch_corners(block: Block, count: int, scene: Scene, first: int) -> None:
    lane, corners, faces, points = block.lane, block.corners, scene.faces, scene.points
    for i in range(count):
        face = np.uint32(lane[2 * LANES + i])
        for corner in range(3):
            point = np.uint32(faces[face, corner])
            for axis in range(3):
                corners[(first + 3 * corner + axis) * LANES + i] = points[point, axis]


@kernel
def _find_places(block: Block, count: int) -> None:
    """Find where what is seen at each pixel is at the other frame."""
    lane, corners, place = block.lane, block.corners, block.place
    for i in range(count):
        x, y = lane[i] + 0.5, lane[LANES + i] + 0.5
        a, b, c = _three(corners, 0, i), _three(corners, 3, i), _three(corners, 6, i)
        d, e, f = _three(corners, 9, i), _three(corners, 12, i), _three(corners, 15, i)
        bc, ca, ab = _cross(b, _subtract(c, b)), _cross(c, _subtract(a, c)), _cross(a, _subtract(b, a))
        # The weights are to be positive where depth is.
        sign = 1.0 if _dot(a, bc) > 0.0 else -1.0
        # Held on the face: a backend's edges may lie a hair beside ours, and an edge-on plane is far off its own rim.
        t = max(_dot(_scale(bc, sign), (x, y, 1.0)), 0.0)
        u = max(_dot(_scale(ca, sign), (x, y, 1.0)), 0.0)
        v = max(_dot(_scale(ab, sign), (x, y, 1.0)), 0.0)
        on = t + u + v > 0.0
        t, u, v = (t if on else 1.0), (u if on else 0.0), (v if on else 0.0)
        inverse = 1.0 / (t * d[2] + u * e[2] + v * f[2])
        stays = _same(a, d) & _same(b, e) & _same(c, f)
        plane = _plane((d, e, f))
        place[i] = x if stays else (t * d[0] + u * e[0] + v * f[0]) * inverse
        place[LANES + i] = y if stays else (t * d[1] + u * e[1] + v * f[1]) * inverse
        place[2 * LANES + i] = (t + u + v) * inverse
        place[3 * LANES + i], place[4 * LANES + i] = plane[0], plane[1]


@kernel
def _same(a: Vec3, b: Vec3) -> bool:
    return (a[0] == b[0]) & (a[1] == b[1]) & (a[2] == b[2])


@kernel
def _find_samples(block: Block, count: int, picture: Picture) -> None:
    """Find the four samples round each place, the nearest ones if it is off the picture."""
    lane, place = block.lane, block.place
    x0, y0, x1, y1 = np.int32(picture.x0), np.int32(picture.y0), np.int32(picture.x1), np.int32(picture.y1)
    for i in range(count):
        right = np.int32(_held(place[i], x0, x1) + 0.5)
        bottom = np.int32(_held(place[LANES + i], y0, y1) + 0.5)
        lane[3 * LANES + i], lane[4 * LANES + i] = max(right - 1, x0), min(right, x1 - 1)
        lane[5 * LANES + i], lane[6 * LANES + i] = max(bottom - 1, y0), min(bottom, y1 - 1)


@kernel
def _held(position: float, low: np.int32, high: np.int32) -> float:
    """Return the nearest place between low and high; low, if the position is NaN."""
    position = position if position > low else float(low)
    return position if position < high else float(high)


@kernel
def _fetch_planes(block: Block, count: int, picture: Picture) -> None:
    lane, planes, all_planes = block.lane, block.planes, picture.planes
    for i in range(count):
        for sample in range(4):
            x, y = np.uint32(lane[(3 + (sample & 1)) * LANES + i]), np.uint32(lane[(5 + (sample >> 1)) * LANES + i])
            for k in range(3):
                planes[(3 * sample + k) * LANES + i] = all_planes[y, x, k]


@kernel
def _compare(block: Block, count: int, picture: Picture) -> None:
    """Turn places into moves, and note which of the faces that are seen at the samples round a place are nearer.

    From the sample to the place one goes along its face's plane, and along the place's own. Neither says much about
    the other: of two faces that meet in a ridge, each has the other's plane before it; of two that meet in a groove,
    each lies before the other's plane. Only what is in front by both counts.
    """
    lane, place, planes, near_m = block.lane, block.place, block.planes, picture.near_m
    x0, y0, x1, y1 = float(picture.x0), float(picture.y0), float(picture.x1), float(picture.y1)
    for i in range(count):
        x, y, inverse = _three(place, 0, i)
        limit, in_front = inverse * (1.0 + TOUCHING), np.int32(0)
        for k in range(4):
            right = x - (lane[(3 + (k & 1)) * LANES + i] + 0.5)
            down = y - (lane[(5 + (k >> 1)) * LANES + i] + 0.5)
            there, slope_x, slope_y = _three(planes, 3 * k, i)
            by_its_own = there + slope_x * right + slope_y * down
            by_the_place = there + place[3 * LANES + i] * right + place[4 * LANES + i] * down
            in_front |= np.int32(min(by_its_own, by_the_place) > limit) << np.int32(k)
        ahead = (inverse * near_m > 0.0) & (inverse * near_m <= 1.0)
        inside = ahead & (x >= x0) & (x < x1) & (y >= y0) & (y < y1)
        lane[7 * LANES + i] = in_front if inside else 15
        place[3 * LANES + i] = x - (lane[i] + 0.5) if ahead else 0.0
        place[4 * LANES + i] = y - (lane[LANES + i] + 0.5) if ahead else 0.0


@kernel
def _put(
    block: Block, count: int, then: Scene, picture: Picture, move_px: NDArray[np.float32], seen: NDArray[np.bool_]
) -> None:
    lane, place = block.lane, block.place
    for i in range(count):
        x, y, in_front = np.uint32(lane[i]), np.uint32(lane[LANES + i]), lane[7 * LANES + i]
        move_px[y, x, 0], move_px[y, x, 1] = place[3 * LANES + i], place[4 * LANES + i]
        seen[y, x] = in_front == 0
        if in_front != 0 and in_front != 15:
            seen[y, x] = not _is_behind_an_edge(then, picture, in_front, _three(place, 0, i))


@kernel
def _three(numbers: NDArray[np.floating], k: int, i: int) -> Vec3:
    return (float(numbers[k * LANES + i]), float(numbers[(k + 1) * LANES + i]), float(numbers[(k + 2) * LANES + i]))


@kernel
def _corners(scene: Scene, face: np.int32) -> Corners:
    i, j, k = scene.faces[face, 0], scene.faces[face, 1], scene.faces[face, 2]
    return (
        (scene.points[i, 0], scene.points[i, 1], scene.points[i, 2]),
        (scene.points[j, 0], scene.points[j, 1], scene.points[j, 2]),
        (scene.points[k, 0], scene.points[k, 1], scene.points[k, 2]),
    )


@kernel
def _plane(corners: Corners) -> Vec3:
    a, b, c = corners
    normal = _cross(_subtract(b, a), _subtract(c, a))
    return _scale(normal, 1.0 / _dot(normal, a))


@called
def _is_behind_an_edge(then: Scene, picture: Picture, in_front: int, place: Vec3) -> bool:
    """Tell whether a place is covered by a face of those samples round it, the bits of a number, that are in front.

    Rare, so kept out of the loop's code.
    """
    for k in range(4):
        x = min(max(int(place[0] - 0.5 + (k & 1)), picture.x0), picture.x1 - 1)
        y = min(max(int(place[1] - 0.5 + (k >> 1)), picture.y0), picture.y1 - 1)
        if in_front >> k & 1 and _covers(then, picture.face_idx[y, x], (place[0], place[1], 1.0)):
            return True
    return False


@kernel
def _covers(scene: Scene, face: np.int32, pixel: Vec3) -> bool:
    """Tell whether the ray through a place goes through a face; a hair beside it, too, or it would slip between two."""
    a, b, c = _corners(scene, face)
    ab, bc, ca = _dot(pixel, _cross(a, b)), _dot(pixel, _cross(b, c)), _dot(pixel, _cross(c, a))
    total = ab + bc + ca
    return min(ab * total, bc * total, ca * total) >= -1e-9 * total * total


@kernel
def _subtract(a: Vec3, b: Vec3) -> Vec3:
    """Return a - b."""
    return (a[0] - b[0], a[1] - b[1], a[2] - b[2])


@kernel
def _scale(a: Vec3, factor: float) -> Vec3:
    """Return a times a number."""
    return (a[0] * factor, a[1] * factor, a[2] * factor)


@kernel
def _dot(a: Vec3, b: Vec3) -> float:
    """Return the inner product."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


@kernel
def _cross(a: Vec3, b: Vec3) -> Vec3:
    """Return the cross product."""
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])
