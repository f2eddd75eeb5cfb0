"""PLY files: text and binary, polygons of any number of corners, colours of vertices and faces, a texture.

Greg Turk, "The PLY Polygon File Format". Read here because the library at hand refuses binary files in which triangles
and quads are mixed, as Blender writes them.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from r2s2r.errors import MediaError
from r2s2r.geometry.transforms import Array
from r2s2r.media.assets.asset import Asset, Part, check_face_count, no_faces
from r2s2r.media.assets.pictures import decoded
from r2s2r.media.assets.ply_data import Columns, Header, read_elements, read_header
from r2s2r.media.atlas import tile_side
from r2s2r.media.polygons import polygon_triangles

_MAX_BYTES = 2**31
_EMPTY = Columns({}, {})


def read_ply(path: Path, files: Mapping[str, Path]) -> Asset:
    """Read a PLY file; ``files`` holds its picture, by name, where it has one.

    Raises:
        MediaError: It cannot be read, holds no faces or too many, is damaged, or needs a file that is not listed.
    """
    header, data = _opened(path)
    for element in header.elements:
        check_face_count(str(path), element.rows if element.name == "face" else 0, element.rows)
    try:
        elements = read_elements(header, data)
        part = _part(elements.get("vertex", _EMPTY), elements.get("face", _EMPTY), _picture(path, header, files))
    except MediaError:
        raise
    except (ValueError, KeyError, IndexError, OverflowError) as error:
        raise MediaError(f"{path}: the file is damaged ({error}); export it again") from error
    if not len(part.faces):
        raise no_faces(str(path))
    return Asset((part,))


def ply_references(path: Path, find: Callable[[str], Path]) -> None:
    """Call ``find`` with the name of the picture of a PLY file, if it has one."""
    header, _ = _opened(path)
    if header.picture:
        find(header.picture)


def _opened(path: Path) -> tuple[Header, bytes]:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise MediaError(f"{path}: has more than {_MAX_BYTES:,} bytes; simplify it before export")
        data = path.read_bytes()
        return read_header(data), data
    except OSError as error:
        raise MediaError(f"{path}: cannot be read ({error.strerror})") from error
    except (ValueError, KeyError, IndexError) as error:
        raise MediaError(f"{path}: not a PLY file that can be read ({error}); export it again") from error


def _picture(path: Path, header: Header, files: Mapping[str, Path]) -> NDArray[np.uint8] | None:
    if not header.picture:
        return None
    if header.picture not in files:
        raise MediaError(f"{path}: needs another file, {header.picture!r}; put it beside the mesh")
    return decoded(f"{path}: {header.picture}", files[header.picture].read_bytes(), tile_side(1))


def _part(vertex: Columns, face: Columns, picture: NDArray[np.uint8] | None) -> Part:
    vertices = _stacked(vertex, ("x", "y", "z"))
    counts, listed = next((face.lists[name] for name in ("vertex_indices", "vertex_index") if name in face.lists),
                           (np.empty(0, np.int64), np.empty(0)))  # fmt: skip
    corners = listed.astype(np.int64)
    if vertices is None or (len(corners) and not 0 <= corners.min() <= corners.max() < len(vertices)):
        raise ValueError("a face of a vertex that is not there")
    triangles = polygon_triangles(vertices, counts, corners)
    check_face_count("the file", len(triangles))
    faces = corners[triangles]
    normals = _stacked(vertex, ("nx", "ny", "nz"))
    corner_uv = _corner_uv(vertex, face, triangles, faces) if picture is not None else None
    return Part(
        vertices=vertices,
        faces=faces.astype(np.int32),
        corner_normals=None if normals is None else normals[faces],
        face_colours=_face_colours(vertex, face, faces, np.repeat(np.arange(len(counts)), np.maximum(counts - 2, 0))),
        picture=picture if corner_uv is not None else None,
        corner_uv=corner_uv,
    )


def _face_colours(
    vertex: Columns, face: Columns, faces: NDArray[np.int64], polygons: NDArray[np.int64]
) -> NDArray[np.uint8]:
    """Return [F, 3] sRGB: of the vertices' colours the mean, else the faces' colours, else white."""
    names = ("red", "green", "blue")
    of_vertices, of_faces = _stacked(vertex, names), _stacked(face, names)
    if of_vertices is not None:
        colours = _as_bytes(of_vertices)[faces].mean(axis=1)
    elif of_faces is not None:
        colours = _as_bytes(of_faces)[polygons]
    else:
        colours = np.full((len(faces), 3), 255.0)
    return np.asarray(np.round(colours), np.uint8)


def _as_bytes(colours: Array) -> Array:
    """Return colours as 0..255; those of whole-number columns are that already, those of fractions are 0..1."""
    whole = colours.max(initial=0) > 1
    return np.clip(np.nan_to_num(colours) * (1.0 if whole else 255.0), 0, 255)


def _corner_uv(vertex: Columns, face: Columns, triangles: NDArray[np.int64], faces: NDArray[np.int64]) -> Array | None:
    """Return [F, 3, 2], v down, of the vertices' or the corners' coordinates; PLY counts v from the bottom."""
    for names in (("texture_u", "texture_v"), ("u", "v"), ("s", "t")):
        of_vertices = _stacked(vertex, names)
        if of_vertices is not None:
            return np.nan_to_num(of_vertices)[faces] * [1, -1] + [0, 1]
    if "texcoord" in face.lists:
        _, values = face.lists["texcoord"]
        pairs = values.astype(np.float64).reshape(-1, 2)
        return np.nan_to_num(pairs)[triangles] * [1, -1] + [0, 1]
    return None


def _stacked(columns: Columns, names: tuple[str, ...]) -> Array | None:
    if any(name not in columns.numbers for name in names):
        return None
    return np.stack([columns.numbers[name].astype(np.float64) for name in names], axis=1)
