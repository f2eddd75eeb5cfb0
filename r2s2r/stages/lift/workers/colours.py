"""The colours of one mesh on another that lies nearly in the same place: a texture with a tiny tile for each face."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.normals import smooth_normals
from r2s2r.geometry.transforms import Array

_NEAREST = 4
_BITS = 10


def painted(vertices: Array, faces: NDArray[np.int32], like: Mesh) -> Mesh:
    """Return a mesh with the colours that ``like`` has nearby, interpolated over its faces.

    A tile is 2 x 2 texels, three of them the colours of the face's corners and the fourth what continues them, so that
    bilinear sampling gives the linear interpolation exactly. Tiles near each other in space are so in the texture.
    """
    colours = _vertex_colours(vertices, like)
    side = int(np.ceil(np.sqrt(len(faces))))
    rank = np.empty(len(faces), np.int64)
    rank[np.argsort(_along_a_curve(vertices[faces].mean(axis=1)), kind="stable")] = np.arange(len(faces))
    # In rows of blocks rather than of tiles, for the smaller versions of a texture mix neighbours.
    column, row = _block_place(rank, side)
    a, b, c = (colours[faces[:, corner]] for corner in range(3))
    height = int(row.max()) + 1
    texture = np.zeros((height, 2, side, 2, 3), np.float64)
    texture[row, 0, column, 0], texture[row, 0, column, 1] = a, b
    texture[row, 1, column, 0], texture[row, 1, column, 1] = c, b + c - a
    picture = np.clip(np.round(texture.reshape(2 * height, 2 * side, 3)), 0, 255).astype(np.uint8)
    centres = np.array([[0.5, 0.5], [1.5, 0.5], [0.5, 1.5]])
    corner_uv = (2 * np.stack([column, row], axis=1)[:, None] + centres) / [2 * side, 2 * height]
    return Mesh(
        vertices=vertices.astype(np.float32),
        faces=faces,
        corner_uv=corner_uv.astype(np.float32),
        corner_normals=smooth_normals(vertices, faces),
        texture=picture,
    )


def _vertex_colours(vertices: Array, like: Mesh) -> Array:
    """Return the colours [V, 3] of the faces of ``like`` whose middles are nearest, by their distance."""
    tree = cKDTree(like.vertices[like.faces].astype(np.float64).mean(axis=1))
    found = tree.query(vertices, k=min(_NEAREST, len(like.faces)))
    distance, face = (np.asarray(one).reshape(len(vertices), -1) for one in found)
    height, width = like.texture.shape[:2]
    place = like.corner_uv.astype(np.float64).mean(axis=1) * [width, height]
    column, row = np.clip(place.astype(np.int64), 0, [width - 1, height - 1]).T
    weight = 1 / np.maximum(distance, 1e-9)
    colours: Array = like.texture[row, column].astype(np.float64)[face]
    return np.asarray((colours * weight[..., None]).sum(axis=1) / weight.sum(axis=1, keepdims=True))


def _along_a_curve(points: Array) -> NDArray[np.int64]:
    """Return where points [N, 3] lie along a curve through space that keeps near what is near (Morton's)."""
    low, extent = points.min(axis=0), max(float(np.ptp(points, axis=0).max()), 1e-12)
    cell = np.minimum((points - low) / extent * 2**_BITS, 2**_BITS - 1).astype(np.int64)
    code = np.zeros(len(points), np.int64)
    for bit in range(_BITS):
        for axis in range(3):
            code |= (cell[:, axis] >> bit & 1) << (3 * bit + axis)
    return code


def _block_place(rank: NDArray[np.int64], side: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return column and row of tiles laid out in bands of ``band`` rows, filled column by column."""
    band = max(1, int(np.sqrt(side)))
    in_band = rank % (band * side)
    return in_band // band, rank // (band * side) * band + in_band % band
