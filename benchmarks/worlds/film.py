"""A textured yard that stands still, a ball that rolls through it, and a camera that films both."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage import data

from r2s2r.geometry.camera import Camera, intrinsics_from_fov, look_at_rotation
from r2s2r.geometry.framing import Rectangle
from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.transforms import Array, inverse
from r2s2r.stages.render.cpu.cpu_rasteriser import CpuRasteriser
from r2s2r.stages.render.rasteriser import Raster
from r2s2r.stages.render.renderer import Renderer
from r2s2r.stages.render.scene_mesh import merge
from r2s2r.stages.render.view import View

BALL = "ball"
_YARD_M, _WALL_M = 16.0, 5.0
_SUPERSAMPLED = 2
# x, z, width, height, depth of each block; the camera films from about the origin towards -Z.
_BLOCKS = (
    (-2.6, -5.5, 1.0, 1.3, 0.8),
    (1.9, -4.6, 0.7, 0.9, 0.7),
    (3.3, -7.0, 1.4, 2.0, 1.0),
    (-1.0, -8.0, 1.8, 1.6, 1.2),
    (-4.4, -7.6, 1.2, 2.6, 1.2),
    (0.7, -6.6, 0.6, 0.6, 0.6),
)


@dataclass(frozen=True, eq=False)
class Shown:
    """One frame: ``picture`` [H, W, 3] uint8, ``ball`` [H, W] bool, ``depth_m`` [H, W] float32 of the world without it.

    ``behind`` [H, W, 3] is what the picture would be without the ball.
    """

    picture: NDArray[np.uint8]
    behind: NDArray[np.uint8]
    ball: NDArray[np.bool_]
    depth_m: NDArray[np.float32]


def film(cameras: Sequence[Camera], balls_m: Array) -> Iterator[Shown]:
    """Film the yard with each of some cameras of one size; the ball is at [N, 3]."""
    meshes = merge({**yard(), BALL: _ball(0.35)})
    height, width = cameras[0].height * _SUPERSAMPLED, cameras[0].width * _SUPERSAMPLED
    raster = Raster(height, width)
    renderer = Renderer(meshes, CpuRasteriser(meshes, raster), raster)
    ball = meshes.names.index(BALL)
    for camera, ball_m in zip(cameras, balls_m, strict=True):
        world_from_entity = np.tile(np.eye(4), (len(meshes.names), 1, 1))
        world_from_entity[ball, :3, 3] = ball_m
        layers = renderer.render(_view(camera, world_from_entity, hidden=None))
        picture = _reduced(layers.rgb)
        covered = cv2.resize(
            (layers.ids == ball + 1).astype(np.float32), (camera.width, camera.height), interpolation=cv2.INTER_AREA
        )
        layers = renderer.render(_view(camera, world_from_entity, hidden=ball))
        depth_m = layers.depth_m[::_SUPERSAMPLED, ::_SUPERSAMPLED].copy()
        yield Shown(picture, _reduced(layers.rgb), covered > 0.5, depth_m)


def walk(frames: int, *, height: int = 360, width: int = 640, fov_deg: float = 55.0) -> list[Camera]:
    """Return a camera that walks 2.4 m to the right and 0.8 m ahead on an arc, bobs, and keeps looking at the yard."""
    share = np.linspace(0, 1, frames)
    eyes_m = np.stack(
        [-1.2 + 2.4 * share, 1.6 + 0.06 * np.sin(9 * share), 0.5 - 0.8 * share + 0.25 * np.sin(3 * share)], axis=1
    )
    targets_m = np.stack([0.6 * np.sin(2 * share), 0.7 + 0.1 * np.cos(5 * share), np.full(frames, -6.0)], axis=1)
    return [
        camera_at(eye, target, height=height, width=width, fov_deg=fov_deg)
        for eye, target in zip(eyes_m, targets_m, strict=True)
    ]


def camera_at(eye_m: Array, target_m: Array, *, height: int, width: int, fov_deg: float) -> Camera:
    """Return a camera that looks at a point, without roll."""
    world_from_camera = np.eye(4)
    world_from_camera[:3, :3], world_from_camera[:3, 3] = look_at_rotation(eye_m, target_m), eye_m
    return Camera(world_from_camera, intrinsics_from_fov(fov_deg, height=height, width=width), height, width)


def rolling(frames: int) -> Array:
    """Return where the ball is [N, 3]: it rolls from left to right over the ground."""
    share = np.linspace(0, 1, frames)
    return np.stack([-1.6 + 3.2 * share, np.full(frames, 0.35), np.full(frames, -4.2)], axis=1)


def yard() -> dict[str, Mesh]:
    """Return the world's meshes, in world coordinates: ground, three walls, blocks with photographs on them."""
    half, wall = _YARD_M / 2, _WALL_M
    corners = np.array([[-half, 0, half - 4], [half, 0, half - 4], [half, 0, -half - 4], [-half, 0, -half - 4]])
    up = np.array([0, wall, 0.0])
    meshes = {"ground": _quad(corners, _noise(2048, 1))}
    for number, (a, b) in enumerate(((0, 3), (3, 2), (2, 1))):
        quad = np.array([corners[a], corners[b], corners[b] + up, corners[a] + up])
        meshes[f"wall{number}"] = _quad(quad, _noise(1024, 2 + number)[:320])
    photographs: list[NDArray[np.uint8]] = [getattr(data, name)() for name in ("astronaut", "coffee", "chelsea")]
    for number, (x, z, width, height, depth) in enumerate(_BLOCKS):
        meshes[f"block{number}"] = _block(x, z, (width, height, depth), photographs[number % 3])
    return meshes


