"""Reading USD files: every mesh of the stage, as it stands and as it moves."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pxr import Usd, UsdGeom, UsdShade

from r2s2r.errors import MediaError
from r2s2r.geometry.normals import unit
from r2s2r.geometry.transforms import Array
from r2s2r.media.assets.asset import Asset, Clip, Part, check_face_count, no_faces
from r2s2r.media.assets.colours import one_colour, srgb_from_linear
from r2s2r.media.assets.usd.child import try_out
from r2s2r.media.assets.usd.materials import Materials, Paint
from r2s2r.media.assets.usd.opened import Opened, opened
from r2s2r.media.assets.usd.pieces import Piece, others, pieces
from r2s2r.media.assets.usd.primvars import Topology, normals, primvar, texture_coordinates, topology
from r2s2r.media.assets.usd.timeline import Timeline, timeline

_FAR_UV = 1e4


def read_usd(path: Path, files: Mapping[str, Path]) -> Asset:
    """Read a USD file; ``files`` are the layers and pictures that it refers to.

    Points and the transforms of prims are those at the earliest time. Curves, spheres and the like are left out, with a
    finding.

    Raises:
        MediaError: It cannot be read, holds no faces or too many, or needs what is not listed.
    """
    try_out(path, files)
    return read_here(path, files)


def read_here(path: Path, files: Mapping[str, Path]) -> Asset:
    """Read a USD file in this process; see ``read_usd``."""
    with opened(path, files) as file:
        found = list(pieces(file.stage, Usd.TimeCode.EarliestTime()))
        parts: list[Part] = []
        used: list[tuple[Piece, NDArray[np.int64]]] = []
        faces = 0
        for piece, part, points in _parts(file, found):
            faces += len(part.faces)
            check_face_count(str(path), faces)
            parts.append(part)
            used.append((piece, points))
        if not parts:
            raise no_faces(str(path))
        clips = tuple(_clip(file, used, played) for played in [timeline(file.stage, found)] if played is not None)
        left_out = ", ".join(f"{count} {kind}" for kind, count in sorted(others(file.stage).items()))
        return Asset(
            tuple(parts),
            clips,
            metres_per_unit=float(UsdGeom.GetStageMetersPerUnit(file.stage)) or None,
            up="z" if UsdGeom.GetStageUpAxis(file.stage) == UsdGeom.Tokens.z else "y",
            findings=(f"of its file these were left out, for they are no meshes: {left_out}",) if left_out else (),
        )


def _parts(file: Opened, found: Sequence[Piece]) -> Iterator[tuple[Piece, Part, NDArray[np.int64]]]:
    """Yield the faces of each material of each mesh, and which of its points they use."""
    time = Usd.TimeCode.EarliestTime()
    cache, materials = UsdGeom.XformCache(time), Materials(file)
    movers = {"": 0}
    for piece in found:
        name = f"{file.path}: {piece.path}"
        points = piece.points(cache, time)
        shape = topology(name, piece.mesh, points, time)
        turned = piece.normals_matrix(cache)
        if np.linalg.det(turned) < 0 and piece.skinning is None:
            shape = Topology(shape.corners, shape.triangles[:, [0, 2, 1]], shape.polygons)
        group = movers.setdefault(piece.moving(), len(movers))
        for faces, material in _by_material(piece, shape):
            if len(faces):
                chosen = Topology(shape.corners, shape.triangles[faces], shape.polygons[faces])
                used, numbers = np.unique(chosen.faces, return_inverse=True)
                paint = _paint(piece, chosen, materials.paint(material), time)
                given = None if piece.skinning is not None else normals(piece.mesh, chosen, time)
                part = Part(
                    vertices=points[used],
                    faces=numbers.reshape(-1, 3).astype(np.int32),
                    corner_normals=None if given is None else unit(given @ turned.T),
                    face_colours=paint.face_colours,
                    picture=paint.picture,
                    corner_uv=paint.corner_uv,
                    moves_with=group,
                )
                yield piece, part, used


def _by_material(piece: Piece, shape: Topology) -> Iterator[tuple[NDArray[np.int64], UsdShade.Material | None]]:
    """Yield triangles and their material: those of subsets of faces first, then the rest with the mesh's."""
    rest = np.ones(len(shape.triangles), np.bool_)
    for subset in UsdShade.MaterialBindingAPI(piece.mesh.GetPrim()).GetMaterialBindSubsets():
        chosen = np.isin(shape.polygons, np.asarray(subset.GetIndicesAttr().Get() or [], np.int64)) & rest
        rest &= ~chosen
        yield np.flatnonzero(chosen), _material(subset.GetPrim())
    yield np.flatnonzero(rest), _material(piece.mesh.GetPrim())


def _material(prim: Usd.Prim) -> UsdShade.Material | None:
    found = UsdShade.MaterialBindingAPI(prim).ComputeBoundMaterial()[0]
    return found if found else None


@dataclass(frozen=True, eq=False)
class _Look:
    face_colours: NDArray[np.uint8]
    picture: NDArray[np.uint8] | None
    corner_uv: Array | None


def _paint(piece: Piece, shape: Topology, paint: Paint, time: Usd.TimeCode) -> _Look:
    prim = piece.mesh.GetPrim()
    if paint.picture is not None:
        st = texture_coordinates(prim, paint.primvar, shape, time)
        if st is not None:
            uv = st @ paint.uv_from_st[:, :2].T + paint.uv_from_st[:, 2]
            corner_uv = np.clip(uv, -_FAR_UV, _FAR_UV) * [1, -1] + [0, 1]  # USD counts v from the bottom
            return _Look(one_colour(len(shape.triangles), np.ones(3)), paint.picture, corner_uv)
    shown = primvar(prim, "displayColor", shape, width=3, time=time)
    if paint.colour is None and shown is not None:
        return _Look(srgb_from_linear(shown.mean(axis=1)), None, None)
    colour = np.full(3, 0.5) if paint.colour is None else paint.colour
    return _Look(one_colour(len(shape.triangles), colour), None, None)


def _clip(file: Opened, used: Sequence[tuple[Piece, NDArray[np.int64]]], played: Timeline) -> Clip:
    def vertices_at(time_s: float) -> Array:
        time = Usd.TimeCode(played.start + time_s * played.codes_per_second)
        cache = UsdGeom.XformCache(time)
        placed = {piece.path: piece.points(cache, time) for piece in {id(piece): piece for piece, _ in used}.values()}
        if any(points.max(initial=-1) >= len(placed[piece.path]) for piece, points in used):
            raise MediaError(f"{file.path}: has other faces at other times; export meshes whose faces stay")
        return np.concatenate([placed[piece.path][points] for piece, points in used])

    return Clip("timeline", played.duration_s, vertices_at)
