"""Faces of a glTF primitive (specification, section 3.7.2.1)."""

import numpy as np
from numpy.typing import NDArray

from r2s2r.errors import MediaError
from r2s2r.media.assets.gltf.arrays import Arrays
from r2s2r.media.assets.gltf.document import Document, Primitive

_TRIANGLES, _STRIP = 4, 5


def is_surface(primitive: Primitive) -> bool:
    """Return whether it has faces; points and lines have none."""
    return primitive.mode >= _TRIANGLES and "POSITION" in primitive.attributes


def promised_faces(document: Document, primitive: Primitive) -> int:
    """Return how many faces a primitive will have, without reading them."""
    corners = document.accessors[primitive.attributes["POSITION"] if primitive.indices is None else primitive.indices]
    return corners.count // 3 if primitive.mode == _TRIANGLES else max(0, corners.count - 2)


def faces_of(arrays: Arrays, primitive: Primitive) -> NDArray[np.int32]:
    """Return the faces [F, 3] of triangles, a strip or a fan. Raises MediaError for corners beyond its vertices."""
    vertices = arrays.container.document.accessors[primitive.attributes["POSITION"]].count
    corners = np.arange(vertices) if primitive.indices is None else arrays.integers(primitive.indices)[:, 0]
    if len(corners) and corners.max() >= vertices:
        raise MediaError(
            f"{arrays.container.path}: the file is damaged (a face of vertex {corners.max()} of {vertices}); "
            "export it again"
        )
    if primitive.mode == _TRIANGLES:
        faces = corners[: len(corners) // 3 * 3].reshape(-1, 3)
    elif len(corners) < 3:
        faces = np.empty((0, 3), np.int64)
    elif primitive.mode == _STRIP:
        faces = np.stack([corners[:-2], corners[1:-1], corners[2:]], axis=1)
        faces[1::2] = faces[1::2, [1, 0, 2]]
    else:
        faces = np.stack([corners[1:-1], corners[2:], np.full(len(corners) - 2, corners[0])], axis=1)
    return faces.astype(np.int32)
