"""Cells: a grid over pieces of a plane, so that only those near each other are compared."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array

_Index = NDArray[np.int64]
# A grid is made coarser until its pieces fill no more cells than this.
_MOST = 4_000_000


@dataclass(frozen=True, eq=False)
class Cells:
    """A grid, and which of N pieces lie in which of its cells, by the boxes round them.

    Attributes:
        origin: [2].
        size: [2] of a cell.
        across: Number of cells each way.
        starts: [across * across + 1] where the pieces of each cell begin in ``pieces``.
        pieces: Their indices, cell by cell.
    """

    origin: Array
    size: Array
    across: int
    starts: _Index
    pieces: _Index

    @classmethod
    def over(cls, pieces: Array) -> "Cells":
        """Lay a grid over pieces [N, P, 2], N > 0, each given by P points; about as many cells as pieces."""
        low, high = pieces.min(axis=1), pieces.max(axis=1)
        origin, end = low.min(axis=0), high.max(axis=0)
        across = max(1, min(1024, int(np.sqrt(len(pieces)))))
        while True:
            size = np.maximum((end - origin) / across, 1e-12)
            first, counts = _spans(low, high, origin, size, across)
            if across == 1 or int(counts.prod(axis=1).sum()) <= _MOST:
                break
            across = max(1, across // 2)
        piece, cell = _filled(first, counts, across)
        order = np.argsort(cell, kind="stable")
        starts = np.searchsorted(cell[order], np.arange(across * across + 1))
        return cls(origin, size, across, starts, piece[order])


def pairs(cells: Cells, others: Array, *, chunk: int) -> Iterator[tuple[_Index, _Index]]:
    """Yield pairs (index of ``others`` [M, P, 2], index of a piece) that share a cell, at least ``chunk`` in one go.

    A pair that shares several cells comes several times.
    """
    low, high = others.min(axis=1), others.max(axis=1)
    inside = np.all((high >= cells.origin) & (low <= cells.origin + cells.size * cells.across), axis=1)
    known = np.flatnonzero(inside)
    if not len(known):
        return
    first, counts = _spans(low[known], high[known], cells.origin, cells.size, cells.across)
    other, cell = _filled(first, counts, cells.across)
    there = cells.starts[cell + 1] - cells.starts[cell]
    upto = np.cumsum(there)
    begin = 0
    while begin < len(other):
        passed = upto[begin - 1] if begin else 0
        end = max(begin + 1, int(np.searchsorted(upto, passed + chunk)))
        lengths = there[begin:end]
        within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        yield (
            known[np.repeat(other[begin:end], lengths)],
            cells.pieces[np.repeat(cells.starts[cell[begin:end]], lengths) + within],
        )
        begin = end


def _spans(low: Array, high: Array, origin: Array, size: Array, across: int) -> tuple[_Index, _Index]:
    """Return the first cell [N, 2] of boxes, and how many cells [N, 2] they cover each way."""
    first = np.clip(np.floor((low - origin) / size).astype(np.int64), 0, across - 1)
    last = np.clip(np.floor((high - origin) / size).astype(np.int64), 0, across - 1)
    return first, last - first + 1


def _filled(first: _Index, counts: _Index, across: int) -> tuple[_Index, _Index]:
    """Return pairs (piece, cell) of all cells that the pieces cover."""
    filled = counts.prod(axis=1)
    piece = np.repeat(np.arange(len(first)), filled)
    within = np.arange(filled.sum()) - np.repeat(np.cumsum(filled) - filled, filled)
    row, column = within // counts[piece, 1], within % counts[piece, 1]
    return piece, (first[piece, 0] + row) * across + first[piece, 1] + column
