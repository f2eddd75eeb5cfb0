"""Heights over a silhouette: what makes a disc a sphere, by Poisson's equation."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, sparse
from scipy.sparse.linalg import spsolve

from r2s2r.geometry.transforms import Array

# A border closer to a node than this share of a cell is treated as this far: keeps the equations well-conditioned.
_NEAREST_BORDER = 0.02
# A piece stands on its lower end when it reaches this many rows above it.
_HELD = 3


def squared_heights(distance: Array, open_from: int | None = None) -> Array:
    """Return u [Ny, Nx] in squared cells, with ``lap(u) = -4`` inside and 0 on the outline.

    On a disc of radius r this is ``r^2 - x^2 - y^2``, whose root is a half sphere. The outline is where ``distance``
    (signed, in cells, positive inside) crosses zero between nodes (second order: Gibou et al. 2002). Outside, u goes on
    below zero, such that its zero stays on the outline when it is interpolated.

    From row ``open_from`` on the outline is where something stands: there u does not fall off (its slope across the
    outline is 0), and outside it stays as it is. Pieces that reach no higher are closed like all others.
    """
    inside = distance > 0
    is_open = _open_nodes(inside, open_from)
    index = np.full(distance.shape, -1, np.int64)
    index[inside] = np.arange(inside.sum())
    diagonal = np.zeros(distance.shape)
    rows, columns = [], []
    for axis, step in ((0, 1), (0, -1), (1, 1), (1, -1)):
        neighbour = np.roll(distance, -step, axis)
        crossing = distance / np.where(inside & (neighbour <= 0), distance - neighbour, 1.0)
        closed = np.where(is_open, 0.0, 1.0 / np.maximum(crossing, _NEAREST_BORDER))
        diagonal += np.where(neighbour > 0, 1.0, closed)
        linked = inside & (neighbour > 0)
        rows.append(index[linked])
        columns.append(np.roll(index, -step, axis)[linked])
    solution = _solve(diagonal[inside], np.concatenate(rows), np.concatenate(columns))
    return _extended(distance, inside, solution, is_open)


def _open_nodes(inside: NDArray[np.bool_], open_from: int | None) -> NDArray[np.bool_]:
    if open_from is None:
        return np.zeros_like(inside)
    below = np.arange(len(inside))[:, None] >= open_from
    pieces, _ = ndimage.label(inside)
    # A border above is what holds the heights down.
    standing = np.unique(pieces[inside & ~below & (np.arange(len(inside))[:, None] < open_from - _HELD)])
    return np.asarray(below & np.isin(pieces, standing[standing > 0]))


def _solve(diagonal: Array, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> Array:
    count = len(diagonal)
    links = sparse.coo_array((np.full(len(rows), -1.0), (rows, columns)), shape=(count, count))
    matrix = (links + sparse.diags_array(diagonal)).tocsc()
    # COLAMD would fill in twice as much: the matrix is symmetric.
    solution: Array = spsolve(matrix, np.full(count, 4.0), permc_spec="MMD_AT_PLUS_A")
    return solution


def _extended(distance: Array, inside: NDArray[np.bool_], solution: Array, is_open: NDArray[np.bool_]) -> Array:
    """Carry u over the outline: u = slope * distance, with the slope of the nearest node inside; as it is, if open."""
    heights = np.zeros(distance.shape)
    heights[inside] = solution
    slope = np.zeros(distance.shape)
    slope[inside] = solution / np.maximum(distance[inside], _NEAREST_BORDER)
    nearest = ndimage.distance_transform_edt(~inside, return_distances=False, return_indices=True)
    row = np.arange(len(distance))[:, None]
    below = is_open[tuple(nearest)] & (row >= np.min(np.nonzero(is_open)[0], initial=len(distance)))
    outside = np.where(below, heights[tuple(nearest)], slope[tuple(nearest)] * distance)
    return np.where(inside, heights, outside)
