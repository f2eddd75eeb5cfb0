"""Two clips out of one film: as it is, and as a camera that turns on the spot would have seen its meadow."""

import json
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from r2s2r.geometry.camera import intrinsics_from_fov
from r2s2r.media.clip import read_clip
from r2s2r.media.h264 import H264Writer

_CRF = 28
# The rabbit stands free before a static camera.
_FIRST, _LAST, _REFERENCE = 54, 78, 66
_FILM_FOV_DEG, _HAND_FOV_DEG = 45.0, 34.0
_HAND_FRAMES, _HAND_FPS = 17, 10


def write_meadow(path: Path, film: Path) -> None:
    """Write a second of the film, at half its size."""
    _write(path, [_halved(picture) for picture in _pictures(film, _FIRST, _LAST)], Fraction(25))


def write_filmed_by_hand(path: Path, camera: Path, film: Path) -> None:
    """Write what a camera sees that turns on the spot before one picture of the film, and how it turned.

    What a camera sees that only turns is a homography of what it saw before, whatever the scene's depth.
    """
    (still,) = _pictures(film, _REFERENCE, _REFERENCE)
    height, width = 270, 480
    film_lens = intrinsics_from_fov(_FILM_FOV_DEG, height=still.shape[0], width=still.shape[1])
    hand_lens = intrinsics_from_fov(_HAND_FOV_DEG, height=height, width=width)
    turns = [_turn(frame / (_HAND_FRAMES - 1)) for frame in range(_HAND_FRAMES)]
    pictures = []
    for turn in turns:
        film_from_hand = film_lens @ turn @ np.linalg.inv(hand_lens)
        flags = cv2.INTER_AREA | cv2.WARP_INVERSE_MAP
        pictures.append(np.asarray(cv2.warpPerspective(still, film_from_hand, (width, height), flags=flags), np.uint8))
    _write(path, pictures, Fraction(_HAND_FPS))
    camera.write_text(_nerfstudio(turns, hand_lens, height=height, width=width), encoding="utf-8")


def _pictures(film: Path, first: int, last: int) -> list[NDArray[np.uint8]]:
    return list(read_clip(film).pictures(first, last))


def _halved(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = picture.shape[0] // 2, picture.shape[1] // 2
    return np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _turn(share: float) -> NDArray[np.float64]:
    """Return the turn [3, 3] of the camera's own axes, x right, y down, z forward: a pan to the right that wavers."""
    pan_deg = 6 * (share - 0.5) + 0.5 * np.sin(9 * share)
    tilt_deg = 1.2 * np.sin(2 * np.pi * share)
    return Rotation.from_euler("YX", [pan_deg, tilt_deg], degrees=True).as_matrix()


def _nerfstudio(turns: list[NDArray[np.float64]], lens: NDArray[np.float64], *, height: int, width: int) -> str:
    """Return a ``transforms.json``: world from camera, with OpenGL's camera axes (x right, y up, z backwards)."""
    flip = np.diag([1.0, -1.0, -1.0])
    frames = []
    for index, turn in enumerate(turns):
        pose = np.eye(4)
        pose[:3, :3] = flip @ turn @ flip
        frames.append({"file_path": f"{index:04d}.png", "transform_matrix": np.round(pose, 9).tolist()})
    head = {"w": width, "h": height, "fl_x": lens[0, 0], "fl_y": lens[1, 1], "cx": lens[0, 2], "cy": lens[1, 2]}
    return json.dumps({"camera_model": "PINHOLE", **head, "frames": frames}, indent=1) + "\n"


def _write(path: Path, pictures: list[NDArray[np.uint8]], fps: Fraction) -> None:
    height, width = pictures[0].shape[:2]
    with H264Writer(path, height=height, width=width, fps=fps, crf=_CRF) as writer:
        for picture in pictures:
            writer.write(picture)
