"""Nuke's ``.chan``: a line a frame.

Source: https://docs.blender.org/manual/en/3.3/addons/import_export/anim_nuke_chan.html and Nuke's camera. Columns:
frame, translate x y z, rotate x y z in degrees, vertical field of view in degrees. The world is +Y up as ours, cameras
have OpenGL's axes, the rotation order is the one Nuke starts with, ZXY: first about z, then x, then y.
"""

import warnings
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from r2s2r.geometry.camera_track import CameraTrack
from r2s2r.geometry.transforms import Array
from r2s2r.media.axes import opengl_from
from r2s2r.media.cameras.limits import with_one_focal_length, without_centre

_FORM = ".chan"


def write_chan(path: Path, track: CameraTrack) -> tuple[str, ...]:
    """Write a camera, frames counted from 0; return what the format cannot hold."""
    cameras = opengl_from(track.world_from_camera)
    fovs_deg = np.degrees(2 * np.arctan(track.height / 2 / track.intrinsics[:, 1, 1]))
    columns = np.column_stack([cameras[:, :3, 3], _angles_deg(cameras[:, :3, :3]), fovs_deg])
    lines = ["\t".join([str(frame), *map(repr, row)]) for frame, row in enumerate(columns.tolist())]
    path.write_text("\n".join(lines) + "\n", encoding="ascii")
    return (*without_centre(track, _FORM), *with_one_focal_length(track, _FORM))


def _angles_deg(rotations: Array) -> Array:
    """Return the turns [N, 3] about x, y and z; none jumps by a whole turn from one frame to the next."""
    with warnings.catch_warnings():
        # Straight up or down, one of two angles is free; scipy says so, and sets it to 0, which is as good as any.
        warnings.simplefilter("ignore", UserWarning)
        zxy = Rotation.from_matrix(rotations).as_euler("zxy", degrees=True)
    turned: Array = np.unwrap(zxy[:, [1, 2, 0]], axis=0, period=360) + 0.0
    return turned
