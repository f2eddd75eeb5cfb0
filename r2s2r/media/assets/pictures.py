"""Pictures inside of, or beside, mesh files."""

from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from r2s2r.errors import MediaError

# A file of few bytes may promise many pixels: 16k x 8k is more than any texture that is of use here.
_MAX_PIXELS = 2**27
_FORMATS = ("PNG", "JPEG", "WEBP", "TGA", "BMP", "GIF", "TIFF")


def decoded(name: str, data: bytes, side_px: int) -> NDArray[np.uint8]:
    """Decode a texture as [H, W, 3] uint8 RGB, reduced to at most ``side_px`` on its longer side; alpha is dropped.

    Raises:
        MediaError: It is no picture, a damaged one, or too large; ``name`` says which.
    """
    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as picture:
            width, height = picture.size
            if width * height > _MAX_PIXELS:
                raise MediaError(f"{name}: a picture of {width}x{height} pixels is too large for a texture; reduce it")
            picture.draft("RGB", (side_px, side_px))
            colours = _eight_bit(picture).convert("RGB")
            colours.thumbnail((side_px, side_px), Image.Resampling.BOX)
            return np.asarray(colours)
    except MediaError:
        raise
    except Exception as error:  # Pillow's readers fail in many ways on damaged files, and warn of large ones
        raise MediaError(f"{name}: cannot be read as a picture ({error or type(error).__name__}); save it as PNG or "
                         "JPEG") from error  # fmt: skip


def _eight_bit(picture: Image.Image) -> Image.Image:
    if picture.mode in ("I;16", "I;16B", "I;16L", "I"):
        return Image.fromarray((np.asarray(picture).astype(np.int64) >> 8).clip(0, 255).astype(np.uint8))
    return picture