def _view(camera: Camera, world_from_entity: Array, *, hidden: int | None) -> View:
    visible = np.ones(len(world_from_entity), bool)
    if hidden is not None:
        visible[hidden] = False
    height, width = camera.height * _SUPERSAMPLED, camera.width * _SUPERSAMPLED
    return View(
        camera_from_entity=inverse(camera.world_from_camera) @ world_from_entity,
        visible=visible,
        intrinsics=np.diag([_SUPERSAMPLED, _SUPERSAMPLED, 1.0]) @ camera.intrinsics,
        height=height,
        width=width,
        active=Rectangle(0, 0, width, height),
        near_m=0.05,
    )


def _reduced(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    size = picture.shape[1] // _SUPERSAMPLED, picture.shape[0] // _SUPERSAMPLED
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _quad(corners: Array, texture: NDArray[np.uint8]) -> Mesh:
    uv = np.array([[0, 1], [1, 1], [1, 0], [0, 0]], np.float32)
    faces = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
    normal = np.cross(corners[1] - corners[0], corners[2] - corners[0])
    normals = np.tile((normal / np.linalg.norm(normal)).astype(np.float32), (2, 3, 1))
    return Mesh(corners.astype(np.float32), faces, uv[faces], normals, texture)


def _block(x: float, z: float, size_m: tuple[float, float, float], texture: NDArray[np.uint8]) -> Mesh:
    """Return a box without bottom, standing on the ground at x, z; each side shows the texture."""
    width, height, depth = size_m
    a, b, c, d = (np.array([x + i * width / 2, 0, z + j * depth / 2]) for i, j in ((-1, 1), (1, 1), (1, -1), (-1, -1)))
    up = np.array([0, height, 0])
    sides = [_quad(np.array([p, q, q + up, p + up]), texture) for p, q in ((a, b), (b, c), (c, d), (d, a))]
    sides.append(_quad(np.array([a, b, c, d]) + up, texture))
    return Mesh(
        np.concatenate([side.vertices for side in sides]),
        np.concatenate([side.faces + 4 * number for number, side in enumerate(sides)]).astype(np.int32),
        np.concatenate([side.corner_uv for side in sides]),
        np.concatenate([side.corner_normals for side in sides]),
        texture,
    )


def _ball(radius_m: float) -> Mesh:
    rings = 24
    down, around = np.meshgrid(np.linspace(0, 1, rings + 1), np.linspace(0, 1, 2 * rings + 1), indexing="ij")
    theta, phi = np.pi * down, 2 * np.pi * around
    vertices = np.stack([np.sin(theta) * np.sin(phi), np.cos(theta), np.sin(theta) * np.cos(phi)], axis=-1)
    vertices = vertices.reshape(-1, 3).astype(np.float32)
    first = (np.arange(rings)[:, None] * (2 * rings + 1) + np.arange(2 * rings)).reshape(-1, 1)
    below = 2 * rings + 1
    faces = (first + np.array([0, below, below + 1, 0, below + 1, 1])).reshape(-1, 3).astype(np.int32)
    uv = np.stack([around, down], axis=-1).reshape(-1, 2).astype(np.float32)
    return Mesh(vertices * np.float32(radius_m), faces, uv[faces], vertices[faces], _noise(256, 9))


def _noise(size: int, seed: int) -> NDArray[np.uint8]:
    """Return a picture with detail at every scale."""
    rng, total = np.random.default_rng(seed), np.zeros((size, size, 3), np.float32)
    cell = size // 4
    while cell >= 2:
        coarse = rng.normal(size=(size // cell + 1, size // cell + 1, 3)).astype(np.float32)
        total += cv2.resize(coarse, (size, size), interpolation=cv2.INTER_CUBIC) * np.float32(cell**0.35)
        cell //= 2
    return np.asarray(np.clip(128 + 48 * total / total.std(), 0, 255), np.uint8)
