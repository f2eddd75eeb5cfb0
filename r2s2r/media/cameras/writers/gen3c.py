"""GEN3C's trajectory: the entries of the ``.npz`` that its ``gen3c_multiview.py`` reads the wanted camera from.

Source: nv-tlabs/GEN3C, ``cosmos_predict1/diffusion/inference/gen3c_multiview.py``: ``w2cs_all`` [T, 4, 4] camera from
world, ``Ks_all`` [T, 3, 3] in pixels, both float32, OpenCV's axes. ``w2c`` and ``intrinsics`` are the same under the
names of the ``camera.npz`` in its folders (``gui/api/v2v_utils.py``). It makes 121 frames at a time, or 241, 361 ...
"""

from pathlib import Path

import numpy as np

from r2s2r.geometry.camera_track import CameraTrack
from r2s2r.geometry.transforms import Array, inverse
from r2s2r.media.cameras.limits import of_length

_CHUNK = 120


def write_gen3c(path: Path, track: CameraTrack) -> tuple[str, ...]:
    """Write a camera, held to the next length that GEN3C makes; return what a person should know."""
    count = len(track.world_from_camera)
    frames = 1 + _CHUNK * max(1, -(-(count - 1) // _CHUNK))
    poses = _held(inverse(track.world_from_camera), frames)
    lenses = _held(track.intrinsics, frames)
    np.savez(path, allow_pickle=False, w2cs_all=poses, Ks_all=lenses, w2c=poses, intrinsics=lenses)
    return (
        *of_length(track, "GEN3C", frames),
        f"Ks_all is for pictures of {track.width}x{track.height}; GEN3C wants it for those of its key frames",
    )


def _held(matrices: Array, frames: int) -> np.typing.NDArray[np.float32]:
    rest = np.repeat(matrices[-1:], frames - len(matrices), axis=0)
    return np.concatenate([matrices, rest]).astype(np.float32)
