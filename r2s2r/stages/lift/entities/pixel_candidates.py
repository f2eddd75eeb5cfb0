"""Which pixels a triangle may cover: those whose centres lie in its extent."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array

_Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Candidates:
    """The extents of triangles in a picture, in whole pixels.

    Attributes:
        low: [F, 2] first column and row.
        size: [F, 2] columns and rows; 0 of a triangle that meets no pixel's centre.
    """

    low: _Ints
    size: _Ints

    @classmethod
    def of(cls, triangles: Array, *, height: int, width: int) -> "Candidates":
        """Return the candidates of triangles [F, 3, 2] in pixels, centres at +0.5."""
        limit = np.array([width, height])
        low = np.clip(np.ceil(triangles.min(axis=1) - 0.5), 0, limit).astype(np.int64)
        high = np.clip(np.floor(triangles.max(axis=1) - 0.5) + 1, 0, limit).astype(np.int64)
        return cls(low, np.maximum(high - low, 0))

    @property
    def counts(self) -> _Ints:
        """[F], of each triangle."""
        counts: _Ints = self.size[:, 0] * self.size[:, 1]
        return counts

    def pixels(self, start: int = 0, stop: int | None = None) -> tuple[_Ints, _Ints, _Ints]:
        """Return triangle, column and row of each candidate [N] of some triangles, one triangle after the other."""
        counts = self.counts[start:stop]
        which = np.repeat(np.arange(len(counts)), counts)
        within = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
        low, width = self.low[start:stop][which], self.size[start:stop, 0][which]
        return which + start, low[:, 0] + within % width, low[:, 1] + within // width
