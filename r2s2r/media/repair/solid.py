"""The repair, step by step: from faces to a closed, manifold surface that faces outwards."""

from collections.abc import Callable
from dataclasses import dataclass

import manifold3d
import numpy as np
from numpy.typing import NDArray

from r2s2r.errors import MediaError
from r2s2r.geometry.rows import distinct
from r2s2r.geometry.transforms import Array
from r2s2r.media.repair.cut import cut_apart
from r2s2r.media.repair.edges import Ints, crowded_edges, half_edges, partners
from r2s2r.media.repair.holes import filling, hole_loops
from r2s2r.media.repair.shells import inside_out, shells, volumes
from r2s2r.media.repair.surface import Surface
from r2s2r.media.repair.winding import turned_over

# A mesh with more of these is no surface that somebody left a hole in.
_MAX_FAULTS = 300_000
# Below this share of what a ball of as much surface would enclose, there is no inside to speak of.
_MIN_FULLNESS = 1e-6


@dataclass(frozen=True)
class Repairs:
    """What was done.

    Attributes:
        turned: Faces that did not face as their neighbours, or inwards.
        crowded: Edges at which more than two faces met.
        holes: Holes that were filled.
        hole_edges: Edges round them.
    """

    turned: int = 0
    crowded: int = 0
    holes: int = 0
    hole_edges: int = 0


def repaired(
    surface: Surface, *, name: str, fills: bool, colour_at: Callable[[Ints], Array]
) -> tuple[Surface, Repairs]:
    """Make a surface closed, manifold and outward.

    Args:
        surface: Vertices merged; no face with fewer than three of them.
        name: Of the file, for errors.
        fills: Whether holes are filled; else they are an error.
        colour_at: From corners of the file [N] to what they look like, [N, 3]: a filling has its rim's middle colour.

    Raises:
        MediaError: Holes that may not be filled, with how many edges they have; what has no inside; what is in pieces.
    """
    single = surface.kept(_first_of_each(surface.faces))
    agreeing = single.turned(turned_over(single.faces))
    crowded = crowded_edges(agreeing.faces)
    _check_faults(name, crowded, "edges at which more than two faces meet")
    partner = partners(agreeing.vertices, agreeing.faces)
    open_edges = int((partner < 0).sum())
    _check_faults(name, open_edges, "open edges")
    apart = agreeing.cut(*cut_apart(agreeing.faces, partner))
    loops = hole_loops(apart.faces, partner)
    if loops and not fills:
        raise MediaError(
            f"{name}: is not closed: {len(loops):,} holes with {open_edges:,} open edges; close them in the file, or "
            "give import.holes: fill"
        )
    whole = _filled(apart, loops, colour_at)
    outward = whole.turned(inside_out(whole.vertices, whole.faces))
    _check_inside(name, outward, len(loops), open_edges)
    turned = int((outward.corner_source[: len(single.faces)] != single.corner_source).any(axis=1).sum())
    return outward, Repairs(turned, crowded, len(loops), open_edges)


def _first_of_each(faces: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Return which faces to keep of those with equal vertices: the first of each.

    Pairs that face opposite ways stay where they are few: there they are leaves with two sides, or walls between two
    bodies. Where nearly all are such pairs, the whole surface is there twice.
    """
    lowest = np.argmin(faces, axis=1)
    rolled = np.take_along_axis(faces, (lowest[:, None] + np.arange(3)) % 3, axis=1)
    first, _ = distinct(rolled)
    kept = np.zeros(len(faces), np.bool_)
    kept[first] = True
    unsigned, _ = distinct(np.sort(faces[kept], axis=1))
    if len(unsigned) < 0.75 * kept.sum():
        chosen = np.flatnonzero(kept)[unsigned]
        kept[:] = False
        kept[chosen] = True
    return kept


def _filled(surface: Surface, loops: list[Ints], colour_at: Callable[[Ints], Array]) -> Surface:
    if not loops:
        return surface
    start, _ = half_edges(surface.faces)
    looks_like = surface.corner_source.ravel()
    faces, looks = [], []
    for loop in loops:
        corners = filling(surface.vertices, start, loop)
        colours = colour_at(looks_like[loop])
        middle = looks_like[loop[np.argmin(((colours - np.median(colours, axis=0)) ** 2).sum(axis=1))]]
        faces.append(start[corners])
        looks.append(np.full(corners.shape, middle))
    return surface.filled(np.concatenate(faces).astype(np.int32), np.concatenate(looks))


def _check_faults(name: str, count: int, what: str) -> None:
    if count > _MAX_FAULTS:
        raise MediaError(f"{name}: has {count:,} {what}: it is no surface that can be closed; repair it in its file")


def _check_inside(name: str, surface: Surface, holes: int, open_edges: int) -> None:
    a, b, c = (surface.vertices[surface.faces[:, corner]] for corner in range(3))
    area = float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2)
    enclosed = float(volumes(surface.vertices, surface.faces, shells(surface.faces)).sum())
    if enclosed <= _MIN_FULLNESS * area**1.5:
        raise MediaError(
            f"{name}: is a sheet without an inside ({holes:,} holes with {open_edges:,} open edges); give it a "
            "thickness in its file"
        )
    scale = 1.0 / np.abs(surface.vertices).max()
    status = manifold3d.Manifold(
        manifold3d.Mesh(
            vert_properties=(surface.vertices * scale).astype(np.float32), tri_verts=surface.faces.astype(np.uint32)
        )
    ).status()
    if status != manifold3d.Error.NoError:
        raise MediaError(
            f"{name}: no closed surface could be made of it ({status.name}; {holes:,} holes with {open_edges:,} open "
            "edges); repair it in its file"
        )
