"""nerfstudio's ``transforms.json``.

Source: https://docs.nerf.studio/quickstart/data_conventions.html. Cameras look along their -Z, +Y up (OpenGL).
"""

from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from r2s2r.errors import MediaError
from r2s2r.geometry.transforms import Array
from r2s2r.media.axes import CAMERA_FROM_OPENGL
from r2s2r.media.cameras.json_file import parsed_json
from r2s2r.media.cameras.solved import MOST_PICTURES, Lens, SolvedCameras, SolvedPicture, lens_from, rigid

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
    file = parsed_json(path, _File, "nerfstudio's transforms.json")
    shared = file.model_dump(exclude={"frames"}, exclude_none=True)
    pictures = []
    for index, picture in enumerate(file.frames):
        where = f"{path}: frames[{index}] ({picture.file_path[:80]})"
        own = picture.model_dump(exclude={"file_path", "transform_matrix"}, exclude_none=True)
        lens = _lens(_Lens.model_validate({**shared, **own}), where)
        pictures.append(SolvedPicture(picture.file_path, _pose(picture, where), lens))
    return SolvedCameras(tuple(pictures), np.zeros((0, 3)))


def _pose(picture: _Picture, where: str) -> Array:
    matrix = np.eye(4)
    matrix[:3] = np.array(picture.transform_matrix[:3])
    return rigid(matrix @ CAMERA_FROM_OPENGL, where)


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
