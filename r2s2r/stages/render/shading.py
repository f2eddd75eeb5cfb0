"""The kernel behind ``resolve``: a ray, its face, four passes.

Compiled as ``visibility`` is, and alone in its file for the same reason.
"""

import math
from typing import NamedTuple, TypeAlias

import numpy as np
from numba import njit
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array

kernel = njit(nogil=True, cache=True, error_model="numpy", forceinline=True)

Vec3: TypeAlias = tuple[float, float, float]
Number: TypeAlias = np.float64 | np.float32 | np.uint8


class Surface(NamedTuple):
    """The merged mesh, as in ``scene_mesh.SceneMesh`` and ``textures.Textures``."""

    vertices: NDArray[np.float32]
    faces: NDArray[np.int32]
    corner_uv: NDArray[np.float32]
    corner_normals: NDArray[np.float32]
    face_entity: NDArray[np.int32]
    texels: NDArray[np.uint8]
    levels: NDArray[np.int64]


class Rays(NamedTuple):
    """The camera as each of E entities sees it.

    Attributes:
        eye: [E, 3], the camera in the entity's frame.
        entity_from_pixel: [E, 3, 3], from (x, y, 1) in pixels to the ray of camera depth 1.
        camera_from_pixel: [1, 3, 3], the same ray in the camera's frame.
        normal_from_entity: [E, 3, 3], inverse transpose: camera-frame normals from the entity's, unnormalised.
        depth_from_entity: [E, 4], camera depth of a point in the entity's frame, homogeneous.
        footprint: [E], what turns (depth^2 / slant) into a pixel's share of a face.
    """

    eye: Array
    entity_from_pixel: Array
    camera_from_pixel: Array
    normal_from_entity: Array
    depth_from_entity: Array
    footprint: Array


class Drawn(NamedTuple):
    """The passes that are filled, as in ``layers.Layers``."""

    normal: NDArray[np.float32]
    ids: NDArray[np.uint16]
    depth_m: NDArray[np.float32]
    rgb: NDArray[np.uint8]


class Hit(NamedTuple):
    """Where a ray meets a face.

    Attributes:
        u: Weight of the face's second corner.
        v: Weight of its third.
        ray: Direction in the entity's frame, camera depth 1.
        towards: The face's normal in the entity's frame, unnormalised, on the camera's side.
        slant: |ray . (edge x edge)|.
    """

    u: float
    v: float
    ray: Vec3
    towards: Vec3
    slant: float


@kernel
def shade(face_idx: NDArray[np.int32], surface: Surface, rays: Rays, drawn: Drawn) -> None:
    """Fill all passes."""
    for y in range(face_idx.shape[0]):
        for x in range(face_idx.shape[1]):
            face = face_idx[y, x]
            if face < 0:
                drawn.ids[y, x] = 0
                drawn.depth_m[y, x] = 0.0
                for channel in range(3):
                    drawn.normal[y, x, channel] = 0.0
                    drawn.rgb[y, x, channel] = 0
                continue
            pixel = (x + 0.5, y + 0.5, 1.0)
            entity = surface.face_entity[face]
            hit = _meet(surface, rays, face, pixel)
            depth_m = _depth(surface, rays, face, hit)
            drawn.ids[y, x] = entity + 1
            drawn.depth_m[y, x] = depth_m
            normal = _normal(surface, rays, face, pixel, hit)
            drawn.normal[y, x, 0] = normal[0]
            drawn.normal[y, x, 1] = -normal[1]
            drawn.normal[y, x, 2] = -normal[2]
            faces_in_pixel = depth_m * depth_m * rays.footprint[entity] / max(hit.slant, 1e-300)
            colour = _colour(surface, face, hit, faces_in_pixel)
            for channel in range(3):
                drawn.rgb[y, x, channel] = int(colour[channel] + 0.5)


@kernel
def _meet(surface: Surface, rays: Rays, face: int, pixel: Vec3) -> Hit:
    """Meet a pixel's ray with a face (Moeller and Trumbore, Fast, minimum storage ray-triangle intersection, 1997)."""
    entity = surface.face_entity[face]
    ray = _multiply(rays.entity_from_pixel, entity, pixel)
    a = _row(surface.vertices, surface.faces[face, 0])
    ab = _subtract(_row(surface.vertices, surface.faces[face, 1]), a)
    ac = _subtract(_row(surface.vertices, surface.faces[face, 2]), a)
    across = _cross(ray, ac)
    slant = _dot(ab, across)
    inverse = 1.0 / slant if abs(slant) > 1e-300 else 0.0
    from_a = _subtract(_row(rays.eye, entity), a)
    # Held on the face: a backend's edges may lie a hair beside ours, and an edge-on face's plane is far off its rim.
    u = max(_dot(from_a, across) * inverse, 0.0)
    v = max(_dot(ray, _cross(from_a, ab)) * inverse, 0.0)
    over = max(u + v, 1.0)
    towards = _scale(_cross(ab, ac), 1.0 if slant > 0.0 else -1.0)
    return Hit(u / over, v / over, ray, towards, abs(slant))


