"""The film an entity is followed on: grey frames and masks, to be looked at in any order."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.footage import Footage
from r2s2r.artifacts.mask import Mask
from r2s2r.artifacts.source_camera import SourceCamera
from r2s2r.geometry.transforms import Array, inverse
from r2s2r.stages.lift.masking.small_frames import SmallFrames

# Points are found to a fraction of a pixel: more of them would cost time for nothing.
_LONGEST_SIDE_PX = 1280

Grey = NDArray[np.uint8]
Bits = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Film:
    """Frames and masks of one size, and the camera they were filmed with.

    Attributes:
        intrinsics: [3, 3], K in pixels of these frames.
        camera_from_world: [N, 4, 4].
        reference: Index of the reference frame.
    """

    intrinsics: Array
    camera_from_world: Array
    reference: int
    _frames: SmallFrames
    _masks: SmallFrames

    def __len__(self) -> int:
        """Return the number of frames."""
        return len(self.camera_from_world)

    def frame(self, index: int) -> Grey:
        """Return a frame [H, W], grey."""
        return self._frames[index]

    def mask(self, index: int) -> Bits:
        """Return where the entity is [H, W]; nowhere in frames in which it was not found."""
        return self._masks[index] >= 128


@contextmanager
def film_of(footage: Footage, mask: Mask, camera: SourceCamera, *, folder: Path) -> Iterator[Film]:
    """Read a clip once, with temporary files in ``folder``; memory does not grow with the number of frames."""
    height, width = footage.facts.height, footage.facts.width
    scale = min(1.0, _LONGEST_SIDE_PX / max(height, width))
    size = (round(height * scale), round(width * scale))
    zoom = np.diag([size[1] / width, size[0] / height, 1.0])
    with SmallFrames(folder, size) as frames, SmallFrames(folder, size) as masks:
        for index, (picture, inside) in enumerate(zip(footage.frames(), mask.frames(), strict=True)):
            frames[index] = _shrunk(np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8), size)
            masks[index] = _shrunk(inside.astype(np.uint8) * 255, size)
        poses = inverse(camera.world_from_camera)
        yield Film(zoom @ camera.intrinsics, poses, camera.facts.reference, frames, masks)


def _shrunk(picture: NDArray[np.uint8], size: tuple[int, int]) -> Grey:
    if picture.shape == size:
        return picture
    return np.asarray(cv2.resize(picture, size[::-1], interpolation=cv2.INTER_AREA), np.uint8)
