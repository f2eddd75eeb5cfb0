"""Walks over the edits of each entity, whichever names and patterns they are written under."""

from collections.abc import Iterable
from typing import NamedTuple

from r2s2r.spec.edited_names import by_entity
from r2s2r.spec.edits import EntityEdit
from r2s2r.spec.reading.nodes import Loc
from r2s2r.spec.shots import ShotSpec


class Placed(NamedTuple):
    """An edit, and where it is written in its shot."""

    loc: Loc
    edit: EntityEdit

    @property
    def field(self) -> str:
        """How messages name it: ``edits.bunny[0]``."""
        _, names, index = self.loc
        return f"edits.{names}[{index}]"


def edited(shot: ShotSpec, entities: Iterable[str]) -> dict[str, tuple[Placed, ...]]:
    """Return entity -> its edits in their order; of entities that have any."""
    placed = {
        names: tuple(Placed(("edits", names, index), edit) for index, edit in enumerate(edits))
        for names, edits in shot.edits.items()
    }
    return by_entity(placed, entities)
