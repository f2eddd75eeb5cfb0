"""The surround: what the source camera might have seen in every direction it did not look."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.camera import Camera
from r2s2r.geometry.transforms import Array
from r2s2r.media.pushpull import Image, push_pull
from r2s2r.stages.diffuse.fade import fade_out

_COLUMNS = 720  # half a degree each
_ROWS = _COLUMNS // 2
# Above and below the picture each row fades to its mean colour, so that no streaks run to the poles.
_POLE_FADE_ROWS = 60


@dataclass(frozen=True, eq=False)
class Surround:
    """A low-resolution panorama about the source camera's eye, which closes on itself behind the camera.

    Attributes:
        panorama: [360, 720, 3] float32, 0..255 sRGB. Columns are azimuth from -180 degrees, 0 at the world's -Z and
            growing towards +X; rows are elevation from +90 degrees down.
    """

    panorama: Image

    def sample(self, x: Array, y: Array, z: Array) -> Image:
        """Return colours [H, W, 3] float32 in world directions, three arrays [H, W] of any length."""
        azimuth, elevation = np.arctan2(x, -z), np.arctan2(y, np.hypot(x, z))
        columns = (azimuth / (2 * np.pi) + 0.5) * _COLUMNS - 0.5
        rows = (0.5 - elevation / np.pi) * _ROWS - 0.5
        # Wrapping by a column on each side lets the interpolation close the circle.
        closed = np.concatenate([self.panorama[:, -1:], self.panorama, self.panorama[:, :1]], axis=1)
        maps = (columns + 1).astype(np.float32), rows.astype(np.float32)
        return cv2.remap(closed, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(np.float32)


def surround_from_picture(picture: NDArray[np.uint8], corner: tuple[int, int], source: Camera) -> Surround:
    """Extend a picture to all directions: along the horizon first, so that sky stays above ground all the way round.

    Args:
        picture: [H, W, 3] uint8, at the scale of ``source``.
        corner: (x, y) of the picture's corner in pixels of ``source``.
        source: The camera that took it.
    """
    values, known = _seen(picture, corner, source)
    doubled = np.concatenate([values, values], axis=1), np.concatenate([known, known], axis=1)
    along_rows = push_pull(*doubled, halve=(1, 2))[:, _COLUMNS // 2 : _COLUMNS // 2 + _COLUMNS]
    rows_known = np.flatnonzero(known.any(axis=1))
    nearest = np.clip(np.arange(_ROWS), rows_known[0], rows_known[-1])
    off = np.abs(np.arange(_ROWS) - nearest).astype(np.float32)
    detail = fade_out(off, start=0.0, end=_POLE_FADE_ROWS)[:, None, None]
    panorama = np.roll(along_rows, -_COLUMNS // 2, axis=1)[nearest]
    mean = panorama.mean(axis=1, keepdims=True)
    return Surround((mean + (panorama - mean) * detail).astype(np.float32))


def _seen(picture: NDArray[np.uint8], corner: tuple[int, int], source: Camera) -> tuple[Image, Image]:
    """Return the panorama's colours and where they are known (0 or 1)."""
    height, width = picture.shape[:2]
    coarse = max(1.0, source.intrinsics[0, 0] * 2 * np.pi / _COLUMNS)
    small_size = max(1, round(width / coarse)), max(1, round(height / coarse))
    small = cv2.resize(picture, small_size, interpolation=cv2.INTER_AREA).astype(np.float32)
    pixels, depth_m = source.project(source.position_m + _directions())
    columns, rows = ((pixels[..., i] - corner[i]) / (width, height)[i] for i in (0, 1))
    off = np.where(depth_m > 0, np.maximum(np.abs(columns - 0.5), np.abs(rows - 0.5)), np.inf)
    known = off <= max(0.5, off.min())  # a telephoto picture may lie between the cells: then the nearest shows it
    maps = (columns * small_size[0] - 0.5).astype(np.float32), (rows * small_size[1] - 0.5).astype(np.float32)
    values = cv2.remap(small, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return values.astype(np.float32), known.astype(np.float32)


def _directions() -> Array:
    """Return the world direction [360, 720, 3] of every cell's middle."""
    azimuth = ((np.arange(_COLUMNS) + 0.5) / _COLUMNS - 0.5) * 2 * np.pi
    elevation = (0.5 - (np.arange(_ROWS) + 0.5) / _ROWS)[:, None] * np.pi
    level = np.cos(elevation)
    parts = np.broadcast_arrays(np.sin(azimuth) * level, np.sin(elevation), -np.cos(azimuth) * level)
    return np.stack(parts, axis=-1)
