"""The arrays of a glTF file: accessors, checked against the bytes that are there (specification, section 3.6)."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from r2s2r.errors import MediaError
from r2s2r.geometry.transforms import Array
from r2s2r.media.assets.gltf.container import Container
from r2s2r.media.assets.gltf.document import Accessor

_COMPONENTS = {5120: "<i1", 5121: "<u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}


@dataclass(frozen=True, eq=False)
class Arrays:
    """Accessors by number. Whatever they promise beyond the file's bytes is refused before memory is taken for it."""

    container: Container
    _buffers: dict[int, NDArray[np.uint8]] = field(default_factory=dict)

    def integers(self, index: int) -> NDArray[np.int64]:
        """Return an accessor [N, width] as whole numbers."""
        return self._values(self.container.document.accessors[index]).astype(np.int64)

    def numbers(self, index: int) -> Array:
        """Return an accessor [N, width] as numbers; normalised ones as -1..1 or 0..1 (section 3.6.2.2)."""
        accessor = self.container.document.accessors[index]
        values = self._values(accessor)
        if accessor.normalized and values.dtype.kind in "iu":
            return np.maximum(values / float(np.iinfo(values.dtype).max), -1.0)
        return values.astype(np.float64)

    def slice(self, view: int) -> NDArray[np.uint8]:
        """Return the bytes of a buffer view."""
        wanted = self.container.document.buffer_views[view]
        buffer = self._buffer(wanted.buffer)
        end = wanted.byte_offset + wanted.byte_length
        if end > len(buffer):
            raise self._damaged(f"{len(buffer):,} bytes of a buffer where {end:,} are needed")
        return buffer[wanted.byte_offset : end]

    def _values(self, accessor: Accessor) -> NDArray[Any]:
        kind, width = np.dtype(_COMPONENTS[accessor.component_type]), _WIDTHS[accessor.type]
        if accessor.buffer_view is None:
            values: NDArray[Any] = np.broadcast_to(np.zeros((), kind), (accessor.count, width))
        else:
            stride = self.container.document.buffer_views[accessor.buffer_view].byte_stride or width * kind.itemsize
            data = self.slice(accessor.buffer_view)
            values = self._strided(data, accessor.byte_offset, stride, shape=(accessor.count, width), kind=kind)
        return values if accessor.sparse is None else self._sparse(accessor, values)

    def _strided(
        self, data: NDArray[np.uint8], offset: int, stride: int, *, shape: tuple[int, int], kind: np.dtype[Any]
    ) -> NDArray[Any]:
        count, width = shape
        if count == 0:
            return np.empty(shape, kind)
        length = (count - 1) * stride + width * kind.itemsize
        if offset + length > len(data):
            raise self._damaged(f"{len(data):,} bytes of a buffer view where {offset + length:,} are needed")
        rows = np.lib.stride_tricks.as_strided(
            data[offset : offset + length], (count, width * kind.itemsize), (stride, 1), writeable=False
        )
        return np.ascontiguousarray(rows).view(kind)

    def _sparse(self, accessor: Accessor, base: NDArray[Any]) -> NDArray[Any]:
        sparse = accessor.sparse
        assert sparse is not None
        places = np.dtype(_COMPONENTS[sparse.indices.component_type])
        where = self._strided(
            self.slice(sparse.indices.buffer_view),
            sparse.indices.byte_offset,
            places.itemsize,
            shape=(sparse.count, 1),
            kind=places,
        )[:, 0]
        width = base.shape[1]
        changed = self._strided(
            self.slice(sparse.values.buffer_view),
            sparse.values.byte_offset,
            width * base.dtype.itemsize,
            shape=(sparse.count, width),
            kind=base.dtype,
        )
        if len(where) and where.max() >= len(base):
            raise self._damaged("a sparse value beyond its array")
        values = np.array(base)
        values[where] = changed
        return values

    def _buffer(self, index: int) -> NDArray[np.uint8]:
        if index not in self._buffers:
            buffer = self.container.document.buffers[index]
            self._buffers[index] = self.container.binary if buffer.uri is None else self.container.at(buffer.uri)
        return self._buffers[index]

    def _damaged(self, found: str) -> MediaError:
        return MediaError(f"{self.container.path}: the file is damaged ({found}); export it again")
