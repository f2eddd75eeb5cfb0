"""OpenEXR files: pictures of any number of named channels, each of its own type."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import OpenEXR
from numpy.typing import NDArray

from r2s2r.errors import MediaError
from r2s2r.media.writing import as_os_error

Channels: TypeAlias = Mapping[str, NDArray[np.float32] | NDArray[np.float16]]


def write_exr(path: Path, channels: Channels, words: Mapping[str, str] | None = None) -> None:
    """Write channels [H, W], float32 or float16, and words of the header, name -> text.

    Lossless, a row at a time, as compositing programs read it fastest. Run lengths take half the time of deflate or
    less, and these pictures are half background. Equal inputs give equal bytes.
    """
    header: dict[str, Any] = {"compression": OpenEXR.RLE_COMPRESSION, "type": OpenEXR.scanlineimage, **(words or {})}
    # The library takes no notice of strides: it would write what lies next in memory.
    packed = {name: np.ascontiguousarray(channel) for name, channel in channels.items()}
    with as_os_error(path), OpenEXR.File(header, packed) as file:
        file.write(str(path))


def read_exr(path: Path) -> dict[str, NDArray[Any]]:
    """Return all channels, name -> [H, W]. Raises MediaError when the file is damaged or none."""
    try:
        with OpenEXR.File(str(path), separate_channels=True) as file:
            return {name: channel.pixels for name, channel in file.channels().items()}
    except (RuntimeError, ValueError) as error:
        raise MediaError(f"{path}: not an OpenEXR file that can be read; make it again") from error


def write_depth_exr(path: Path, depth: NDArray[np.float32]) -> None:
    """Write [H, W] float32 as a one-channel (``Z``) EXR."""
    write_exr(path, {"Z": depth})


def read_depth_exr(path: Path) -> NDArray[np.float32]:
    """Read the ``Z`` channel of an EXR as [H, W] float32. Raises MediaError when there is none to be read."""
    channels = read_exr(path)
    if "Z" not in channels:
        raise MediaError(f"{path}: has no channel Z; give a depth map")
    return channels["Z"]
