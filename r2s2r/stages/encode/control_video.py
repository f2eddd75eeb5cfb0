"""The control video: what steered the frames, as the model saw it."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.control import Control
from r2s2r.artifacts.passes import Passes
from r2s2r.artifacts.progress import Progress
from r2s2r.artifacts.video import CONTROL
from r2s2r.media.h264 import H264Writer
from r2s2r.stages.encode.size import Size


def control_frames(control: Passes | Control) -> Iterator[NDArray[np.uint8]]:
    """Yield the frames [H, W, 3] of a control: its own, or the normals of the passes."""
    match control:
        case Passes():
            return map(control.normal, range(control.facts.frames))
        case Control():
            return control.frames()


def control_size(control: Passes | Control) -> Size:
    """Return the size of a control's frames."""
    return Size(control.facts.height, control.facts.width)


def write_control_video(
    frames: Iterable[NDArray[np.uint8]],
    control: Passes | Control,
    out: Path,
    *,
    crf: int,
    before: int,
    progress: Progress,
) -> None:
    """Write ``control.mp4`` at the control's own size and rate; ``before`` frames of other videos are done."""
    size = control_size(control)
    with H264Writer(out / CONTROL, height=size.height, width=size.width, fps=control.fps, crf=crf) as writer:
        for done, picture in enumerate(frames, start=before + 1):
            writer.write(picture)
            progress(done, before + control.facts.frames)
