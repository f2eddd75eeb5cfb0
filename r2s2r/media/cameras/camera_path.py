"""nerfstudio's ``camera_path.json``. See ``writers/camera_path.py`` for what its fields mean."""

from fractions import Fraction
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from r2s2r.errors import MediaError
from r2s2r.geometry.camera import centred_intrinsics
from r2s2r.geometry.camera_track import CameraTrack
from r2s2r.media.axes import from_z_up_opengl
from r2s2r.media.cameras.json_file import parsed_json
from r2s2r.media.cameras.solved import MOST_PICTURES, rigid
from r2s2r.media.rates import rate_from

_Number = Annotated[float, Field(allow_inf_nan=False)]
_Size = Annotated[int, Field(ge=1, le=1_000_000)]
_Above0 = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class _Camera(BaseModel):
    model_config = ConfigDict(extra="ignore")

    camera_to_world: Annotated[list[_Number], Field(min_length=16, max_length=16)]
    fov: Annotated[float, Field(gt=0, lt=180)]


class _File(BaseModel):
    model_config = ConfigDict(extra="ignore")

    camera_type: str = "perspective"
    render_height: _Size
    render_width: _Size
    fps: _Above0 | None = None
    seconds: _Above0 | None = None
    camera_path: Annotated[list[_Camera], Field(min_length=1, max_length=MOST_PICTURES)]


def read_camera_path(path: Path) -> CameraTrack:
    """Read a camera. Raises MediaError, naming the file and the place in it."""
    file = parsed_json(path, _File, "nerfstudio's camera_path.json")
    if file.camera_type != "perspective":
        raise MediaError(f"{path}: camera_type: {file.camera_type[:40]} is not read; render with a perspective camera")
    matrices = np.array([camera.camera_to_world for camera in file.camera_path]).reshape(-1, 4, 4)
    poses = [
        rigid(pose, f"{path}: camera_path[{index}]: frame {index}")
        for index, pose in enumerate(from_z_up_opengl(matrices))
    ]
    height, width = file.render_height, file.render_width
    focals_px = height / 2 / np.tan(np.radians([camera.fov for camera in file.camera_path]) / 2)
    lenses = [centred_intrinsics(focal_px, height=height, width=width) for focal_px in focals_px]
    fps = _fps(file)
    times_s = None if fps is None else np.arange(len(poses)) / float(fps)
    return CameraTrack(np.stack(poses), np.stack(lenses), height, width, times_s, fps)


def _fps(file: _File) -> Fraction | None:
    fps = file.fps
    if fps is None and file.seconds is not None:
        fps = len(file.camera_path) / file.seconds
    return rate_from(fps)
