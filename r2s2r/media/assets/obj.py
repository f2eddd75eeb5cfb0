"""Wavefront OBJ files.

Read here and not by a library because those at hand pass over what they do not understand: faces counted backwards, a
texture that is not there, corners beyond the vertices.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from r2s2r.errors import MediaError
from r2s2r.geometry.transforms import Array
from r2s2r.media.assets.asset import Asset, Part, check_face_count, no_faces
from r2s2r.media.assets.colours import one_colour
from r2s2r.media.assets.mtl import WHITE, MtlMaterial, materials_of, pictures_of
from r2s2r.media.assets.pictures import decoded
from r2s2r.media.assets.text import lines_of
from r2s2r.media.atlas import tile_side
from r2s2r.media.polygons import polygon_triangles


@dataclass
class _Group:
    """The polygons of one material."""

    counts: list[int] = field(default_factory=list)
    corners: list[tuple[int, int, int]] = field(default_factory=list)


@dataclass
class _Text:
    """What an OBJ file says, by kind of line."""

    vertices: list[list[float]] = field(default_factory=list)
    uv: list[list[float]] = field(default_factory=list)
    normals: list[list[float]] = field(default_factory=list)
    groups: dict[str, _Group] = field(default_factory=dict)
    material: str = ""

    def face(self, words: list[str]) -> None:
        """Add a polygon: corners as ``v``, ``v/vt``, ``v//vn`` or ``v/vt/vn``, from 1, or backwards from -1."""
        group = self.groups.setdefault(self.material, _Group())
        group.counts.append(len(words))
        sizes = (len(self.vertices), len(self.uv), len(self.normals))
        for word in words:
            numbers = [int(part) if part else 0 for part in word.split("/")] + [0, 0]
            known = [number + size + 1 if number < 0 else number for number, size in zip(numbers, sizes, strict=False)]
            if not known[0] >= 1 or min(known) < 0:
                raise ValueError(f"a face of vertex {numbers[0]}")
            group.corners.append((known[0] - 1, known[1] - 1, known[2] - 1))


def read_obj(path: Path, files: Mapping[str, Path]) -> Asset:
    """Read an OBJ file; ``files`` are its material files and their pictures, by name.

    Raises:
        MediaError: It cannot be read, holds no faces, is damaged, or needs a file that is not listed.
    """
    text = _parsed(path)
    materials: dict[str, MtlMaterial] = {}
    for library in _libraries(path):
        folder = library.rpartition("/")[0]
        for name, material in materials_of(_listed(path, files, library)).items():
            materials[name] = MtlMaterial(material.colour, _joined(folder, material.picture))
    side_px = tile_side(len(materials))
    pictures = {
        name: decoded(f"{path}: {name}", _listed(path, files, name).read_bytes(), side_px)
        for name in pictures_of(materials[name] for name in text.groups if name in materials)
    }
    parts = [_part(path, text, group, materials.get(name, WHITE), pictures) for name, group in text.groups.items()]
    kept = tuple(part for part in parts if len(part.faces))
    if not kept:
        raise no_faces(str(path))
    return Asset(kept)


def obj_references(path: Path, find: Callable[[str], Path]) -> None:
    """Call ``find`` with the name of each file that an OBJ file needs, relative to it; it returns where that lies."""
    for library in _libraries(path):
        folder = library.rpartition("/")[0]
        for picture in pictures_of(materials_of(find(library)).values()):
            find(_joined(folder, picture))


def _libraries(path: Path) -> tuple[str, ...]:
    written = [line.strip()[6:].strip() for line in lines_of(path) if line.lstrip().startswith("mtllib")]
    names = []
    for rest in written:
        # Several names may stand on a line, but most who write spaces mean one name with spaces.
        words = rest.split()
        many = len(words) > 1 and all(word.lower().endswith(".mtl") for word in words)
        names.extend(words if many else [rest])
    return tuple(dict.fromkeys(name.replace("\\", "/") for name in names if name))


def _joined(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder and name and not name.startswith("/") else name


def _listed(path: Path, files: Mapping[str, Path], name: str) -> Path:
    if name not in files:
        raise MediaError(f"{path}: needs another file, {name!r}, which is not there; put it beside the mesh")
    return files[name]


def _parsed(path: Path) -> _Text:
    text = _Text()
    for number, line in enumerate(lines_of(path), 1):
        words = line.split("#", 1)[0].split()
        try:
            if words:
                _take(text, words[0], words[1:])
        except (ValueError, IndexError) as error:
            raise MediaError(f"{path}:{number}: is not as OBJ files are ({error}); export it again") from error
    check_face_count(str(path), sum(len(group.corners) for group in text.groups.values()) // 3, len(text.vertices))
    return text


def _take(text: _Text, key: str, words: list[str]) -> None:
    match key:
        case "v":
            numbers = [float(word) for word in words]
            text.vertices.append(numbers[:3] + (numbers[3:6] if len(numbers) >= 6 else [-1.0, -1.0, -1.0]))
            if len(numbers) < 3:
                raise ValueError("a vertex of fewer than three numbers")
        case "vt":
            text.uv.append([float(words[0]), float(words[1]) if len(words) > 1 else 0.0])
        case "vn":
            text.normals.append([float(words[0]), float(words[1]), float(words[2])])
        case "f":
            text.face(words)
        case "usemtl":
            text.material = " ".join(words)


def _part(
    path: Path, text: _Text, group: _Group, material: MtlMaterial, pictures: Mapping[str, NDArray[np.uint8]]
) -> Part:
    rows = np.array(text.vertices, np.float64).reshape(-1, 6)
    corners = np.array(group.corners, np.int64).reshape(-1, 3)
    for column, (kind, size) in enumerate((("vertex", len(rows)), ("vt", len(text.uv)), ("vn", len(text.normals)))):
        if corners[:, column].max(initial=-1) >= size:
            raise MediaError(
                f"{path}: a face refers to {kind} {corners[:, column].max() + 1} of {size}; export it again"
            )
    triangles = polygon_triangles(rows[:, :3], np.array(group.counts, np.int64), corners[:, 0])
    used, faces = np.unique(corners[triangles, 0], return_inverse=True)
    colours = rows[corners[triangles, 0], 3:].mean(axis=1)
    plain = one_colour(len(triangles), np.zeros(3)) if not len(triangles) else _srgb(colours, material.colour)
    picture = pictures.get(material.picture)
    has_uv = picture is not None and len(text.uv) and (corners[triangles, 1] >= 0).all()
    return Part(
        vertices=rows[used, :3],
        faces=faces.reshape(-1, 3).astype(np.int32),
        corner_normals=_normals(text, corners[triangles, 2]),
        face_colours=plain,
        picture=picture if has_uv else None,
        corner_uv=_uv(text, corners[triangles, 1]) if has_uv else None,
    )


def _srgb(corner_means: Array, material: Array) -> NDArray[np.uint8]:
    """Return face colours: those of the vertices where there are any, else the material's; both are sRGB as written."""
    chosen = np.where((corner_means >= 0).all(axis=1, keepdims=True), corner_means, material)
    return np.asarray(np.round(np.clip(np.nan_to_num(chosen), 0, 1) * 255), np.uint8)


def _normals(text: _Text, numbers: NDArray[np.int64]) -> Array | None:
    if not text.normals or (numbers < 0).any():
        return None
    return np.array(text.normals)[numbers]


def _uv(text: _Text, numbers: NDArray[np.int64]) -> Array:
    uv: Array = np.nan_to_num(np.array(text.uv)[numbers]) * [1, -1] + [0, 1]  # OBJ counts v from the bottom
    return uv
