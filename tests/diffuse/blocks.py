"""Painted blocks: things whose every pixel is known, ray-traced."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.camera import Camera
from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.transforms import Array, inverse, transform_points, translation


class Still(NamedTuple):
    """What a photograph shows of a block."""

    home_m: tuple[float, float, float]
    size_m: tuple[float, float, float]
    colour: tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class Block:
    """A box of ``size_m`` (x, y, z) standing at ``home_m``, with its place in every frame (default: at home)."""

    home_m: tuple[float, float, float] = (-0.4, 0.0, -7.0)
    size_m: tuple[float, float, float] = (1.0, 1.5, 0.6)
    colour: tuple[float, float, float] = (190.0, 120.0, 90.0)
    photographed: bool = True
    track: Array | None = None
    visible: bool = True

    @property
    def home(self) -> Array:
        return translation(self.home_m)

    @property
    def still(self) -> Still:
        return Still(self.home_m, self.size_m, self.colour)


def painted(
    blocks: dict[str, Block], camera: Camera, tracks: dict[str, Array]
) -> tuple[NDArray[np.uint16], NDArray[np.float64], NDArray[np.float32]]:
    """Ray-trace ids [H, W], colours [H, W, 3] and depth_m [H, W] of blocks that stand at ``tracks``."""
    columns, rows = np.meshgrid(np.arange(camera.width) + 0.5, np.arange(camera.height) + 0.5)
    rays = camera.rays(np.stack([columns, rows], axis=-1))
    ids, depth = np.zeros(rays.shape[:2], np.uint16), np.full(rays.shape[:2], np.inf)
    colours = np.zeros(rays.shape)
    for number, name in enumerate(sorted(blocks), start=1):
        if not blocks[name].visible:
            continue
        block, entity_from_world = blocks[name], inverse(tracks[name])
        eye = transform_points(entity_from_world, camera.position_m)
        directions = rays @ entity_from_world[:3, :3].T
        low, high = extent(block)
        with np.errstate(divide="ignore", invalid="ignore"):
            first, second = (low - eye) / directions, (high - eye) / directions
        enter, leave = np.fmin(first, second).max(axis=-1), np.fmax(first, second).min(axis=-1)
        nearer = (enter <= leave) & (enter > 0) & (enter < depth)
        depth = np.where(nearer, enter, depth)
        ids[nearer] = number
        hits = eye + enter[nearer][:, None] * directions[nearer]
        shade = 1 + 0.25 * np.sin(9 * hits[:, :1] + 2) * np.sin(7 * hits[:, 1:2]) + 0.15 * np.sin(11 * hits[:, 2:])
        colours[nearer] = np.array(block.colour) * shade
    return ids, np.clip(colours, 0, 255), np.where(ids > 0, depth, 0).astype(np.float32)


def extent(block: Block) -> tuple[Array, Array]:
    width, height, length = block.size_m
    return np.array([-width / 2, 0, -length / 2]), np.array([width / 2, height, length / 2])


def block_mesh(block: Block) -> Mesh:
    """Return the block as a closed mesh of 12 triangles."""
    low, high = extent(block)
    vertices = np.array([[x, y, z] for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])])
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    faces = np.array([triangle for a, b, c, d in quads for triangle in ((a, b, c), (a, c, d))], np.int32)
    corners = vertices[faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return Mesh(
        vertices=vertices.astype(np.float32),
        faces=faces,
        corner_uv=np.zeros((12, 3, 2), np.float32),
        corner_normals=np.repeat(normals[:, None], 3, axis=1).astype(np.float32),
        texture=np.full((2, 2, 3), block.colour, np.uint8),
    )
