"""Which faces lie over the points of a grid: the one step that looking into a mesh and filling its outline share."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array

# Authors like round numbers, and then corners and edges lie right on the points: the points step aside a little, by
# amounts that no two edges share.
_ASIDE = np.array([1.3e-5, 2.9e-5])


class Covering(NamedTuple):
    """N pairs of a face and a point it covers.

    Attributes:
        face: [N] which of the faces.
        column: [N] which point, along the first axis.
        row: [N] and along the second.
        weights: [N, 3] what the face's corners count for at the point; they sum to 1.
        side: [N] 1 where the face's corners run from the first axis towards the second round the point, else -1.
    """

    face: NDArray[np.int64]
    column: NDArray[np.int64]
    row: NDArray[np.int64]
    weights: Array
    side: NDArray[np.int64]


def faces_over(corners: Array, columns: int, rows: int) -> Covering:
    """Find the faces [F, 3, 2] that cover the points (0, 0) to (columns - 1, rows - 1), which lie at whole numbers."""
    low = np.minimum(np.minimum(corners[:, 0], corners[:, 1]), corners[:, 2]) - _ASIDE
    high = np.maximum(np.maximum(corners[:, 0], corners[:, 1]), corners[:, 2]) - _ASIDE
    first = np.ceil(np.clip(low, 0, [columns, rows])).astype(np.int64)
    last = np.floor(np.clip(high, -1, [columns - 1, rows - 1])).astype(np.int64)
    spans = np.maximum(last - first + 1, 0)
    near = np.flatnonzero(spans[:, 0] * spans[:, 1])
    spans, first = spans[near], first[near]
    many = spans[:, 0] * spans[:, 1]
    pair = np.repeat(np.arange(len(near)), many)
    nth = np.arange(len(pair)) - np.repeat(np.cumsum(many) - many, many)
    column = first[pair, 0] + nth % spans[pair, 0]
    row = first[pair, 1] + nth // spans[pair, 0]
    point = np.stack([column, row], axis=1) + _ASIDE
    areas = _areas(corners[near[pair]] - point[:, None])
    covers = (areas > 0).all(axis=1) | (areas < 0).all(axis=1)
    chosen = areas[covers]
    total = chosen.sum(axis=1)
    return Covering(
        near[pair[covers]], column[covers], row[covers], chosen / total[:, None], np.sign(total).astype(np.int64)
    )


def _areas(corners: Array) -> Array:
    """Return twice the signed areas [N, 3] between the origin and the edge opposite each corner of [N, 3, 2]."""
    x, y = corners[..., 0], corners[..., 1]
    parts = [x[:, i] * y[:, j] - y[:, i] * x[:, j] for i, j in ((1, 2), (2, 0), (0, 1))]
    return np.stack(parts, axis=1)
