"""Reading GLB files (binary glTF 2) that authors bring."""

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from r2s2r.errors import MediaError
from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.normals import flat_normals, unit
from r2s2r.geometry.transforms import Array, transform_points
from r2s2r.media.atlas import Tile, colour_tile, pack, repeating_tile

_MAX_FACES = 5_000_000
# Required extensions that change how a surface shines, not its shape or its base colour.
_HARMLESS = ("KHR_materials_", "KHR_lights_", "EXT_texture_webp")


def read_glb(path: Path) -> Mesh:
    """Read every mesh of a GLB file as one: metres, +Y up, node transforms applied, all textures in one atlas.

    Vertices are merged by position, so that a closed surface is closed in ``faces`` too. Base colours (texture, factor,
    vertex colours as one colour a face) are kept; without normals the faces are flat, as glTF says. Animations are
    ignored.

    Raises:
        MediaError: The file cannot be read, holds no faces or too many, has NaN in it, or refers to other files.
    """
    header = _read_header(path)
    try:
        _check_self_contained(path, header)
        _check_counts(path, header)
        parts = _load_parts(path, with_normals=all("NORMAL" in part["attributes"] for part in _primitives(header)))
    except MediaError:
        raise
    except Exception as error:  # the parser, and the walks above, meet damaged files with whatever they trip over
        reason = str(error) or type(error).__name__
        raise MediaError(f"{path}: the file is damaged ({reason}); export it again") from error
    return _merged(path, parts)


def _read_header(path: Path) -> dict[str, Any]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise MediaError(f"{path}: cannot be read ({error.strerror})") from error
    try:
        magic, version, _, length, kind = struct.unpack_from("<4sIII4s", data)
        header = json.loads(data[20 : 20 + length])
    except (struct.error, ValueError, RecursionError) as error:
        raise MediaError(f"{path}: not a GLB file, or a truncated one; export binary glTF (.glb)") from error
    if (magic, version, kind) != (b"glTF", 2, b"JSON") or not isinstance(header, dict):
        raise MediaError(f"{path}: not a GLB file (binary glTF 2); export binary glTF (.glb)")
    return header


def _check_self_contained(path: Path, header: dict[str, Any]) -> None:
    for kind in ("buffers", "images"):
        for part in header.get(kind, []):
            uri = str(part.get("uri", "data:"))
            if not uri.startswith("data:"):
                raise MediaError(f"{path}: needs another file, {uri!r}; export it with everything embedded (.glb)")
    required = [name for name in header.get("extensionsRequired", []) if not name.startswith(_HARMLESS)]
    if required:
        raise MediaError(f"{path}: needs {', '.join(required)}, which r2s2r does not read; export it without")


def _check_counts(path: Path, header: dict[str, Any]) -> None:
    """Refuse promises of more than can be: memory is taken for them before the data is looked at."""
    most = max((int(accessor["count"]) for accessor in header.get("accessors", [])), default=0)
    if most > 3 * _MAX_FACES:
        raise MediaError(f"{path}: has {most:,} vertices or corners, more than {3 * _MAX_FACES:,}; simplify it")


def _primitives(header: dict[str, Any]) -> list[dict[str, Any]]:
    return [part for mesh in header.get("meshes", []) for part in mesh.get("primitives", [])]


class _Part:
    """The faces of one primitive at one node, in the scene's frame."""

    def __init__(self, geometry: Any, scene_from_part: Array, with_normals: bool) -> None:  # noqa: ANN401 - trimesh's
        mirrored = np.linalg.det(scene_from_part[:3, :3]) < 0
        order = [0, 2, 1] if mirrored else [0, 1, 2]
        faces = np.asarray(geometry.faces)[:, order].astype(np.int32)
        self.vertices = transform_points(scene_from_part, np.asarray(geometry.vertices, np.float64))
        self.faces = faces
        self.tile = _tile(geometry.visual, faces)
        if with_normals:
            normal_from_part = np.linalg.inv(scene_from_part[:3, :3]).T
            self.corner_normals = unit(np.asarray(geometry.vertex_normals) @ normal_from_part.T)[faces]
        else:
            self.corner_normals = flat_normals(self.vertices, faces).astype(np.float64)


