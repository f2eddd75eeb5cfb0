"""ReCamMaster's ``camera_extrinsics.json``, which stands for its own in ``example_test_data/cameras``.

Source: KwaiVGI/ReCamMaster, ``inference_recammaster.py`` and the MultiCamVideo dataset: ``frame0`` ... ``frame80``,
each with ``cam01`` ... ``cam10``, a camera in Unreal's world (left-handed, centimetres, +Z up) and with Unreal's camera
axes (x forward, y right, z up), whose 4x4 matrix is written for rows: ``[x axis 0] [y axis 0] [z axis 0] [eye 1]``. It
reads every fourth frame and takes poses relative to the first, so where the world lies does not matter.
"""

import json
from pathlib import Path

import numpy as np

from r2s2r.geometry.camera_track import CameraTrack
from r2s2r.geometry.transforms import Array
from r2s2r.media.axes import UNREAL_FROM_WORLD
from r2s2r.media.cameras.limits import of_length, without_lens

_FORM, _FRAMES = "ReCamMaster", 81
_CM = 100.0
_CAMERAS = tuple(f"cam{number:02d}" for number in range(1, 11))


def write_recammaster(path: Path, track: CameraTrack) -> tuple[str, ...]:
    """Write a camera under all ten of its names, so that any ``--cam_type`` takes it; return what is lost."""
    matrices = _unreal(track.world_from_camera)
    count = len(matrices)
    written = {
        f"frame{frame}": dict.fromkeys(_CAMERAS, _line(matrices[min(frame, count - 1)]))
        for frame in range(max(count, _FRAMES))
    }
    path.write_text(json.dumps(written, indent=1) + "\n", encoding="ascii")
    return (*of_length(track, _FORM, _FRAMES), *without_lens(track, _FORM))


def _unreal(world_from_camera: Array) -> Array:
    """Return the cameras [N, 4, 4] as Unreal has them, for columns."""
    moved = UNREAL_FROM_WORLD @ world_from_camera
    right, down, forward, eye = np.moveaxis(moved, -1, 0)
    eye = eye * np.array([_CM, _CM, _CM, 1])
    unreal: Array = np.stack([forward, right, -down, eye], axis=-1) + 0.0
    return unreal


def _line(matrix: Array) -> str:
    return " ".join("[" + " ".join(map(repr, column)) + "]" for column in matrix.T.tolist()) + " "
