"""Contact: how far one mesh can fall straight down until it touches another."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.cells import Cells, pairs
from r2s2r.geometry.transforms import Array

_Index = NDArray[np.int64]
# Twice the area in the ground plane below which a triangle is taken for upright: nothing comes to lie on it.
_UPRIGHT_M2 = 1e-14
# Pairs that are looked at in one go.
_CHUNK = 2_000_000
# Faces that are tried first.
_FEW = 200


@dataclass(frozen=True, eq=False)
class Surface:
    """A mesh in the world.

    Attributes:
        vertices: [V, 3] metres.
        faces: [F, 3].
    """

    vertices: Array
    faces: NDArray[np.int32]


def fall_m(upper: Surface, lower: Surface, *, tolerance_m: float) -> float:
    """Return how far ``upper`` falls straight down until it touches ``lower``; infinite where it would miss it.

    Exact for triangles: surfaces meet first at a vertex of the one over a face of the other, or where two edges cross.
    What lies above each other the wrong way round by more than ``tolerance_m`` is let pass: a lintel does not hold up
    what stands below it. Within the tolerance the result may be negative: they already cut each other by that much.
    """
    upper, lower = _facing(upper, lower)
    if not len(upper.faces) or not len(lower.faces):
        return np.inf
    upper, lower = _near(upper, lower, _onto_faces(_few(upper), lower, -tolerance_m))
    upside_down = _mirrored(lower), _mirrored(upper)
    fall = min(_onto_faces(upper, lower, -tolerance_m), _onto_faces(*upside_down, -tolerance_m))
    return min(fall, _onto_edges(upper, lower, -tolerance_m, fall))


def _few(surface: Surface) -> Surface:
    """Return a part of a surface: its lowest faces. What they fall is no less than what all of them do."""
    lowest = surface.vertices[surface.faces, 1].min(axis=1)
    return Surface(surface.vertices, surface.faces[np.argsort(lowest, kind="stable")[:_FEW]])


def _near(upper: Surface, lower: Surface, most_m: float) -> tuple[Surface, Surface]:
    """Keep the faces that can meet within a fall of ``most_m``."""
    low, high = upper.vertices[upper.faces, 1].min(axis=1), lower.vertices[lower.faces, 1].max(axis=1)
    return (
        Surface(upper.vertices, upper.faces[low - high.max() <= most_m]),
        Surface(lower.vertices, lower.faces[low.min() - high <= most_m]),
    )


def _mirrored(surface: Surface) -> Surface:
    """Return a surface upside down, so that what is below it is above."""
    return Surface(surface.vertices * [1, -1, 1], surface.faces)


def _facing(upper: Surface, lower: Surface) -> tuple[Surface, Surface]:
    """Keep the faces that can meet: those above and below each other, of which the one looks down, the other up."""
    high, low = upper.vertices[upper.faces], lower.vertices[lower.faces]
    first = np.maximum(_least(high), _least(low))
    last = np.minimum(_most(high), _most(low))
    return (
        Surface(upper.vertices, upper.faces[_overlaps(high, first, last) & (_up(high) < _UPRIGHT_M2)]),
        Surface(lower.vertices, lower.faces[_overlaps(low, first, last) & (_up(low) > -_UPRIGHT_M2)]),
    )


def _least(corners: Array) -> Array:
    least: Array = corners[:, :, [0, 2]].min(axis=(0, 1), initial=np.inf)
    return least


def _most(corners: Array) -> Array:
    most: Array = corners[:, :, [0, 2]].max(axis=(0, 1), initial=-np.inf)
    return most


def _overlaps(corners: Array, first: Array, last: Array) -> NDArray[np.bool_]:
    plan = corners[:, :, [0, 2]]
    within: NDArray[np.bool_] = np.all((plan.max(axis=1) >= first) & (plan.min(axis=1) <= last), axis=1)
    return within


def _up(corners: Array) -> Array:
    """Return twice the area of faces [F, 3, 3] in the ground plane: above 0 for those that look up."""
    one, other = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    area: Array = one[:, 2] * other[:, 0] - one[:, 0] * other[:, 2]
    return area


def _onto_faces(upper: Surface, lower: Surface, least_m: float) -> float:
    """Return how far the vertices of ``upper`` fall onto the faces of ``lower``, ``least_m`` or more."""
    corners = lower.vertices[lower.faces]
    corners = corners[np.abs(_up(corners)) > _UPRIGHT_M2]
    points = upper.vertices[_used(upper)]
    if not len(corners) or not len(points):
        return np.inf
    cells = Cells.over(corners[:, :, [0, 2]])
    fall = np.inf
    for point, face in pairs(cells, points[:, None, [0, 2]], chunk=_CHUNK):
        fall = min(fall, _least_fall(points[point], corners[face], least_m))
    return fall


def _least_fall(points: Array, corners: Array, least_m: float) -> float:
    base, one, other = corners[:, 0], corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    off = points - base
    area = one[:, 0] * other[:, 2] - one[:, 2] * other[:, 0]
    u = (off[:, 0] * other[:, 2] - off[:, 2] * other[:, 0]) / area
    v = (one[:, 0] * off[:, 2] - one[:, 2] * off[:, 0]) / area
    fall = off[:, 1] - u * one[:, 1] - v * other[:, 1]
    hit = (u >= -1e-9) & (v >= -1e-9) & (u + v <= 1 + 1e-9) & (fall >= least_m)
    return float(fall[hit].min(initial=np.inf))


def _onto_edges(upper: Surface, lower: Surface, least_m: float, most_m: float) -> float:
    """Return how far edges of ``upper`` fall onto edges of ``lower`` they cross, where that is less than ``most_m``."""
    falling, held = _edges(upper), _edges(lower)
    falling = falling[falling[:, :, 1].min(axis=1) - held[:, :, 1].max() < most_m]
    if not len(falling):
        return np.inf
    held = held[falling[:, :, 1].min() - held[:, :, 1].max(axis=1) < most_m]
    if not len(held):
        return np.inf
    cells = Cells.over(held[:, :, [0, 2]])
    fall = np.inf
    for one, other in pairs(cells, falling[:, :, [0, 2]], chunk=_CHUNK):
        fall = min(fall, _least_crossing(falling[one], held[other], least_m))
    return fall


def _edges(surface: Surface) -> Array:
    """Return the edges [E, 2, 3], each once."""
    ends = surface.faces.astype(np.int64)[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2)
    count = len(surface.vertices)
    once = np.unique(ends.min(axis=1) * count + ends.max(axis=1))
    edges: Array = surface.vertices[np.stack([once // count, once % count], axis=1)]
    return edges


def _used(surface: Surface) -> _Index:
    """Return the vertices that faces have."""
    used = np.zeros(len(surface.vertices), bool)
    used[surface.faces] = True
    return np.flatnonzero(used)


def _least_crossing(falling: Array, held: Array, least_m: float) -> float:
    along, across = falling[:, 1] - falling[:, 0], held[:, 1] - held[:, 0]
    off = held[:, 0] - falling[:, 0]
    turn = along[:, 0] * across[:, 2] - along[:, 2] * across[:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):  # parallel ones cross nowhere, or meet at their ends
        u = (off[:, 0] * across[:, 2] - off[:, 2] * across[:, 0]) / turn
        v = (off[:, 0] * along[:, 2] - off[:, 2] * along[:, 0]) / turn
        fall = falling[:, 0, 1] + u * along[:, 1] - held[:, 0, 1] - v * across[:, 1]
        hit = (np.abs(turn) > _UPRIGHT_M2) & (u >= 0) & (u <= 1) & (v >= 0) & (v <= 1) & (fall >= least_m)
    return float(fall[hit].min(initial=np.inf))
