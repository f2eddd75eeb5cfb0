"""nerfstudio's ``transforms.json``.

Source: https://docs.nerf.studio/quickstart/data_conventions.html. The world is +Z up, cameras have OpenGL's axes, each
frame has its own lens.
"""

import json
from pathlib import Path
from typing import Any

from r2s2r.geometry.camera_track import CameraTrack
from r2s2r.geometry.transforms import Array
from r2s2r.media.axes import z_up_opengl_from
from r2s2r.media.cameras.writers.pictures import picture


def write_transforms(path: Path, track: CameraTrack) -> tuple[str, ...]:
    """Write a camera; the format holds all of it. Its pictures are called ``images/000000.png``."""
    matrices = z_up_opengl_from(track.world_from_camera).tolist()
    frames = [
        {"file_path": f"images/{picture(index)}", **_lens(lens), "transform_matrix": matrix}
        for index, (matrix, lens) in enumerate(zip(matrices, track.intrinsics, strict=True))
    ]
    written = {
        "camera_model": "PINHOLE",
        "w": track.width,
        "h": track.height,
        **_lens(track.intrinsics[0]),
        "frames": frames,
    }
    path.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
    return ()


def _lens(intrinsics: Array) -> dict[str, Any]:
    return {
        "fl_x": float(intrinsics[0, 0]),
        "fl_y": float(intrinsics[1, 1]),
        "cx": float(intrinsics[0, 2]),
        "cy": float(intrinsics[1, 2]),
    }
