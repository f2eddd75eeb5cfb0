"""Holes: the loops of a border, and the triangles that fill them."""

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array
from r2s2r.media.polygons import loop_triangles
from r2s2r.media.repair.edges import Ints, half_edges


def hole_loops(faces: NDArray[np.int32], partner: Ints) -> list[Ints]:
    """Return the half-edges of each hole, in the order in which a face that fills it meets their starts.

    The faces have to be cut apart: at each vertex of a border, one half-edge arrives and one leaves.
    """
    start, end = half_edges(faces)
    open_ones = np.flatnonzero(partner < 0)
    arriving = {int(end[one]): int(one) for one in open_ones}
    loops, seen = [], set()
    for one in open_ones.tolist():
        loop = []
        while one not in seen:
            seen.add(one)
            loop.append(one)
            one = arriving[int(start[one])]
        if loop:
            loops.append(np.array(loop))
    return loops


def filling(vertices: Array, start: Ints, loop: Ints) -> Ints:
    """Return the half-edges of a hole's loop at whose ``start`` the corners of what fills it lie, [N - 2, 3]."""
    if len(loop) < 3:  # two faces that lie on each other: closing them needs no face
        return np.empty((0, 3), np.int64)
    return loop[loop_triangles(vertices[start[loop]])]
