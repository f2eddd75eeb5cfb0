"""nerfstudio's ``camera_path.json``: what ``ns-render camera-path`` renders and its viewer loads.

Source: ``nerfstudio/cameras/camera_paths.py`` and ``nerfstudio/viewer/render_panel.py``. The world is +Z up, cameras
have OpenGL's axes, matrices are flattened row by row, ``fov`` is vertical and in degrees. Pixels are square and the
principal point is the picture's middle.
"""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from r2s2r.geometry.camera_track import CameraTrack
from r2s2r.media.axes import z_up_opengl_from
from r2s2r.media.cameras.limits import with_one_focal_length, without_centre

_FORM = "camera_path.json"


def write_camera_path(path: Path, track: CameraTrack, fps: Fraction) -> tuple[str, ...]:
    """Write a camera at ``fps``; return what the format cannot hold."""
    fovs_deg = np.degrees(2 * np.arctan(track.height / 2 / track.intrinsics[:, 1, 1])).tolist()
    matrices = z_up_opengl_from(track.world_from_camera).reshape(-1, 16).tolist()
    aspect = track.width / track.height
    cameras = [
        {"camera_to_world": matrix, "fov": fov, "aspect": aspect}
        for matrix, fov in zip(matrices, fovs_deg, strict=True)
    ]
    written = {
        "camera_type": "perspective",
        "render_height": track.height,
        "render_width": track.width,
        "fps": float(fps),
        "seconds": len(cameras) / float(fps),
        "is_cycle": False,
        "smoothness_value": 0.0,
        "default_fov": fovs_deg[0],
        "default_transition_sec": 1 / float(fps),
        "keyframes": [_key(camera, fps) for camera in cameras],
        "camera_path": cameras,
    }
    path.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
    return (*without_centre(track, _FORM), *with_one_focal_length(track, _FORM))


def _key(camera: dict[str, Any], fps: Fraction) -> dict[str, Any]:
    """Return a camera as the viewer's key, which it goes on from to the next within a frame."""
    return {
        "matrix": camera["camera_to_world"],
        "fov": camera["fov"],
        "aspect": camera["aspect"],
        "override_transition_enabled": True,
        "override_transition_sec": 1 / float(fps),
    }
