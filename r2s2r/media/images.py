"""Still images: PNG files, and the one way a source picture is framed."""

from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from r2s2r.errors import MediaError
from r2s2r.geometry.framing import Framing

PngCoding: TypeAlias = tuple[int, ...]

# Level 1 is four times faster than the default for 5-10 % more bytes.
LEVEL_1: PngCoding = (cv2.IMWRITE_PNG_COMPRESSION, 1)

# Of the differences to the row above: for passes, half the time of level 1 for as many bytes.
RUN_LENGTHS: PngCoding = (
    *LEVEL_1,
    *(cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_RLE),
    *(cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_UP),
)


def write_rgb(path: Path, image: NDArray[np.uint8], coding: PngCoding = LEVEL_1) -> None:
    """Write [H, W, 3] uint8 RGB as PNG."""
    _write_png(path, np.ascontiguousarray(image[..., ::-1]), coding)


def write_mask(path: Path, mask: NDArray[np.bool_]) -> None:
    """Write [H, W] bool as a PNG of 0 and 255."""
    _write_png(path, mask.astype(np.uint8) * 255, LEVEL_1)


def write_grey(path: Path, image: NDArray[np.uint8], coding: PngCoding = LEVEL_1) -> None:
    """Write [H, W] uint8 as a grey PNG."""
    _write_png(path, image, coding)


def write_grey16(path: Path, image: NDArray[np.uint16], coding: PngCoding = LEVEL_1) -> None:
    """Write [H, W] uint16 as a 16-bit grey PNG."""
    _write_png(path, image, coding)


def read_rgb(path: Path) -> NDArray[np.uint8]:
    """Read a picture as [H, W, 3] uint8 RGB; alpha is dropped. Raises MediaError when it cannot be read."""
    image = _read(path, cv2.IMREAD_COLOR)
    return np.ascontiguousarray(image[..., ::-1], dtype=np.uint8)


def read_mask(path: Path) -> NDArray[np.bool_]:
    """Read a picture as [H, W] bool: true where it is brighter than half."""
    return _read(path, cv2.IMREAD_GRAYSCALE) >= 128


def read_grey(path: Path) -> NDArray[np.uint8]:
    """Read a picture as [H, W] uint8 grey. Raises MediaError when it cannot be read."""
    return _read(path, cv2.IMREAD_GRAYSCALE)


def read_grey16(path: Path) -> NDArray[np.uint16]:
    """Read a 16-bit grey PNG as [H, W] uint16."""
    return _read(path, cv2.IMREAD_UNCHANGED).astype(np.uint16, copy=False)


def framed(image: NDArray[np.uint8], framing: Framing) -> NDArray[np.uint8]:
    """Frame a source picture [Hs, Ws, 3] (or [Hs, Ws]) to [H, W, 3] (or [H, W]): filtered, black bars outside.

    The resampling is Pillow's bicubic, which widens with the reduction (no aliasing) and takes a fractional window.
    """
    window, active = framing.source_window, framing.active
    size = (int(active.width), int(active.height))
    box = (window.x0, window.y0, window.x1, window.y1)
    picture = np.asarray(Image.fromarray(image).resize(size, Image.Resampling.BICUBIC, box=box))
    output = np.zeros((framing.height, framing.width, *image.shape[2:]), np.uint8)
    output[int(active.y0) : int(active.y1), int(active.x0) : int(active.x1)] = picture
    return output


def _write_png(path: Path, image: NDArray[np.uint8] | NDArray[np.uint16], coding: PngCoding) -> None:
    written, data = cv2.imencode(".png", image, coding)
    assert written, "an array of a picture's shape can be written as PNG"
    path.write_bytes(data.tobytes())  # and not by cv2.imwrite, which does not say why it failed


def _read(path: Path, flags: int) -> NDArray[np.uint8]:
    try:
        image = cv2.imread(str(path), flags)
    except cv2.error as error:  # of all that is wrong with a file, only this is not told by returning nothing
        raise MediaError(f"{path}: the picture is too large; scale it down to the size of the clip") from error
    if image is None:
        raise MediaError(f"{path}: not a picture that can be read; give a PNG or JPEG")
    return np.asarray(image)
