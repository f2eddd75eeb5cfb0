"""Many small pictures beside each other on disk, so that memory does not grow with the length of a clip."""

import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray


class SmallFrames:
    """Pictures of one shape, uint8, to be written and read in any order; a context manager, gone when it is left.

    The file has no name, so that nothing stays of it even when the process is killed.
    """

    def __init__(self, folder: Path, shape: tuple[int, ...]) -> None:
        self._shape = shape
        self._bytes = int(np.prod(shape))
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by __exit__

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._file.close()

    def __setitem__(self, index: int, picture: NDArray[np.uint8]) -> None:
        assert picture.shape == self._shape
        self._file.seek(index * self._bytes)
        self._file.write(np.ascontiguousarray(picture).data)

    def __getitem__(self, index: int) -> NDArray[np.uint8]:
        self._file.seek(index * self._bytes)
        return np.frombuffer(self._file.read(self._bytes), np.uint8).reshape(self._shape)

    def rows(self, index: int, first: int, last: int) -> NDArray[np.uint8]:
        """Return the rows [first, last) of a picture."""
        row_bytes = self._bytes // self._shape[0]
        self._file.seek(index * self._bytes + first * row_bytes)
        data = self._file.read((last - first) * row_bytes)
        return np.frombuffer(data, np.uint8).reshape(last - first, *self._shape[1:])