def _load_parts(path: Path, *, with_normals: bool) -> list[_Part]:
    import trimesh

    scene = trimesh.load_scene(path, file_type="glb", process=False)
    nodes = [scene.graph[node] for node in sorted(scene.graph.nodes_geometry)]
    placed = [(scene.geometry[name], matrix) for matrix, name in nodes]
    triangles = [(part, matrix) for part, matrix in placed if isinstance(part, trimesh.Trimesh) and len(part.faces)]
    if not all(np.isfinite(matrix).all() for _, matrix in triangles):
        raise MediaError(f"{path}: a node's place is not a number (NaN or infinite); repair it and export it again")
    count = sum(len(part.faces) for part, _ in triangles)
    if count == 0:
        raise MediaError(f"{path}: has no faces; export a mesh, not points, curves or an empty scene")
    if count > _MAX_FACES:
        raise MediaError(f"{path}: has {count:,} faces, more than {_MAX_FACES:,}; simplify it before export")
    return [_Part(part, np.asarray(matrix, np.float64), with_normals) for part, matrix in triangles]


def _tile(visual: Any, faces: NDArray[np.int32]) -> Tile:  # noqa: ANN401 - one of trimesh's visuals
    material = getattr(visual, "material", None)
    given = getattr(material, "baseColorFactor", None)
    factor = np.ones(3) if given is None else np.asarray(given)[:3] / 255.0
    picture = getattr(material, "baseColorTexture", None)
    uv = getattr(visual, "uv", None)
    if picture is not None and uv is not None:
        tinted = _tinted(np.asarray(picture.convert("RGB")), factor)
        corner_uv = np.asarray(uv, np.float64)[faces] * [1, -1] + [0, 1]  # trimesh counts v from the bottom
        return repeating_tile(tinted, corner_uv)
    colours = getattr(visual, "vertex_attributes", {}).get("color")
    if colours is None and visual.kind == "vertex":
        colours = visual.vertex_colors
    if colours is None:
        return colour_tile(np.repeat(_srgb_from_linear(factor)[None], len(faces), axis=0))
    linear = np.asarray(colours)[:, :3] / (255.0 if np.asarray(colours).dtype == np.uint8 else 1.0)
    return colour_tile(_srgb_from_linear(linear[faces].mean(axis=1) * factor))


def _merged(path: Path, parts: list[_Part]) -> Mesh:
    vertices = np.concatenate([part.vertices for part in parts]).astype(np.float32)
    if not np.isfinite(vertices).all():
        raise MediaError(f"{path}: has vertices that are not numbers (NaN or infinite); repair it and export it again")
    offsets = np.cumsum([0, *(len(part.vertices) for part in parts[:-1])])
    faces = np.concatenate([part.faces + offset for part, offset in zip(parts, offsets, strict=True)])
    distinct, which = np.unique(vertices + np.float32(0), axis=0, return_inverse=True)  # adding 0 turns -0 into 0
    shared = which.ravel()[faces].astype(np.int32)
    area = (shared[:, 0] != shared[:, 1]) & (shared[:, 1] != shared[:, 2]) & (shared[:, 2] != shared[:, 0])
    if not area.any():
        raise MediaError(f"{path}: all its faces are points or lines; export a mesh with a surface")
    atlas = pack([part.tile for part in parts])
    return Mesh(
        vertices=distinct,
        faces=shared[area],
        corner_uv=atlas.corner_uv[area].astype(np.float32),
        corner_normals=np.concatenate([part.corner_normals for part in parts])[area].astype(np.float32),
        texture=atlas.picture,
    )


def _tinted(picture: NDArray[np.uint8], factor: Array) -> NDArray[np.uint8]:
    """Return a picture [H, W, 3], sRGB, its light multiplied by a colour [3]; by tables, which need no memory."""
    value = np.arange(256) / 255.0
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    tables = _srgb_from_linear(linear[:, None] * factor)
    return np.stack([tables[picture[..., channel], channel] for channel in range(3)], axis=-1)


def _srgb_from_linear(linear: Array) -> NDArray[np.uint8]:
    value = np.clip(linear, 0.0, 1.0)
    encoded = np.where(value <= 0.0031308, 12.92 * value, 1.055 * value ** (1 / 2.4) - 0.055)
    return np.round(encoded * 255).astype(np.uint8)
