"""Edit: camera moves and entity edits become per-frame transforms."""

from collections.abc import Mapping
from pathlib import Path

from r2s2r.artifacts.progress import Progress
from r2s2r.spec.camera import FileMove
from r2s2r.spec.edit import EditSpec
from r2s2r.stages.edit.inputs import EditInputs

__all__ = ["VERSION", "EditInputs", "check_camera_file", "make_animation"]

VERSION: int = 3


def make_animation(spec: EditSpec, inputs: EditInputs, out: Path, progress: Progress) -> None:
    """Make an Animation in the empty folder ``out``; equal inputs give equal bytes.

    Entities move first, then the camera, so that moves follow entities to where the edits put them.

    Raises:
        InputError: A move or edit that leads nowhere; names its place in the scene and the frame.
    """
    from r2s2r.stages.edit.animate import animate

    animate(spec, inputs, out, progress)


def check_camera_file(move: FileMove, files: Mapping[str, Path], *, frames: int, field: str) -> None:
    """Read the file of a camera move, before anything is made.

    Args:
        move: The move.
        files: Role -> path, as in ``EditInputs``.
        frames: Of the shot.
        field: Where the move stands: ``camera[0]``.

    Raises:
        InputError: The file cannot be read, or is of no use for a shot of that length.
    """
    from r2s2r.stages.edit.camera.filed import check_file

    check_file(move, files, frames=frames, field=field)
