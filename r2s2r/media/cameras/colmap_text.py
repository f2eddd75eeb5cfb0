"""COLMAP's text files.

Source: https://colmap.github.io/format.html
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from r2s2r.errors import MediaError
from r2s2r.geometry.transforms import Array, inverse
from r2s2r.media.cameras.colmap_models import lens_of
from r2s2r.media.cameras.solved import (
    MOST_BYTES,
    MOST_PICTURES,
    Lens,
    SolvedCameras,
    SolvedPicture,
    rigid,
    thinned,
)

# COLMAP writes all features of a picture in one line.
_LONGEST_LINE = 64_000_000


def read_colmap_text(cameras: Path, *, images: Path, points: Path) -> SolvedCameras:
    """Read a model in text form; ``points`` may be missing. Raises MediaError, naming file and line."""
    lenses = _lenses(cameras)
    pictures = tuple(_pictures(images, lenses))
    if not pictures:
        raise MediaError(f"{images}: names no picture; nothing was registered")
    return SolvedCameras(pictures, _points(points))


def _lenses(path: Path) -> dict[int, Lens]:
    lenses = {}
    for number, line in _lines(path):
        where, words = f"{path}:{number}", line.split()
        if not words or words[0].startswith("#"):
            continue
        if len(words) < 5:
            raise MediaError(f"{where}: needs CAMERA_ID MODEL WIDTH HEIGHT PARAMS...")
        size = _whole(words[2], where), _whole(words[3], where)
        parameters = [_number(word, where) for word in words[4:]]
        lenses[_whole(words[0], where)] = lens_of(words[1], size, parameters, where)
    return lenses


def _pictures(path: Path, lenses: dict[int, Lens]) -> Iterator[SolvedPicture]:
    is_features = False
    seen = 0
    for number, line in _lines(path):
        if line.startswith("#"):
            continue
        # Every other line lists features; it may be empty.
        if not is_features and not line.strip():
            continue
        if not is_features:
            seen += 1
            if seen > MOST_PICTURES:
                raise MediaError(f"{path}:{number}: names more than {MOST_PICTURES} pictures")
            yield _picture(line, lenses, f"{path}:{number}")
        is_features = not is_features


def _picture(line: str, lenses: dict[int, Lens], where: str) -> SolvedPicture:
    words = line.split(maxsplit=9)
    if len(words) < 10:
        raise MediaError(f"{where}: needs IMAGE_ID QW QX QY QZ TX TY TZ CAMERA_ID NAME")
    numbers = [_number(word, where) for word in words[1:8]]
    lens = lenses.get(_whole(words[8], where))
    if lens is None:
        raise MediaError(f"{where}: its camera {words[8]} is not among the cameras")
    return SolvedPicture(words[9].strip(), world_from_camera(numbers[:4], numbers[4:], where), lens)


def world_from_camera(wxyz: list[float], translation: list[float], where: str) -> Array:
    """Return the pose [4, 4] of a picture; COLMAP stores camera from world, the quaternion's real part first."""
    size = float(np.linalg.norm(wxyz))
    if not 0.5 < size < 2:
        raise MediaError(f"{where}: its quaternion's length is {size:.3g}, not 1")
    camera_from_world = np.eye(4)
    camera_from_world[:3, :3] = Rotation.from_quat(wxyz, scalar_first=True).as_matrix()
    camera_from_world[:3, 3] = translation
    return inverse(rigid(camera_from_world, where))


def _points(path: Path) -> Array:
    if not path.is_file():
        return np.zeros((0, 3))
    found = []
    for number, line in _lines(path):
        words = line.split(maxsplit=4)
        if not words or words[0].startswith("#"):
            continue
        if len(words) < 4:
            raise MediaError(f"{path}:{number}: needs POINT3D_ID X Y Z ...")
        found.append([_number(word, f"{path}:{number}") for word in words[1:4]])
    return thinned(np.array(found).reshape(-1, 3))


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise MediaError(f"{path}: larger than {MOST_BYTES // 1_000_000} MB")
        with path.open("rb") as file:
            number = 0
            while line := file.readline(_LONGEST_LINE):
                number += 1
                yield number, line.decode()
    except UnicodeDecodeError as error:
        raise MediaError(f"{path}: not text") from error
    except OSError as error:
        raise MediaError(f"{path}: cannot be read ({error.strerror}); COLMAP writes it beside {path.parent}") from error


def _number(word: str, where: str) -> float:
    try:
        return float(word)
    except ValueError as error:
        raise MediaError(f"{where}: {word[:40]!r} is not a number") from error


def _whole(word: str, where: str) -> int:
    if not (word.isascii() and word.isdigit() and len(word) < 19):
        raise MediaError(f"{where}: {word[:40]!r} is not a whole number")
    return int(word)
