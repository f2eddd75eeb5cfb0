"""nerfstudio's ``transforms.json``.

Source: https://docs.nerf.studio/quickstart/data_conventions.html. Cameras look along their -Z, +Y up (OpenGL).
"""

import json
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from r2s2r.errors import MediaError
from r2s2r.geometry.transforms import Array
from r2s2r.media.cameras.solved import MOST_PICTURES, Lens, SolvedCameras, SolvedPicture, lens_from, rigid

_MOST_BYTES = 500_000_000
_OPENGL_FROM_OPENCV = np.diag([1.0, -1.0, -1.0, 1.0])
_PINHOLES = ("OPENCV", "PINHOLE", "SIMPLE_PINHOLE", "SIMPLE_RADIAL", "RADIAL", "PERSPECTIVE")
_Row = Annotated[list[float], Field(min_length=4, max_length=4)]


class _Lens(BaseModel):
    """What may stand in the file or at a picture."""

    model_config = ConfigDict(extra="ignore")

    camera_model: str | None = None
    w: float | None = None
    h: float | None = None
    fl_x: float | None = None
    fl_y: float | None = None
    cx: float | None = None
    cy: float | None = None
    camera_angle_x: float | None = None
    k1: float | None = None
    k2: float | None = None
    k3: float | None = None
    p1: float | None = None
    p2: float | None = None


class _Picture(_Lens):
    file_path: Annotated[str, Field(max_length=4096)]
    transform_matrix: Annotated[list[_Row], Field(min_length=3, max_length=4)]


class _File(_Lens):
    frames: Annotated[list[_Picture], Field(min_length=1, max_length=MOST_PICTURES)]


def read_nerfstudio(path: Path) -> SolvedCameras:
    """Read a file; it holds no points. Raises MediaError, naming the file and the place in it."""
    file = _parsed(path)
    shared = file.model_dump(exclude={"frames"}, exclude_none=True)
    pictures = []
    for index, picture in enumerate(file.frames):
        where = f"{path}: frames[{index}] ({picture.file_path[:80]})"
        own = picture.model_dump(exclude={"file_path", "transform_matrix"}, exclude_none=True)
        lens = _lens(_Lens.model_validate({**shared, **own}), where)
        pictures.append(SolvedPicture(picture.file_path, _pose(picture, where), lens))
    return SolvedCameras(tuple(pictures), np.zeros((0, 3)))


def _parsed(path: Path) -> _File:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise MediaError(f"{path}: larger than {_MOST_BYTES // 1_000_000} MB")
        return _File.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except json.JSONDecodeError as error:
        raise MediaError(f"{path}:{error.lineno}: not JSON ({error.msg})") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole file"
        raise MediaError(f"{path}: {place}: {first['msg']}; expected nerfstudio's transforms.json") from error
    except OSError as error:
        raise MediaError(f"{path}: cannot be read ({error.strerror})") from error
    except (ValueError, RecursionError) as error:  # not UTF-8, a number of thousands of digits, nested too deep
        raise MediaError(f"{path}: not JSON") from error


def _pose(picture: _Picture, where: str) -> Array:
    matrix = np.eye(4)
    matrix[:3] = np.array(picture.transform_matrix[:3])
    return rigid(matrix @ _OPENGL_FROM_OPENCV, where)


def _lens(lens: _Lens, where: str) -> Lens:
    if lens.camera_model is not None and lens.camera_model not in _PINHOLES:
        raise MediaError(f"{where}: camera_model {lens.camera_model} is not read; undistort the pictures first")
    if not lens.w or not lens.h:
        raise MediaError(f"{where}: needs w and h, the size of the pictures")
    focal_px = lens.fl_x
    if focal_px is None and lens.camera_angle_x is not None and 0 < lens.camera_angle_x < np.pi:
        focal_px = lens.w / 2 / float(np.tan(lens.camera_angle_x / 2))
    if focal_px is None:
        raise MediaError(f"{where}: needs fl_x, or camera_angle_x between 0 and pi")
    return lens_from(
        size=(lens.w, lens.h),
        focal=(focal_px, lens.fl_y or focal_px),
        centre=(lens.w / 2 if lens.cx is None else lens.cx, lens.h / 2 if lens.cy is None else lens.cy),
        distortion=tuple(value or 0.0 for value in (lens.k1, lens.k2, lens.p1, lens.p2, lens.k3)),
        where=where,
    )
