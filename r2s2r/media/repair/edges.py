"""Half-edges: each face passes its three edges one way, and a closed surface passes each the other way too."""

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array

Ints = NDArray[np.int64]


def half_edges(faces: NDArray[np.int32]) -> tuple[Ints, Ints]:
    """Return where half-edges start and end, [3 F] each: number 3 * face + corner, from that corner to the next."""
    return faces.astype(np.int64).ravel(), np.roll(faces, -1, axis=1).astype(np.int64).ravel()


def partners(vertices: Array, faces: NDArray[np.int32]) -> Ints:
    """Return for each half-edge the one it is joined to, which passes the same edge the other way; -1 at a border.

    Where more than two faces meet, each is joined to the next round the edge with the same inside between them, so
    that bodies that touch stay bodies; what finds no partner is a border.
    """
    start, end = half_edges(faces)
    count = int(faces.max()) + 1
    edge = np.minimum(start, end) * count + np.maximum(start, end)
    order = np.argsort(edge, kind="stable")
    first = np.flatnonzero(np.diff(edge[order], prepend=-1))
    sizes = np.diff(np.append(first, len(order)))
    partner = np.full(len(start), -1, np.int64)
    one, other = order[first[sizes == 2]], order[first[sizes == 2] + 1]
    fit = start[one] == end[other]
    partner[one[fit]], partner[other[fit]] = other[fit], one[fit]
    for begin, size in zip(first[sizes > 2], sizes[sizes > 2], strict=True):
        _join_round(vertices, faces, members=order[begin : begin + size], partner=partner)
    return partner


def crowded_edges(faces: NDArray[np.int32]) -> int:
    """Return how many edges have more than two faces."""
    start, end = half_edges(faces)
    edges = np.minimum(start, end) * (int(faces.max()) + 1) + np.maximum(start, end)
    return int((np.unique(edges, return_counts=True)[1] > 2).sum())


def border(faces: NDArray[np.int32], partner: Ints) -> tuple[Ints, Ints]:
    """Return start and end of the half-edges at a border."""
    start, end = half_edges(faces)
    open_ones = partner < 0
    return start[open_ones], end[open_ones]


def _join_round(vertices: Array, faces: NDArray[np.int32], *, members: Ints, partner: Ints) -> None:
    """Join the half-edges of one edge: forth to the nearest back that is met when turning towards its inside."""
    face, corner = members // 3, members % 3
    ends = np.sort(faces[face[0], [corner[0], (corner[0] + 1) % 3]])
    forth = faces[face, corner] == ends[0]
    turned = np.argsort(_angles(vertices, ends, faces[face, (corner + 2) % 3]), kind="stable")
    waiting: list[int] = []
    # Twice round, because the first may be waiting for one that is met only after the start.
    for position in (*turned, *turned):
        member = int(members[position])
        if partner[member] >= 0:
            continue
        if not forth[position]:
            waiting.append(member)
        while forth[position] and waiting and partner[member] < 0:
            other = waiting.pop()
            if partner[other] < 0:  # on the second way round it waits twice
                partner[member], partner[other] = other, member


def _angles(vertices: Array, ends: NDArray[np.int32], opposite: NDArray[np.int32]) -> Array:
    """Return the angle round an edge at which each face lies, by its third vertex; right-handed about the edge."""
    axis = vertices[ends[1]] - vertices[ends[0]]
    axis = axis / max(float(np.linalg.norm(axis)), 1e-300)
    away = vertices[opposite] - vertices[ends[0]]
    away = away - np.outer(away @ axis, axis)
    angles: Array = np.arctan2(away @ np.cross(axis, away[0]), away @ away[0])
    return angles
