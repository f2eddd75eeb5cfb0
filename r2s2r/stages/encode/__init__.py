"""Encode: frames become what people watch."""

from pathlib import Path
from typing import TYPE_CHECKING

from r2s2r.spec.encode import EncodeSpec

if TYPE_CHECKING:
    from r2s2r.artifacts.footage import Footage
    from r2s2r.artifacts.passes import Passes
    from r2s2r.artifacts.progress import Progress

VERSION: int = 1


def make_video(spec: EncodeSpec, frames: "Footage", passes: "Passes", out: Path, progress: "Progress") -> None:
    """Make a ``Video`` artefact: ``video.mp4`` of the frames, ``control.mp4`` of the normals, ``contact.png`` of both.

    Frames are streamed. Raises StageError when ffmpeg fails, MissingError when there is none.
    """
    from r2s2r.stages.encode.delivery import deliver

    deliver(spec, frames, passes, out, progress)
