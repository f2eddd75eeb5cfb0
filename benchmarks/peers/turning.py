"""The scene that all renderers draw: six bumpy balls of 100,000 faces, photographs on them, each turning."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation
from skimage import data

from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.transforms import Array

HEIGHT, WIDTH = 720, 1280
FOCAL_PX = 1100.0
COUNT = 6
NEAR_M, FAR_M = 0.05, 50.0


def balls(faces: int = 600_000) -> dict[str, Mesh]:
    """Return the meshes by name; their ids are their order plus 1."""
    rings = round((faces / COUNT / 4) ** 0.5)
    photographs: list[NDArray[np.uint8]] = [getattr(data, name)() for name in ("astronaut", "coffee", "chelsea")]
    return {f"ball{index}": _ball(rings, photographs[index % 3]) for index in range(COUNT)}


def world_from_ball(index: int, frame: int) -> Array:
    """Return the place [4, 4] of a ball; the camera stands at the origin and looks along -Z."""
    matrix = np.eye(4)
    matrix[:3, :3] = Rotation.from_euler("yx", [3.0 * frame + 60 * index, 15.0 * index], degrees=True).as_matrix()
    matrix[:3, 3] = (index % 3 - 1) * 2.0, (index // 3 - 0.5) * 1.6, -6.0 - 0.3 * index
    return matrix


def vertex_attributes(mesh: Mesh) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return uv [V, 2], with v upwards as OpenGL has it, and normals [V, 3]; no vertex of a ball has two of either."""
    uv, normals = np.zeros((len(mesh.vertices), 2), np.float32), np.zeros(mesh.vertices.shape, np.float32)
    uv[mesh.faces], normals[mesh.faces] = mesh.corner_uv * [1, -1] + [0, 1], mesh.corner_normals
    return uv, normals


def _ball(rings: int, texture: NDArray[np.uint8]) -> Mesh:
    """A grid of latitude and longitude, so that vertices need no splitting for any renderer."""
    columns = 2 * rings
    down, around = np.meshgrid(np.linspace(0, 1, rings + 1), np.linspace(0, 1, columns + 1), indexing="ij")
    theta, phi = np.pi * down, 2 * np.pi * around
    ball = np.stack([np.sin(theta) * np.sin(phi), np.cos(theta), np.sin(theta) * np.cos(phi)], axis=-1)
    bumps = 1 + 0.1 * np.sin(9 * ball[..., :1]) * np.sin(7 * ball[..., 1:2]) + 0.05 * np.sin(23 * ball[..., 2:])
    vertices = (ball * bumps).reshape(-1, 3).astype(np.float32)
    first = (np.arange(rings)[:, None] * (columns + 1) + np.arange(columns)).reshape(-1, 1)
    corners = np.array([0, columns + 1, columns + 2, 0, columns + 2, 1])
    faces = (first + corners).reshape(-1, 3).astype(np.int32)
    uv = np.stack([around, down], axis=-1).reshape(-1, 2).astype(np.float32)
    return Mesh(vertices, faces, uv[faces], _vertex_normals(vertices, faces)[faces], texture)


def _vertex_normals(vertices: NDArray[np.float32], faces: NDArray[np.int32]) -> NDArray[np.float32]:
    a, b, c = np.moveaxis(vertices[faces].astype(float), 1, 0)
    flat = np.cross(b - a, c - a)
    normals = np.zeros(vertices.shape)
    for corner in range(3):
        np.add.at(normals, faces[:, corner], flat)
    normals = np.where(np.linalg.norm(normals, axis=-1, keepdims=True) > 0, normals, vertices)
    unit: NDArray[np.float32] = (normals / np.linalg.norm(normals, axis=-1, keepdims=True)).astype(np.float32)
    return unit
