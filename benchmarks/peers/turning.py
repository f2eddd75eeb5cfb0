"""The scene that all renderers draw: six bumpy balls of 100,000 faces, photographs on them, each turning about itself."""

import numpy as np
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
    photographs = (data.astronaut(), data.coffee(), data.chelsea())
    return {f"ball{index}": _ball(rings, photographs[index % 3]) for index in range(COUNT)}


def world_from_ball(index: int, frame: int) -> Array:
    """Return the place [4, 4] of a ball; the camera stands at the origin and looks along -Z."""
    matrix = np.eye(4)
    matrix[:3, :3] = Rotation.from_euler("yx", [3.0 * frame + 60 * index, 15.0 * index], degrees=True).as_matrix()
    matrix[:3, 3] = (index % 3 - 1) * 2.0, (index // 3 - 0.5) * 1.6, -6.0 - 0.3 * index
    return matrix


def _ball(rings: int, texture: np.ndarray) -> Mesh:
    """A grid of latitude and longitude, so that vertices need no splitting for any renderer."""
    columns = 2 * rings
    down, around = np.meshgrid(np.linspace(0, 1, rings + 1), np.linspace(0, 1, columns + 1), indexing="ij")
    theta, phi = np.pi * down, 2 * np.pi * around
    ball = np.stack([np.sin(theta) * np.sin(phi), np.cos(theta), np.sin(theta) * np.cos(phi)], axis=-1)
    bumps = 1 + 0.1 * np.sin(9 * ball[..., :1]) * np.sin(7 * ball[..., 1:2]) + 0.05 * np.sin(23 * ball[..., 2:])
    vertices = (ball * bumps).reshape(-1, 3).astype(np.float32)
    first = (np.arange(rings)[:, None] * (columns + 1) + np.arange(columns)).reshape(-1, 1)
    faces = np.concatenate([first + [0, columns + 1, columns + 2], first + [0, columns + 2, 1]], axis=1)
    faces = faces.reshape(-1, 3).astype(np.int32)
    uv = np.stack([around, down], axis=-1).reshape(-1, 2).astype(np.float32)
    return Mesh(vertices, faces, uv[faces], _vertex_normals(vertices, faces)[faces], texture)


def _vertex_normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    a, b, c = np.moveaxis(vertices[faces].astype(float), 1, 0)
    flat = np.cross(b - a, c - a)
    normals = np.zeros(vertices.shape)
    for corner in range(3):
        np.add.at(normals, faces[:, corner], flat)
    normals = np.where(np.linalg.norm(normals, axis=-1, keepdims=True) > 0, normals, vertices)
    return (normals / np.linalg.norm(normals, axis=-1, keepdims=True)).astype(np.float32)
