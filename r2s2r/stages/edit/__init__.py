"""Edit: camera moves and entity edits become per-frame transforms."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from r2s2r.artifacts.progress import Progress
from r2s2r.spec.edit import EditSpec

if TYPE_CHECKING:
    from r2s2r.artifacts.entity import Entity
    from r2s2r.artifacts.footage import Footage

VERSION: int = 1


def make_animation(
    spec: EditSpec, footage: "Footage", entities: "Mapping[str, Entity]", out: Path, progress: Progress
) -> None:
    """Make an Animation in the empty folder ``out``; equal inputs give equal bytes.

    Entities move first, then the camera, so that moves follow entities to where the edits put them.

    Raises:
        InputError: A move or edit that leads nowhere; names its place in the scene and the frame.
    """
    from r2s2r.stages.edit.animate import animate

    animate(spec, footage, entities, out, progress)
