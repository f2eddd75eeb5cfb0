"""The bytes of a GLB file: each array becomes an accessor (specification, section 3.6)."""

from typing import Any

import numpy as np
import pygltflib
from numpy.typing import NDArray

_ALIGNED_TO = 4
_KINDS = {"float32": pygltflib.FLOAT, "uint32": pygltflib.UNSIGNED_INT}
_TYPES = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4"}


class Blob:
    """What follows the JSON, and the accessors into it.

    Attributes:
        bytes: All of it, so far.
    """

    def __init__(self, document: pygltflib.GLTF2) -> None:
        self.bytes = bytearray()
        self._document = document

    def add(self, values: NDArray[Any], *, target: int | None = None, bounds: bool = False) -> int:
        """Add an array [N] or [N, width] of float32 or uint32; return its accessor's number.

        Args:
            values: The array.
            target: What a view is for: vertices or indices; None for animations.
            bounds: Whether the lowest and highest values are said, as positions and times need it.
        """
        rows = np.ascontiguousarray(values).reshape(len(values), -1)
        accessor = pygltflib.Accessor(
            bufferView=self.view(rows.tobytes(), target),
            componentType=_KINDS[rows.dtype.name],
            count=len(rows),
            type=_TYPES[rows.shape[1]],
        )
        if bounds:
            accessor.min, accessor.max = rows.min(axis=0).tolist(), rows.max(axis=0).tolist()
        self._document.accessors.append(accessor)
        return len(self._document.accessors) - 1

    def view(self, data: bytes, target: int | None = None) -> int:
        """Add bytes as they are; return their view's number."""
        view = pygltflib.BufferView(buffer=0, byteOffset=len(self.bytes), byteLength=len(data), target=target)
        self._document.bufferViews.append(view)
        self.bytes += data + b"\0" * (-len(data) % _ALIGNED_TO)
        return len(self._document.bufferViews) - 1
