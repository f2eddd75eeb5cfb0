"""Nuke's ``.chan``. See ``writers/chan.py`` for what its columns mean."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from r2s2r.errors import MediaError
from r2s2r.geometry.camera import centred_intrinsics
from r2s2r.geometry.camera_track import CameraTrack
from r2s2r.geometry.transforms import Array
from r2s2r.media.axes import CAMERA_FROM_OPENGL
from r2s2r.media.cameras.solved import MOST_PICTURES, rigid

_MOST_BYTES = 100_000_000
_COLUMNS = ("frame", "tx", "ty", "tz", "rx", "ry", "rz", "vertical field of view")
# It says nothing of the size of its pictures.
_SIZE = 1000


def read_chan(path: Path) -> CameraTrack:
    """Read a camera. Raises MediaError, naming file, line, column and frame."""
    poses, fovs_deg = [], []
    frames: list[float] = []
    for line, text in _lines(path):
        numbers = _numbers(text, f"{path}:{line}: frame {text.split()[0][:20]}")
        where = f"{path}:{line}: frame {numbers[0]:g}"
        if frames and numbers[0] != frames[-1] + 1:
            raise MediaError(f"{where}: comes after frame {frames[-1]:g}; there is one line for each frame, in order")
        frames.append(numbers[0])
        poses.append(rigid(_matrix(numbers[1:7]), where))
        fovs_deg.append(_fov_deg(numbers[7], where))
    if not poses:
        raise MediaError(f"{path}: holds no line; a camera has one for each frame: {' '.join(_COLUMNS)}")
    focals_px = _SIZE / 2 / np.tan(np.radians(fovs_deg) / 2)
    lenses = np.stack([centred_intrinsics(focal_px, height=_SIZE, width=_SIZE) for focal_px in focals_px])
    return CameraTrack(np.stack(poses), lenses, _SIZE, _SIZE, has_shape=False)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise MediaError(f"{path}: larger than {_MOST_BYTES // 1_000_000} MB")
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise MediaError(f"{path}: not text") from error
    except OSError as error:
        raise MediaError(f"{path}: cannot be read ({error.strerror})") from error
    seen = 0
    for line, words in enumerate(text.splitlines(), start=1):
        if not words.strip() or words.lstrip().startswith("#"):
            continue
        seen += 1
        if seen > MOST_PICTURES:
            raise MediaError(f"{path}:{line}: holds more than {MOST_PICTURES} frames")
        yield line, words


def _numbers(text: str, where: str) -> list[float]:
    words = text.split()
    if len(words) == len(_COLUMNS) - 1:
        raise MediaError(f"{where}: has no vertical field of view; export it from a camera, not from an axis")
    if len(words) != len(_COLUMNS):
        raise MediaError(f"{where}: has {len(words)} columns, a camera has {len(_COLUMNS)}: {' '.join(_COLUMNS)}")
    return [_number(word, f"{where}: {name}") for word, name in zip(words, _COLUMNS, strict=True)]


def _number(word: str, where: str) -> float:
    try:
        number = float(word)
    except ValueError as error:
        raise MediaError(f"{where}: {word[:40]!r} is not a number") from error
    if not np.isfinite(number):
        raise MediaError(f"{where}: {word[:40]} is not a finite number")
    return number


def _matrix(columns: list[float]) -> Array:
    x_deg, y_deg, z_deg = columns[3:]
    matrix = np.eye(4)
    matrix[:3, :3] = Rotation.from_euler("zxy", [z_deg, x_deg, y_deg], degrees=True).as_matrix()
    matrix[:3, 3] = columns[:3]
    turned: Array = matrix @ CAMERA_FROM_OPENGL
    return turned


def _fov_deg(fov_deg: float, where: str) -> float:
    if not 0 < fov_deg < 180:
        raise MediaError(f"{where}: its vertical field of view is {fov_deg:g} degrees, not between 0 and 180")
    return fov_deg