@kernel
def _depth(surface: Surface, rays: Rays, face: int, hit: Hit) -> float:
    entity = surface.face_entity[face]
    forward = _row(rays.depth_from_entity, entity)
    a = _dot(forward, _row(surface.vertices, surface.faces[face, 0]))
    b = _dot(forward, _row(surface.vertices, surface.faces[face, 1]))
    c = _dot(forward, _row(surface.vertices, surface.faces[face, 2]))
    return float(rays.depth_from_entity[entity, 3] + a + hit.u * (b - a) + hit.v * (c - a))


@kernel
def _normal(surface: Surface, rays: Rays, face: int, pixel: Vec3, hit: Hit) -> Vec3:
    """Return the unit normal in the camera's frame, facing the camera. Branches here would double the kernel's time."""
    entity = surface.face_entity[face]
    smooth = _mix(surface.corner_normals, face, hit.u, hit.v)
    side = _dot(smooth, hit.towards)
    smooth = _scale(smooth, 1.0 if side > 0.0 else -1.0)
    smooth = _subtract(smooth, _scale(hit.towards, -1.0 if side == 0.0 else 0.0))
    # A smoothed normal may lean behind the silhouette; the nearest one that does not is at a right angle to the ray.
    away = max(_dot(smooth, hit.ray), 0.0)
    ray = _multiply(rays.camera_from_pixel, 0, pixel)
    normal = _multiply(rays.normal_from_entity, entity, smooth)
    normal = _subtract(normal, _scale(ray, away / _dot(ray, ray)))
    return _scale(normal, 1.0 / math.sqrt(max(_dot(normal, normal), 1e-300)))


@kernel
def _colour(surface: Surface, face: int, hit: Hit, faces_in_pixel: float) -> Vec3:
    """Sample the texture bilinearly, at the smallest level that is not coarser than the picture."""
    uv, entity = surface.corner_uv, surface.face_entity[face]
    ab_u, ab_v = uv[face, 1, 0] - uv[face, 0, 0], uv[face, 1, 1] - uv[face, 0, 1]
    ac_u, ac_v = uv[face, 2, 0] - uv[face, 0, 0], uv[face, 2, 1] - uv[face, 0, 1]
    texels = abs(ab_u * ac_v - ab_v * ac_u) * surface.levels[entity, 0, 1] * surface.levels[entity, 0, 2]
    level = int(math.log2(min(max(texels * faces_in_pixel, 1.0), 1e12)))
    level = min(level, surface.levels.shape[1] - 1)
    height, width = surface.levels[entity, level, 1], surface.levels[entity, level, 2]
    x = (uv[face, 0, 0] + hit.u * ab_u + hit.v * ac_u) * width - 0.5
    y = (uv[face, 0, 1] + hit.u * ab_v + hit.v * ac_v) * height - 0.5
    x, y = min(max(x, 0.0), width - 1.0), min(max(y, 0.0), height - 1.0)
    left, top = int(x), int(y)
    here = surface.levels[entity, level, 0] + top * width + left
    right, down = here + int(left + 1 < width), width * int(top + 1 < height)
    upper = _between(_row(surface.texels, here), _row(surface.texels, right), x - left)
    lower = _between(_row(surface.texels, here + down), _row(surface.texels, right + down), x - left)
    return _between(upper, lower, y - top)


@kernel
def _between(a: Vec3, b: Vec3, t: float) -> Vec3:
    return (a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]), a[2] + t * (b[2] - a[2]))


@kernel
def _row(matrix: NDArray[Number], i: int) -> Vec3:
    """Return row i of an [N, >= 3] array in double precision."""
    return (float(matrix[i, 0]), float(matrix[i, 1]), float(matrix[i, 2]))


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


@kernel
def _multiply(matrices: Array, i: int, a: Vec3) -> Vec3:
    """Return matrix i of [N, 3, 3] times a."""
    return (
        matrices[i, 0, 0] * a[0] + matrices[i, 0, 1] * a[1] + matrices[i, 0, 2] * a[2],
        matrices[i, 1, 0] * a[0] + matrices[i, 1, 1] * a[1] + matrices[i, 1, 2] * a[2],
        matrices[i, 2, 0] * a[0] + matrices[i, 2, 1] * a[1] + matrices[i, 2, 2] * a[2],
    )


@kernel
def _mix(corners: NDArray[Number], i: int, u: float, v: float) -> Vec3:
    """Return the point of triangle i of [N, 3, 3] (corners by rows) with the weights 1 - u - v, u and v."""
    t = 1.0 - u - v
    return (
        t * corners[i, 0, 0] + u * corners[i, 1, 0] + v * corners[i, 2, 0],
        t * corners[i, 0, 1] + u * corners[i, 1, 1] + v * corners[i, 2, 1],
        t * corners[i, 0, 2] + u * corners[i, 1, 2] + v * corners[i, 2, 2],
    )
