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
from r2s2r.stages.diffuse.surround import Surround, surround_from_picture

# The mirrored picture is carried on to this angle from the axis; beyond it, only the surround.
_CANVAS_REACH_DEG = 62.0
# Up and down less of it: sky must not lie mirrored on the ground, nor ground in the sky.
_MIRROR_HEIGHTS = 0.5
_MIRROR_BLUR_PX = 6.0
_BAND_ROWS = 64


@dataclass(frozen=True, eq=False)
class Placed:
    """A picture at generation scale and where it lies.

    Its pixels are those of the framed picture, continued over the whole source: at the source camera, sampling at pixel
    centres gives exactly what ``media.images.framed`` gives.

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
    margin_x = int(np.clip(reach_px - width / 2, 32, width))
    margin_y = int(np.clip(reach_px - height / 2, 32, _MIRROR_HEIGHTS * height))
    margins = ((margin_y, margin_y), (margin_x, margin_x))
    corner = plate.corner[0] - margin_x, plate.corner[1] - margin_y
    inner = slice(margin_y, margin_y + height), slice(margin_x, margin_x + width)
    mirrored = np.pad(plate.picture, (*margins, (0, 0)), mode="symmetric")
    canvas = Canvas(mirrored, corner, inner, surround_from_picture(plate.picture, plate.corner, source))
    _soften(canvas, source)
    mirrored[inner] = plate.picture
    return canvas


def _whole_pixels(start: float, length: float) -> tuple[int, int]:
    """Return the whole pixels [first, last) that lie within [start, start + length)."""
    return int(np.ceil(start - 1e-6)), int(np.floor(start + length + 1e-6))


def _soften(canvas: Canvas, source: Camera) -> None:
    """Blur the mirror image away from the plate and end it in the surround; in place, and in bands to save memory."""
    blurred = cv2.GaussianBlur(canvas.picture, (0, 0), _MIRROR_BLUR_PX)
    away_y, away_x = (_share_of_margin(size, part) for size, part in zip(blurred.shape, canvas.inner, strict=False))
    for first in range(0, len(blurred), _BAND_ROWS):
        band = slice(first, min(first + _BAND_ROWS, len(blurred)))
        away = np.hypot(away_x, away_y[band, None]).astype(np.float32)[..., None]
        soft = blurred[band].astype(np.float32)
        nearby = soft + (canvas.picture[band] - soft) * fade_out(away, start=0.0, end=0.6)
        beyond = canvas.surround.sample(*_directions(canvas, band, source))
        mixed = beyond + (nearby - beyond) * fade_out(away, start=0.3, end=0.95)
        canvas.picture[band] = np.clip(np.rint(mixed), 0, 255)


def _share_of_margin(size: int, inner: slice) -> Array:
    """Return how far each pixel lies from the plate along one axis [size]: 0 in it, 1 at the canvas's edge."""
    position = np.arange(size)
    outside = np.maximum(0, np.maximum(inner.start - position, position - (inner.stop - 1)))
    share: Array = outside / inner.start
    return share


def _directions(canvas: Canvas, band: slice, source: Camera) -> tuple[Array, Array, Array]:
    """Return the world direction of every pixel of some rows: x, y and z, each [h, W]."""
    columns = np.arange(canvas.picture.shape[1]) + (0.5 + canvas.corner[0])
    rows = np.arange(band.start, band.stop) + (0.5 + canvas.corner[1])
    rays = source.rays(np.stack(np.meshgrid(columns, rows), axis=-1))
    return rays[..., 0], rays[..., 1], rays[..., 2]
