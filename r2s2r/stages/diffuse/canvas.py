"""The canvas: the plate at generation scale, carried on beyond its edges."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from r2s2r.geometry.camera import Camera
from r2s2r.geometry.framing import Framing
from r2s2r.geometry.transforms import Array
from r2s2r.media.images import framed
from r2s2r.stages.diffuse.fade import fade_out
from r2s2r.stages.diffuse.fill import Image
from r2s2r.stages.diffuse.surround import Surround, surround_from_picture

# The mirrored picture is carried on to this angle from the axis; beyond it, only the surround.
_CANVAS_REACH_DEG = 62.0
_MIRROR_BLUR_PX = 6.0


@dataclass(frozen=True, eq=False)
class Placed:
    """A picture at generation scale and where it lies.

    Its pixels are those of the framed picture, continued over the whole source: at the source camera, sampling at a pixel
    centre gives exactly what ``media.images.framed`` gives.

    Attributes:
        picture: [H, W, 3] (or [H, W]) uint8.
        corner: (x, y) of its corner, in pixels of the generated picture.
    """

    picture: NDArray[np.uint8]
    corner: tuple[int, int]


@dataclass(frozen=True, eq=False)
class Canvas:
    """The plate with margins: its mirror image, ever softer, that ends in the surround.

    Attributes:
        picture: [H, W, 3] uint8.
        corner: (x, y) of its corner, in pixels of the source camera at generation scale.
        inner: Rows and columns of ``picture`` that are the plate itself.
        surround: What lies beyond.
    """

    picture: NDArray[np.uint8]
    corner: tuple[int, int]
    inner: tuple[slice, slice]
    surround: Surround


def at_generation_scale(picture: NDArray[np.uint8], framing: Framing) -> Placed:
    """Resample a whole source picture [Hs, Ws, 3] as ``framed`` does, on the same pixel grid."""
    matrix = framing.output_from_source
    left, right = _whole_pixels(matrix[0, 2], matrix[0, 0] * framing.source_width)
    top, bottom = _whole_pixels(matrix[1, 2], matrix[1, 1] * framing.source_height)
    box = (
        max(0.0, (left - matrix[0, 2]) / matrix[0, 0]),
        max(0.0, (top - matrix[1, 2]) / matrix[1, 1]),
        min(framing.source_width, (right - matrix[0, 2]) / matrix[0, 0]),
        min(framing.source_height, (bottom - matrix[1, 2]) / matrix[1, 1]),
    )
    size = (right - left, bottom - top)
    resampled = np.array(Pillow.fromarray(picture).resize(size, Pillow.Resampling.BICUBIC, box=box))
    active = framing.active
    rows, columns = slice(int(active.y0), int(active.y1)), slice(int(active.x0), int(active.x1))
    # Same filter and grid; copied all the same, for Pillow rounds a window's corner to float32.
    shown = framed(picture, framing)[rows, columns]
    resampled[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left] = shown
    return Placed(resampled, (left, top))


def canvas_from_plate(plate: Placed, source: Camera) -> Canvas:
    """Carry the plate on beyond its edges; ``source`` is the source camera at generation scale."""
    height, width = plate.picture.shape[:2]
    reach_px = source.intrinsics[0, 0] * np.tan(np.radians(_CANVAS_REACH_DEG))
    margin_x, margin_y = (int(np.clip(reach_px - side / 2, 32, side)) for side in (width, height))
    margins = ((margin_y, margin_y), (margin_x, margin_x))
    corner = plate.corner[0] - margin_x, plate.corner[1] - margin_y
    inner = slice(margin_y, margin_y + height), slice(margin_x, margin_x + width)
    mirrored = np.pad(plate.picture, (*margins, (0, 0)), mode="symmetric")
    surround = surround_from_picture(plate.picture, plate.corner, source)
    picture = _softened(mirrored, margins, surround.sample(*_directions(mirrored.shape, corner, source)))
    picture[inner] = plate.picture
    return Canvas(picture, corner, inner, surround)


def _whole_pixels(start: float, length: float) -> tuple[int, int]:
    """Return the whole pixels [first, last) that lie within [start, start + length)."""
    return int(np.ceil(start - 1e-6)), int(np.floor(start + length + 1e-6))


def _softened(mirrored: NDArray[np.uint8], margins: tuple[tuple[int, int], ...], beyond: Image) -> NDArray[np.uint8]:
    """Blur the mirror image away from the plate and end it in the surround."""
    (margin_y, _), (margin_x, _) = margins
    height, width = mirrored.shape[:2]
    off_x = _outside(width, margin_x) / margin_x
    off_y = _outside(height, margin_y)[:, None] / margin_y
    off = np.hypot(off_x, off_y).astype(np.float32)[..., None]
    soft = cv2.GaussianBlur(mirrored, (0, 0), _MIRROR_BLUR_PX).astype(np.float32)
    nearby = soft + (mirrored - soft) * fade_out(off, start=0.0, end=0.6)
    mixed = beyond + (nearby - beyond) * fade_out(off, start=0.3, end=0.95)
    return np.clip(np.rint(mixed), 0, 255).astype(np.uint8)


def _outside(size: int, margin: int) -> Array:
    """Return how many pixels each pixel lies outside the plate along one axis [size]."""
    position = np.arange(size)
    distance: Array = np.maximum(0, np.maximum(margin - position, position - (size - margin - 1))).astype(float)
    return distance


def _directions(shape: tuple[int, ...], corner: tuple[int, int], source: Camera) -> tuple[Array, Array, Array]:
    columns = np.arange(shape[1]) + 0.5 + corner[0]
    rows = np.arange(shape[0]) + 0.5 + corner[1]
    rays = source.rays(np.stack(np.meshgrid(columns, rows), axis=-1))
    return rays[..., 0], rays[..., 1], rays[..., 2]
