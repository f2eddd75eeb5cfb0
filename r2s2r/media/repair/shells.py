"""Shells: the closed surfaces of which a mesh consists, and which way they face."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from r2s2r.geometry.transforms import Array
from r2s2r.media.repair.edges import Ints, half_edges

# So many of the largest shells are asked whether they are round a cavity.
_OUTER = 64


def shells(faces: NDArray[np.int32]) -> Ints:
    """Return the number of the shell that each face [F] belongs to, from 0."""
    start, end = half_edges(faces)
    count = int(faces.max()) + 1
    graph = coo_array((np.ones(len(start), np.int8), (start, end)), shape=(count, count))
    _, label = connected_components(graph, directed=False)
    _, number = np.unique(label[faces[:, 0]], return_inverse=True)
    return number.astype(np.int64)


def volumes(vertices: Array, faces: NDArray[np.int32], shell: Ints) -> Array:
    """Return the volume that each shell encloses; negative when it faces inwards."""
    centred = vertices - vertices.mean(axis=0)
    a, b, c = (centred[faces[:, corner]] for corner in range(3))
    enclosed: Array = np.bincount(shell, np.einsum("fi,fi->f", a, np.cross(b, c)) / 6).astype(np.float64)
    return enclosed


def inside_out(vertices: Array, faces: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Return which faces [F] to turn over so that shells face outwards.

    A shell that faces inwards and lies within the bounds of one that faces outwards is a cavity, and stays.
    """
    shell = shells(faces)
    volume = volumes(vertices, faces, shell)
    if (volume >= 0).all():
        return np.zeros(len(faces), np.bool_)
    low, high = _bounds(vertices, faces, shell)
    turned = np.zeros(len(volume), np.bool_)
    outer = np.argsort(-volume, kind="stable")[: min(_OUTER, int((volume > 0).sum()))]
    for number in np.flatnonzero(volume < 0):
        around = (low[outer] < low[number]).all(axis=1) & (high[outer] > high[number]).all(axis=1)
        turned[number] = not (around & (volume[outer] > -volume[number])).any()
    return turned[shell]


def _bounds(vertices: Array, faces: NDArray[np.int32], shell: Ints) -> tuple[Array, Array]:
    """Return the lowest and highest corner of each shell, [S, 3] each."""
    corners = vertices[faces]
    low = np.full((int(shell.max()) + 1, 3), np.inf)
    high = -low
    np.minimum.at(low, shell, corners.min(axis=1))
    np.maximum.at(high, shell, corners.max(axis=1))
    return low, high
