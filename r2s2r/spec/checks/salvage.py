"""What can still be checked of a shot that something is wrong with, so that all its mistakes are said at once."""

from collections.abc import Iterable
from typing import Any

from r2s2r.spec.reading.findings import Problem

# What stands in for a move or an edit that is wrong: the others keep their numbers.
_NO_MOVE = {"type": "static"}
_NO_EDIT = {"type": "remove"}


def without_problems(shot: dict[str, Any], problems: Iterable[Problem]) -> dict[str, Any]:
    """Return a shot's data, each wrong move or edit replaced by one that says nothing, other wrong fields left out."""
    shot = dict(shot)
    for problem in problems:
        match problem.loc:
            case ("camera", int(index), *_):
                shot["camera"] = [*shot["camera"]]
                shot["camera"][index] = _NO_MOVE
            case ("edits", str(entity), int(index), *_):
                edits = [*shot["edits"][entity]]
                edits[index] = _NO_EDIT
                shot["edits"] = {**shot["edits"], entity: edits}
            case (str(key), *_):
                shot.pop(key, None)
    return shot
