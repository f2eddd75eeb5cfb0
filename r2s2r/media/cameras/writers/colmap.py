"""COLMAP's text files: ``cameras.txt``, ``images.txt`` and an empty ``points3D.txt``.

Source: https://colmap.github.io/format.html. Poses are camera from world, quaternions have their real part first.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from r2s2r.geometry.camera_track import CameraTrack
from r2s2r.geometry.transforms import Array, inverse
from r2s2r.media.cameras.writers.pictures import picture

FILES = ("cameras.txt", "images.txt", "points3D.txt")


def write_colmap(folder: Path, track: CameraTrack) -> tuple[str, ...]:
    """Write a camera into a folder that there is; the format holds all of it. A lens that zooms is a camera a frame."""
    lenses, of_frame = np.unique(track.intrinsics.reshape(-1, 9), axis=0, return_inverse=True)
    cameras, images, points = (folder / name for name in FILES)
    cameras.write_text(_cameras(lenses, track), encoding="ascii")
    images.write_text(_images(track, of_frame.reshape(-1) + 1), encoding="ascii")
    points.write_text("# POINT3D_ID X Y Z R G B ERROR TRACK[]: none, the camera is not solved but made\n", "ascii")
    return ()


def _cameras(lenses: Array, track: CameraTrack) -> str:
    lines = ["# CAMERA_ID MODEL WIDTH HEIGHT fx fy cx cy"]
    for index, (fx, _, cx, _, fy, cy, *_) in enumerate(lenses.tolist(), start=1):
        lines.append(f"{index} PINHOLE {track.width} {track.height} {fx!r} {fy!r} {cx!r} {cy!r}")
    return "\n".join(lines) + "\n"


def _images(track: CameraTrack, cameras: NDArray[np.intp]) -> str:
    camera_from_world = inverse(track.world_from_camera)
    wxyz = Rotation.from_matrix(camera_from_world[:, :3, :3]).as_quat(scalar_first=True)
    poses = np.concatenate([wxyz, camera_from_world[:, :3, 3]], axis=1)
    lines = ["# IMAGE_ID QW QX QY QZ TX TY TZ CAMERA_ID NAME, then a line of features, which is empty"]
    for index, (pose, camera) in enumerate(zip(poses.tolist(), cameras.tolist(), strict=True)):
        lines += [f"{index + 1} {' '.join(map(repr, pose))} {camera} {picture(index)}", ""]
    return "\n".join(lines) + "\n"
