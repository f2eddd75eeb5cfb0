"""A surface cut where it is not one: a vertex becomes as many as there are fans of faces round it."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from r2s2r.media.repair.edges import Ints


def cut_apart(faces: NDArray[np.int32], partner: Ints) -> tuple[NDArray[np.int32], Ints]:
    """Return faces [F, 3] of new vertices, and the old vertex of each new one.

    Corners of one vertex stay together where half-edges join their faces. After that every edge has one face or two,
    and the faces at a vertex form one fan: the surface is manifold, with or without a border.
    """
    here = np.flatnonzero(partner >= 0)
    there = partner[here]
    # A half-edge starts where its partner ends, and the other way round.
    following = there - there % 3 + (there + 1) % 3
    graph = coo_array((np.ones(len(here), np.int8), (here, following)), shape=(faces.size, faces.size))
    _, label = connected_components(graph, directed=False)
    fan, corner, number = np.unique(label, return_index=True, return_inverse=True)
    old = faces.ravel()[corner].astype(np.int64)
    # In the order of the old vertices, so that a surface that needs no cut keeps its numbers.
    order = np.argsort(old, kind="stable")
    rank = np.empty(len(fan), np.int64)
    rank[order] = np.arange(len(fan))
    return rank[number].reshape(-1, 3).astype(np.int32), old[order]
