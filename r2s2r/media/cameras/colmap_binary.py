"""COLMAP's binary files.

Source: ``scripts/python/read_write_model.py`` of COLMAP. Little endian.
"""

import struct
from pathlib import Path
from typing import Any

import numpy as np

from r2s2r.errors import MediaError
from r2s2r.geometry.transforms import Array
from r2s2r.media.cameras.colmap_models import lens_of, model_of
from r2s2r.media.cameras.colmap_text import world_from_camera
from r2s2r.media.cameras.solved import MOST_BYTES, Lens, SolvedCameras, SolvedPicture, thinned

_LONGEST_NAME = 4096
_FEATURE_BYTES, _TRACK_BYTES = 24, 8


def read_colmap_binary(cameras: Path, *, images: Path, points: Path) -> SolvedCameras:
    """Read a model in binary form; ``points`` may be missing. Raises MediaError, naming file and byte."""
    lenses = _lenses(_Reader(cameras))
    pictures = _pictures(_Reader(images), lenses)
    if not pictures:
        raise MediaError(f"{images}: names no picture; nothing was registered")
    return SolvedCameras(pictures, _points(_Reader(points)) if points.is_file() else np.zeros((0, 3)))


class _Reader:
    """A file's bytes, read from the front; whatever is not there is a MediaError."""

    def __init__(self, path: Path) -> None:
        self._path, self._at = path, 0
        try:
            if path.stat().st_size > MOST_BYTES:
                raise MediaError(f"{path}: larger than {MOST_BYTES // 1_000_000} MB")
            self._data = path.read_bytes()
        except OSError as error:
            raise MediaError(
                f"{path}: cannot be read ({error.strerror}); COLMAP writes it beside the others"
            ) from error

    @property
    def where(self) -> str:
        return f"{self._path}: byte {self._at}"

    def take(self, layout: str) -> tuple[Any, ...]:
        """Return the next values of a ``struct`` layout."""
        start = self._at
        self.skip(struct.calcsize("<" + layout))
        return struct.unpack_from("<" + layout, self._data, start)

    def skip(self, count: int) -> None:
        if self._at + count > len(self._data):
            raise MediaError(f"{self.where}: the file ends in the middle; it is damaged, or not COLMAP's")
        self._at += count

    def count(self, smallest: int) -> int:
        """Return the next count of things of at least so many bytes, which must fit into the rest of the file."""
        (count,) = self.take("Q")
        if count * smallest > len(self._data) - self._at:
            raise MediaError(f"{self.where}: announces {count} entries, more than the file holds")
        return int(count)

    def name(self) -> str:
        end = self._data.find(b"\0", self._at, self._at + _LONGEST_NAME)
        if end < 0:
            raise MediaError(f"{self.where}: a picture's name has no end")
        name = self._data[self._at : end]
        self._at = end + 1
        try:
            return name.decode()
        except UnicodeDecodeError as error:
            raise MediaError(f"{self.where}: a picture's name is not text") from error


def _lenses(reader: _Reader) -> dict[int, Lens]:
    lenses = {}
    for _ in range(reader.count(24 + 3 * 8)):
        where = reader.where
        camera, number, width, height = reader.take("IiQQ")
        model, parameters = model_of(number, where)
        lenses[camera] = lens_of(model, (width, height), reader.take(f"{parameters}d"), where)
    return lenses


def _pictures(reader: _Reader, lenses: dict[int, Lens]) -> tuple[SolvedPicture, ...]:
    pictures = []
    for _ in range(reader.count(4 + 7 * 8 + 4 + 1 + 8)):
        where = reader.where
        _, *pose, camera = reader.take("I7dI")
        name = reader.name()
        reader.skip(reader.count(_FEATURE_BYTES) * _FEATURE_BYTES)
        if camera not in lenses:
            raise MediaError(f"{where}: {name}: its camera {camera} is not among the cameras")
        pictures.append(SolvedPicture(name, world_from_camera(pose[:4], pose[4:], where), lenses[camera]))
    return tuple(pictures)


def _points(reader: _Reader) -> Array:
    count = reader.count(8 + 24 + 3 + 8 + 8)
    points = np.empty((count, 3))
    for index in range(count):
        points[index] = reader.take("Q3d3Bd")[1:4]
        reader.skip(reader.count(_TRACK_BYTES) * _TRACK_BYTES)
    return thinned(points)
