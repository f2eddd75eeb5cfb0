"""The scene that all renderers draw: six bumpy, closed balls of 100,000 faces, photographs on them, each turning."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation
from skimage import data

from r2s2r.artifacts.animation import Animation, AnimationFacts
from r2s2r.geometry.camera import centred_intrinsics
from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.transforms import Array

HEIGHT, WIDTH = 720, 1280
FOCAL_PX = 1100.0
COUNT = 6
NEAR_M, FAR_M = 0.05, 50.0
_UV_STEPS = 1 << 20


@dataclass(frozen=True, eq=False)
class Split:
    """A mesh as OpenGL wants it: a vertex of its own wherever texture coordinates differ.

    Attributes:
        vertices: [V, 3] float32.
        faces: [F, 3] int32.
        uv: [V, 2] float32, v upwards.
        normals: [V, 3] float32.
    """

    vertices: NDArray[np.float32]
    faces: NDArray[np.int32]
    uv: NDArray[np.float32]
    normals: NDArray[np.float32]


def balls(faces: int = 600_000) -> dict[str, Mesh]:
    """Return the meshes by name; their ids are their order plus 1."""
    rings = 1 + round((faces / COUNT / 4) ** 0.5)
    photographs: list[NDArray[np.uint8]] = [getattr(data, name)() for name in ("astronaut", "coffee", "chelsea")]
    return {f"ball{index}": _ball(rings, photographs[index % 3]) for index in range(COUNT)}


def world_from_ball(index: int, frame: int) -> Array:
    """Return the place [4, 4] of a ball; the camera stands at the origin and looks along -Z."""
    matrix = np.eye(4)
    matrix[:3, :3] = Rotation.from_euler("yx", [3.0 * frame + 60 * index, 15.0 * index], degrees=True).as_matrix()
    matrix[:3, 3] = (index % 3 - 1) * 2.0, (index // 3 - 0.5) * 1.6, -6.0 - 0.3 * index
    return matrix


def animation(frames: range, *, height: int = HEIGHT, width: int = WIDTH) -> Animation:
    """Return some frames of the turning balls; in a picture of another size they fill as much of its height."""
    names = tuple(f"ball{index}" for index in range(COUNT))
    intrinsics = centred_intrinsics(FOCAL_PX * height / HEIGHT, height=height, width=width)
    count = len(frames)
    return Animation(
        facts=AnimationFacts(
            frames=count,
            fps="16/1",
            entities=names,
            source_height=height,
            source_width=width,
            height=height,
            width=width,
            fit="crop",
        ),
        world_from_camera=np.tile(np.diag([1.0, -1.0, -1.0, 1.0]), (count, 1, 1)),
        intrinsics=np.tile(intrinsics, (count, 1, 1)),
        world_from_entity={
            name: np.array([world_from_ball(index, frame) for frame in frames]) for index, name in enumerate(names)
        },
        visible={name: np.ones(count, bool) for name in names},
    )


def split(mesh: Mesh) -> Split:
    """Split a mesh's vertices for the peers; texture coordinates nearer than a millionth are one."""
    steps = np.round(mesh.corner_uv * _UV_STEPS).astype(np.int64).reshape(-1, 2)
    corners = (mesh.faces.ravel().astype(np.int64) << 42) | (steps[:, 0] << 21) | steps[:, 1]
    _, first, vertex = np.unique(corners, return_index=True, return_inverse=True)
    return Split(
        vertices=mesh.vertices[mesh.faces.ravel()[first]],
        faces=vertex.reshape(-1, 3).astype(np.int32),
        uv=(mesh.corner_uv.reshape(-1, 2)[first] * [1, -1] + [0, 1]).astype(np.float32),
        normals=mesh.corner_normals.reshape(-1, 3)[first],
    )


def _ball(rings: int, texture: NDArray[np.uint8]) -> Mesh:
    """A grid of latitude and longitude whose last column meets its first, and whose first and last row are points."""
    columns = 2 * rings
    down, around = np.meshgrid(np.linspace(0, 1, rings + 1), np.linspace(0, 1, columns + 1), indexing="ij")
    theta, phi = np.pi * down, 2 * np.pi * around
    ball = np.stack([np.sin(theta) * np.sin(phi), np.cos(theta), np.sin(theta) * np.cos(phi)], axis=-1)
    bumps = 1 + 0.1 * np.sin(9 * ball[..., :1]) * np.sin(7 * ball[..., 1:2]) + 0.05 * np.sin(23 * ball[..., 2:])
    first = (np.arange(rings)[:, None] * (columns + 1) + np.arange(columns)).reshape(-1, 1)
    below, above = np.array([0, columns + 1, columns + 2]), np.array([0, columns + 2, 1])
    cells = np.concatenate([(first + below)[:-columns], (first + above)[columns:]])  # none of a point's width
    used, corners = np.unique(_shared(rings, columns)[cells], return_inverse=True)
    faces: NDArray[np.int32] = corners.reshape(-1, 3).astype(np.int32)
    vertices = (ball * bumps).reshape(-1, 3)[used].astype(np.float32)
    uv = np.stack([around, down], axis=-1).reshape(-1, 2).astype(np.float32)
    return Mesh(vertices, faces, uv[cells], _vertex_normals(vertices, faces)[faces], texture)


def _shared(rings: int, columns: int) -> NDArray[np.int64]:
    """Return for each place of the grid the first place that is the same point."""
    place = np.arange((rings + 1) * (columns + 1)).reshape(rings + 1, columns + 1)
    place[:, -1] = place[:, 0]
    place[0], place[-1] = place[0, 0], place[-1, 0]
    return place.ravel()


def _vertex_normals(vertices: NDArray[np.float32], faces: NDArray[np.int32]) -> NDArray[np.float32]:
    a, b, c = np.moveaxis(vertices[faces].astype(float), 1, 0)
    flat = np.repeat(np.cross(b - a, c - a), 3, axis=0)
    sums = [np.bincount(faces.ravel(), flat[:, axis], len(vertices)) for axis in range(3)]
    normals = np.stack(sums, axis=-1)
    unit: NDArray[np.float32] = (normals / np.linalg.norm(normals, axis=-1, keepdims=True)).astype(np.float32)
    return unit
