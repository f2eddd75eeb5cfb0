"""Still pictures as sources: whatever Pillow reads, upright, as 8-bit RGB."""

import warnings
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from r2s2r.errors import MediaError
from r2s2r.media.timeline import Timeline

# Not all that Pillow knows: it takes MPEG streams for pictures, and runs programs for PostScript.
_FORMATS = ("PNG", "JPEG", "WEBP", "TIFF", "BMP", "PPM", "GIF")


class StillClip:
    """A still picture as a clip of one frame. Raises MediaError when it is cut off, damaged or absurdly large."""

    def __init__(self, path: Path) -> None:
        self._picture = _read(path)
        self.timeline = Timeline(times_s=(0.0,), rate=Fraction(1), pts=None, keyframes=(), whole=True)
        self.height, self.width = self._picture.shape[:2]
        self.findings: tuple[str, ...] = ()

    def pictures(self, first: int, last: int) -> Iterator[NDArray[np.uint8]]:
        """Yield the picture [H, W, 3]."""
        assert first == last == 0, "a still has one frame"
        yield self._picture


def is_still(path: Path) -> bool:
    """Tell whether a file is a picture that does not move (an animated GIF or PNG is a video)."""
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(path, formats=_FORMATS) as image:
            # A phone's JPEG may hold further pictures (MPO: depth, a burst); the first is the one it shows.
            return image.format == "MPO" or not getattr(image, "is_animated", False)
    except Image.DecompressionBombError:
        return True
    except (UnidentifiedImageError, OSError):
        return False


def _read(path: Path) -> NDArray[np.uint8]:
    try:
        with (
            warnings.catch_warnings(action="error", category=Image.DecompressionBombWarning),
            Image.open(path, formats=_FORMATS) as image,
        ):
            return _rgb(ImageOps.exif_transpose(image))
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise MediaError(f"{path}: the picture is too large; scale it down to 8192 pixels a side at most") from error
    except (OSError, SyntaxError, ValueError) as error:  # Pillow's words for a broken file
        raise MediaError(f"{path}: the picture is cut off or damaged ({error}); copy it again") from error


def _rgb(image: Image.Image) -> NDArray[np.uint8]:
    if image.mode.startswith("I;16"):  # Pillow would clip these, not scale them
        return np.asarray(np.asarray(image) >> 8, np.uint8)[..., None].repeat(3, axis=2)
    return np.asarray(image.convert("RGB"))
