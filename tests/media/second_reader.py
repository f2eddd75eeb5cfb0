"""EXR files as FFmpeg reads them, whose reader is not OpenEXR's."""

from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray


def ffmpeg_channels(path: Path, layer: str = "") -> dict[str, NDArray[Any]]:
    """Channels [H, W] of a layer: ``r``, ``g``, ``b`` (of a layer with x, y, z: these) and ``a`` if there is one."""
    with av.open(str(path)) as container:
        (stream,) = container.streams.video
        stream.codec_context.options = {"layer": layer}
        frame = next(container.decode(stream))
    kind = np.float16 if "f16" in frame.format.name else np.float32
    rows = [np.frombuffer(bytes(plane), kind).reshape(frame.height, -1)[:, : frame.width] for plane in frame.planes]
    return dict(zip("gbra", rows, strict=False))
