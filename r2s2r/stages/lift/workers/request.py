"""Writing what a worker is asked: a folder, as in docs/lift-workers.md."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.camera import Camera, pixel_centres
from r2s2r.geometry.transforms import Array
from r2s2r.media.images import write_mask, write_rgb
from r2s2r.spec.workers import WorkerName
from r2s2r.workers.exchange import PROTOCOL, REQUEST, VERSION

_POINTMAP = "pointmap.npz"
# OpenCV's camera axes (x right, y down, z forward) from PyTorch3D's (x left, y up, z forward), and back.
OPENCV_FROM_PYTORCH3D = np.diag([-1.0, -1.0, 1.0])


@dataclass(frozen=True)
class Asked:
    """What a worker is asked, but for its pictures.

    Attributes:
        model: The model that is to answer.
        seed: Of what is random.
        weights: Folder of the model's weights.
        intrinsics: K [3, 3] in pixels.
    """

    model: WorkerName
    seed: int
    weights: Path
    intrinsics: Array


@dataclass(frozen=True, eq=False)
class Seen:
    """A frame to look at: its number in the clip, its picture [H, W, 3], and the entity's mask [H, W]."""

    clip_frame: int
    picture: NDArray[np.uint8]
    mask: NDArray[np.bool_]


def write_request(
    folder: Path, asked: Asked, frames: Iterable[Seen], points: NDArray[np.float32] | None = None
) -> tuple[int, ...]:
    """Write a request into an empty folder; one frame at a time is in memory.

    ``points`` [H, W, 3]: where what each pixel shows is, in the camera's frame (OpenCV axes), NaN where unknown.
    Returns the numbers of the frames.
    """
    listed = []
    for name in ("frames", "masks"):
        (folder / name).mkdir()
    for seen in frames:
        image, mask = (f"{name}/{seen.clip_frame:06d}.png" for name in ("frames", "masks"))
        write_rgb(folder / image, seen.picture)
        write_mask(folder / mask, seen.mask)
        listed.append({"frame": seen.clip_frame, "image": image, "mask": mask})
    if points is not None:
        np.savez(folder / _POINTMAP, allow_pickle=False, points=(points @ OPENCV_FROM_PYTORCH3D).astype(np.float32))
    said = {
        "protocol": PROTOCOL,
        "version": VERSION,
        "model": asked.model,
        "seed": asked.seed,
        "weights": str(asked.weights.absolute()),
        "intrinsics": asked.intrinsics.tolist(),
        "frames": listed,
        "pointmap": None if points is None else _POINTMAP,
    }
    (folder / REQUEST).write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
    return tuple(int(str(one["frame"])) for one in listed)


def points_of(depth_m: NDArray[np.float32], camera: Camera) -> NDArray[np.float32]:
    """Return where what each pixel shows is, [H, W, 3], in the camera's frame (OpenCV axes); NaN where depth is."""
    pixels = pixel_centres(*depth_m.shape)
    rays = np.concatenate([pixels, np.ones((*depth_m.shape, 1))], axis=-1) @ np.linalg.inv(camera.intrinsics).T
    return np.asarray(rays * depth_m[..., None], np.float32)
