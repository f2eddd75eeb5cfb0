"""Encode: frames become what people watch."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from r2s2r.spec.delivery import DeliverySpec

if TYPE_CHECKING:
    from r2s2r.artifacts.control import Control
    from r2s2r.artifacts.footage import Footage
    from r2s2r.artifacts.passes import Passes
    from r2s2r.artifacts.progress import Progress

VERSION: int = 2


def make_video(
    spec: DeliverySpec, frames: "Footage", control: "Passes | Control", out: Path, progress: "Progress"
) -> None:
    """Make a ``Video`` artefact: ``video.mp4`` of the frames, ``control.mp4`` of what steered them, ``contact.png``.

    Frames are streamed. Raises StageError when ffmpeg fails, MissingError when there is none.
    """
    from r2s2r.stages.encode.delivery import deliver

    deliver(spec, frames, control, out, progress)


def make_grid(
    spec: DeliverySpec,
    variants: "Mapping[str, Footage]",
    control: "Passes | Control",
    out: Path,
    progress: "Progress",
) -> None:
    """Make a ``Video`` artefact of variants by label: ``video.mp4`` shows them side by side, ``contact.png`` in rows.

    The variants are of one size, rate and length. Frames are streamed; errors as for ``make_video``.
    """
    from r2s2r.stages.encode.grid import deliver_grid

    deliver_grid(spec, variants, control, out, progress)
