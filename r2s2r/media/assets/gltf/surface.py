"""From a glTF primitive at a node to a part: faces, normals and colours as they stand."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from r2s2r.errors import MediaError
from r2s2r.geometry.normals import flat_normals, unit
from r2s2r.geometry.transforms import Array
from r2s2r.media.assets.asset import Part
from r2s2r.media.assets.colours import one_colour, srgb_from_linear
from r2s2r.media.assets.gltf.arrays import Arrays
from r2s2r.media.assets.gltf.bending import Bendable, is_mirrored, posed_normals
from r2s2r.media.assets.gltf.document import Primitive
from r2s2r.media.assets.gltf.faces import faces_of
from r2s2r.media.assets.gltf.looks import TextureInfo
from r2s2r.media.assets.gltf.materials import Materials, transformed

# Coordinates beyond this repeat a picture more often than anybody means.
_FAR_UV = 1e4


@dataclass(frozen=True, eq=False)
class Colours:
    """What a part shows; see ``Part``."""

    face_colours: NDArray[np.uint8]
    picture: NDArray[np.uint8] | None
    corner_uv: Array | None


def part_of(arrays: Arrays, materials: Materials, primitive: Primitive, shape: Bendable, rest: Array) -> Part:
    """Return a primitive's faces where its nodes stand (``rest``: scene_from_node [N, 4, 4])."""
    faces = faces_of(arrays, primitive)
    if is_mirrored(shape, rest):
        faces = np.ascontiguousarray(faces[:, [0, 2, 1]])
    vertices = shape.vertices(rest)
    normals = flat_normals(vertices, faces).astype(np.float64)
    if "NORMAL" in primitive.attributes:
        turned = posed_normals(shape, rest, _per_vertex(arrays, primitive, "NORMAL", 3))[faces]
        known = np.isfinite(turned).all(axis=-1, keepdims=True) & turned.any(axis=-1, keepdims=True)
        normals = np.where(known, unit(np.where(known, turned, 1.0)), normals)
    colours = _colours(arrays, materials, primitive, faces)
    return Part(vertices, faces, normals, colours.face_colours, colours.picture, colours.corner_uv)


def _colours(arrays: Arrays, materials: Materials, primitive: Primitive, faces: NDArray[np.int32]) -> Colours:
    """Return the base colour: factor times texture times vertex colours (specification, section 3.9.2)."""
    paint = materials.paint(primitive.material)
    tint = np.ones(3)
    plain = one_colour(len(faces), paint.factor)
    if "COLOR_0" in primitive.attributes:
        linear = np.nan_to_num(_vertex_colours(arrays, primitive)[faces].mean(axis=1))
        tint, plain = linear.mean(axis=0) if len(linear) else tint, srgb_from_linear(linear * paint.factor)
    corner_uv = None if paint.texture is None else _corner_uv(arrays, primitive, paint.texture, faces)
    if paint.texture is None or corner_uv is None:
        return Colours(plain, None, None)
    picture = materials.picture(paint.texture, paint.factor * tint)
    return Colours(plain, picture, corner_uv)


def _corner_uv(arrays: Arrays, primitive: Primitive, texture: TextureInfo, faces: NDArray[np.int32]) -> Array | None:
    transform = texture.extensions.transform
    chosen = texture.tex_coord if transform is None or transform.tex_coord is None else transform.tex_coord
    if f"TEXCOORD_{chosen}" not in primitive.attributes:
        return None
    uv = transformed(_per_vertex(arrays, primitive, f"TEXCOORD_{chosen}", 2), transform)
    return np.clip(np.nan_to_num(uv), -_FAR_UV, _FAR_UV)[faces]


def _vertex_colours(arrays: Arrays, primitive: Primitive) -> Array:
    """Return linear colours [V, 3]; whole numbers that are not marked as normalised are taken to be."""
    index = primitive.attributes["COLOR_0"]
    accessor = arrays.container.document.accessors[index]
    colours = _per_vertex(arrays, primitive, "COLOR_0", 3)
    whole = {5121: 255.0, 5123: 65535.0}.get(accessor.component_type, 1.0)
    return colours if accessor.normalized else colours / whole


def _per_vertex(arrays: Arrays, primitive: Primitive, name: str, width: int) -> Array:
    """Return the first columns of an attribute, [V, width]. Raises MediaError when it is not one for each vertex."""
    values = arrays.numbers(primitive.attributes[name])
    vertices = arrays.container.document.accessors[primitive.attributes["POSITION"]].count
    if len(values) != vertices or values.shape[1] < width:
        raise MediaError(f"{arrays.container.path}: the file is damaged ({name} of {len(values):,} of {vertices:,} "
                         "vertices); export it again")  # fmt: skip
    return values[:, :width]
