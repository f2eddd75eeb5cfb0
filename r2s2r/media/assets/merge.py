"""Many parts become one mesh: vertices merged, repaired, painted with one texture."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from r2s2r.errors import MediaError
from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.normals import face_normals, unit
from r2s2r.geometry.rows import distinct
from r2s2r.geometry.transforms import Array
from r2s2r.media.assets.asset import Part, check_face_count, not_numbers
from r2s2r.media.assets.paint import painted
from r2s2r.media.atlas import Tile
from r2s2r.media.repair.creases import creased_normals
from r2s2r.media.repair.edges import Ints, half_edges, partners
from r2s2r.media.repair.solid import Repairs, repaired
from r2s2r.media.repair.surface import Surface

# Rims this near, as a share of the largest extent, are one rim.
_WELD = 1e-5
_LARGEST = 1e15


@dataclass(frozen=True, eq=False)
class Merged:
    """One mesh in the file's frame and unit.

    Attributes:
        mesh: Its vertices are not rounded to float32 yet: see ``vertices``.
        vertices: [V, 3] float64.
        vertex_source: [V] the vertex of the parts, counted one part after the other, that each vertex moves like.
        repairs: What was done to close it.
    """

    mesh: Mesh
    vertices: Array
    vertex_source: Ints
    repairs: Repairs


def merged(parts: Sequence[Part], *, name: str, fills: bool) -> Merged:
    """Make one closed, manifold mesh of the parts of a file.

    Raises:
        MediaError: It has NaN in it or no faces, or cannot be closed; ``name`` says which file.
    """
    check_face_count(name, sum(len(part.faces) for part in parts))
    vertices = np.concatenate([part.vertices for part in parts])
    if not np.isfinite(vertices).all() or np.abs(vertices).max(initial=0) > _LARGEST:
        raise not_numbers(name)
    atlas = painted(parts)
    surface, repairs = repaired(_welded(name, parts, vertices), name=name, fills=fills, colour_at=_Look(atlas))
    corner_uv = atlas.corner_uv.reshape(-1, 2)[surface.corner_source]
    mesh = Mesh(
        vertices=surface.vertices.astype(np.float32),
        faces=surface.faces,
        corner_uv=corner_uv.astype(np.float32),
        corner_normals=_normals(parts, surface).astype(np.float32),
        texture=atlas.picture,
    )
    return Merged(mesh, surface.vertices, surface.vertex_source, repairs)


@dataclass(frozen=True, eq=False)
class _Look:
    """From corners to their colours in an atlas."""

    atlas: Tile

    def __call__(self, corners: Ints) -> Array:
        height, width = self.atlas.picture.shape[:2]
        texel = (self.atlas.corner_uv.reshape(-1, 2)[corners] * [width, height]).astype(np.int64)
        shown = self.atlas.picture[texel[:, 1].clip(0, height - 1), texel[:, 0].clip(0, width - 1)]
        return np.asarray(shown, np.float64)


def _welded(name: str, parts: Sequence[Part], vertices: Array) -> Surface:
    """Merge vertices at one place, unless an animation moves them apart; then those of rims that nearly meet."""
    offsets = np.cumsum([0, *(len(part.vertices) for part in parts[:-1])])
    faces = np.concatenate([part.faces.astype(np.int64) + offset for part, offset in zip(parts, offsets, strict=True)])
    moves_with = np.repeat([part.moves_with for part in parts], [len(part.vertices) for part in parts])
    shared, used = _merge(vertices.astype(np.float32) + np.float32(0), moves_with, faces)  # adding 0 turns -0 into 0
    corners = np.arange(faces.size).reshape(-1, 3)
    surface = Surface(vertices[used], shared, corners, used, np.zeros(len(faces), np.bool_))
    surface = surface.kept(_has_three(surface.faces))
    if not len(surface.faces):
        raise MediaError(f"{name}: all its faces are points or lines; export a mesh with a surface")
    return _rims_welded(surface, moves_with[used])


def _merge(places: NDArray[np.generic], moves_with: Ints, faces: Ints) -> tuple[NDArray[np.int32], Ints]:
    """Return faces of merged vertices, and of each the first it was merged from."""
    key = np.concatenate([places, moves_with[:, None].astype(places.dtype)], axis=1)
    first, which = distinct(key)
    return which[faces].astype(np.int32), first


def _rims_welded(surface: Surface, moves_with: Ints) -> Surface:
    partner = partners(surface.vertices, surface.faces)
    if (partner >= 0).all():
        return surface
    start, end = half_edges(surface.faces)
    rim = np.unique(np.concatenate([start[partner < 0], end[partner < 0]]))
    grid = float(np.ptp(surface.vertices, axis=0).max()) * _WELD
    places = np.arange(len(surface.vertices), dtype=np.float64)[:, None].repeat(3, axis=1)
    places[rim] = -1 - np.round((surface.vertices[rim] - surface.vertices.min(axis=0)) / grid)
    faces, used = _merge(places, moves_with, surface.faces.astype(np.int64))
    welded = surface.cut(faces, used)
    return welded.kept(_has_three(faces))


def _has_three(faces: NDArray[np.int32]) -> NDArray[np.bool_]:
    distinct: NDArray[np.bool_] = (
        (faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 2] != faces[:, 0])
    )
    return distinct


def _normals(parts: Sequence[Part], surface: Surface) -> Array:
    """Return corner normals [F, 3, 3]: the file's, else smooth with creases; on the side that a face faces."""
    own = creased_normals(surface)
    given = np.concatenate(
        [
            np.full((*part.faces.shape, 3), np.nan) if part.corner_normals is None else part.corner_normals
            for part in parts
        ]
    ).reshape(-1, 3)[surface.corner_source]
    known = np.isfinite(given).all(axis=-1) & given.any(axis=-1) & ~surface.is_filling[:, None]
    normals = np.where(known[..., None], unit(np.where(known[..., None], given, 1.0)), own)
    facing = (normals * face_normals(surface.vertices, surface.faces)[:, None]).sum(axis=-1)
    against = (facing < 0).all(axis=1)
    return np.where(against[:, None, None], -normals, normals)
