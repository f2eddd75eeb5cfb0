"""Edit: camera moves and entity edits become per-frame transforms."""

from pathlib import Path

from r2s2r.artifacts.progress import Progress
from r2s2r.spec.edit import EditSpec
from r2s2r.stages.edit.inputs import EditInputs

__all__ = ["VERSION", "EditInputs", "make_animation"]

VERSION: int = 3


def make_animation(spec: EditSpec, inputs: EditInputs, out: Path, progress: Progress) -> None:
    """Make an Animation in the empty folder ``out``; equal inputs give equal bytes.

    Entities move first, then the camera, so that moves follow entities to where the edits put them.

    Raises:
        InputError: A move or edit that leads nowhere; names its place in the scene and the frame.
    """
    from r2s2r.stages.edit.animate import animate

    animate(spec, inputs, out, progress)
