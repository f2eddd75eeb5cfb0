"""The kernels behind ``find_flow``: a point on a face, followed to another frame.

All of it happens in the cameras' pixel frames: a point is (x, y, 1) in pixels times its depth in metres, which is
linear in space, also behind the camera. There 1 / depth on a face's plane is a linear function of (x, y, 1).

Compiled as those of ``visibility`` are, and alone in their file for the same reason.
"""

from typing import NamedTuple, TypeAlias

import numpy as np
from numba import njit
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array

kernel = njit(nogil=True, cache=True, error_model="numpy", forceinline=True)

Vec3: TypeAlias = tuple[float, float, float]
Corners: TypeAlias = tuple[Vec3, Vec3, Vec3]

# Two surfaces nearer to each other than this, relative to their depth, lie on one another; no pass tells them apart.
TOUCHING = 1e-5


class Scene(NamedTuple):
    """The merged mesh at one frame, before that frame's camera.

    Attributes:
        points: [V, 3], the vertices in the camera's pixel frame; of entities that are not there, anything.
        faces: [F, 3].
        face_entity: [F].
    """

    points: Array
    faces: NDArray[np.int32]
    face_entity: NDArray[np.int32]


class Picture(NamedTuple):
    """What can be seen at the other frame.

    Attributes:
        face_idx: [H, W], the nearest face at the pixels' centres.
        visible: [E], which entities are there.
        x0: Left end of what is drawn, in whole pixels.
        y0: Its upper end.
        x1: Its right end.
        y1: Its lower end.
        near_m: Nothing nearer to the camera's plane is drawn.
    """

    face_idx: NDArray[np.int32]
    visible: NDArray[np.bool_]
    x0: int
    y0: int
    x1: int
    y1: int
    near_m: float


class Path(NamedTuple):
    """A face at two frames.

    Attributes:
        stays: Its corners are where they were.
        across: What (x, y, 1) is multiplied with for the weights of its corners at the first frame, up to scale.
        corners: Of the other frame.
        plane: Of the other frame; 1 / depth = plane . (x, y, 1).
    """

    stays: bool
    across: Corners
    corners: Corners
    plane: Vec3


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
def follow(
    face_idx: NDArray[np.int32],
    now: Scene,
    then: Scene,
    picture: Picture,
    move_px: NDArray[np.float32],
    seen: NDArray[np.bool_],
) -> None:
    """Fill ``move_px`` and ``seen`` of every pixel from its nearest face."""
    planes = np.empty((picture.face_idx.shape[0], picture.face_idx.shape[1], 3), np.float32)
    _fill(planes, then, picture.face_idx)
    width = face_idx.shape[1]
    for y in range(face_idx.shape[0]):
        end = 0
        while end < width:
            start = end
            face = face_idx[y, start]
            while end < width and face_idx[y, end] == face:
                move_px[y, end, 0] = 0.0
                move_px[y, end, 1] = 0.0
                seen[y, end] = False
                end += 1
            if face < 0 or not picture.visible[now.face_entity[face]]:
                continue
            path = _path(now, then, face)
            for x in range(start, end):
                place = _place(path, (x + 0.5, y + 0.5, 1.0))
                if 0.0 < place[2] * picture.near_m <= 1.0:
                    if path.stays:
                        place = (x + 0.5, y + 0.5, place[2])
                    move_px[y, x, 0] = place[0] - (x + 0.5)
                    move_px[y, x, 1] = place[1] - (y + 0.5)
                    inside = picture.x0 <= place[0] < picture.x1 and picture.y0 <= place[1] < picture.y1
                    seen[y, x] = inside and not _is_hidden(then, picture, planes, path, place)


@kernel
def _path(now: Scene, then: Scene, face: np.int32) -> Path:
    a, b, c = _corners(now, face)
    corners = _corners(then, face)
    bc, ca, ab = _cross(b, _subtract(c, b)), _cross(c, _subtract(a, c)), _cross(a, _subtract(b, a))
    # The weights are to be positive where depth is.
    sign = 1.0 if _dot(a, bc) > 0.0 else -1.0
    return Path(
        (a, b, c) == corners,
        (_scale(bc, sign), _scale(ca, sign), _scale(ab, sign)),
        corners,
        _plane(corners),
    )


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


@kernel
def _place(path: Path, pixel: Vec3) -> Vec3:
    """Return where what is seen at a pixel is at the other frame: x and y in pixels, 1 / depth in 1/m."""
    # Held on the face: a backend's edges may lie a hair beside ours, and an edge-on face's plane is far off its rim.
    t = max(_dot(path.across[0], pixel), 0.0)
    u = max(_dot(path.across[1], pixel), 0.0)
    v = max(_dot(path.across[2], pixel), 0.0)
    if not t + u + v > 0.0:
        t, u, v = 1.0, 0.0, 0.0
    a, b, c = path.corners
    inverse = 1.0 / (t * a[2] + u * b[2] + v * c[2])
    return (
        (t * a[0] + u * b[0] + v * c[0]) * inverse,
        (t * a[1] + u * b[1] + v * c[1]) * inverse,
        (t + u + v) * inverse,
    )


@kernel
def _fill(planes: NDArray[np.float32], scene: Scene, face_idx: NDArray[np.int32]) -> None:
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
def _is_hidden(then: Scene, picture: Picture, planes: NDArray[np.float32], path: Path, place: Vec3) -> bool:
    """Tell whether something is nearer than a place on a face.

    It lies between four samples. Faces seen there that are in front of it hide it if all four are; if only some are,
    the edge of what hides runs between the samples.
    """
    right, bottom = int(place[0] + 0.5), int(place[1] + 0.5)
    left, top = max(right - 1, picture.x0), max(bottom - 1, picture.y0)
    right, bottom = min(right, picture.x1 - 1), min(bottom, picture.y1 - 1)
    in_front = _is_in_front(planes, left, top, path, place)
    in_front |= _is_in_front(planes, right, top, path, place) << 1
    in_front |= _is_in_front(planes, left, bottom, path, place) << 2
    in_front |= _is_in_front(planes, right, bottom, path, place) << 3
    if in_front == 0 or in_front == 15:
        return in_front == 15
    return _is_behind_an_edge(then, picture, in_front, place)


@kernel
def _is_in_front(planes: NDArray[np.float32], x: int, y: int, path: Path, place: Vec3) -> int:
    """Tell (1 or 0) whether the face that is seen at a sample is nearer than a place beside it.

    From the sample to the place one goes along its face's plane, and along the place's own. Neither says much about
    the other: of two faces that meet in a ridge, each has the other's plane before it; of two that meet in a groove,
    each lies before the other's plane. Only what is in front by both counts.
    """
    right, down = place[0] - (x + 0.5), place[1] - (y + 0.5)
    there = planes[y, x, 0]
    by_its_own = there + planes[y, x, 1] * right + planes[y, x, 2] * down
    by_the_place = there + path.plane[0] * right + path.plane[1] * down
    return int(min(by_its_own, by_the_place) > place[2] * (1.0 + TOUCHING))


@njit(nogil=True, cache=True, error_model="numpy")
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
