"""Walks over a shot's moves and edits."""

from collections.abc import Iterator
from typing import TypeAlias

from r2s2r.spec.camera import CameraMove
from r2s2r.spec.edits import EntityEdit
from r2s2r.spec.reading.nodes import Loc
from r2s2r.spec.shots import ShotSpec

Move: TypeAlias = CameraMove | EntityEdit


def moves(shot: ShotSpec) -> Iterator[tuple[Loc, Move]]:
    """Yield every camera move and every edit of a shot, with its path in the shot."""
    for index, move in enumerate(shot.camera):
        yield ("camera", index), move
    for entity, edits in shot.edits.items():
        for index, edit in enumerate(edits):
            yield ("edits", entity, index), edit
