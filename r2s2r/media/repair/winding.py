"""Faces that are joined pass their edge both ways: neighbours that do not are turned over."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from r2s2r.media.repair.edges import half_edges


def turned_over(faces: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Return which faces [F] to turn over so that neighbours agree, as few as can be; none where they agree.

    Each face is there twice, as it is and turned over; a pair of neighbours joins the two that agree. What hangs
    together then agrees throughout. A surface with one side only, where a face hangs together with its own back, stays.
    """
    one, other, agree = _neighbours(faces)
    count = len(faces)
    if agree.all():
        return np.zeros(count, np.bool_)
    rows = np.concatenate([one, one + count])
    columns = np.concatenate([np.where(agree, other, other + count), np.where(agree, other + count, other)])
    graph = coo_array((np.ones(len(rows), np.int8), (rows, columns)), shape=(2 * count, 2 * count))
    _, label = connected_components(graph, directed=False)
    as_is, turned = label[:count], label[count:]
    sizes = np.bincount(as_is, minlength=int(label.max()) + 1)
    fewer = sizes[as_is] < sizes[turned]
    equal = (sizes[as_is] == sizes[turned]) & (as_is > turned)
    chosen: NDArray[np.bool_] = (fewer | equal) & (as_is != turned)
    return chosen


def _neighbours(faces: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Return pairs of faces that share an edge with nobody else, and whether they pass it both ways."""
    start, end = half_edges(faces)
    count = int(faces.max()) + 1
    edge = np.minimum(start, end) * count + np.maximum(start, end)
    order = np.argsort(edge, kind="stable")
    first = np.flatnonzero(np.diff(edge[order], prepend=-1))
    pairs = first[np.diff(np.append(first, len(order))) == 2]
    one, other = order[pairs], order[pairs + 1]
    return one // 3, other // 3, start[one] != start[other]
