"""What can still be checked of a shot that something is wrong with, so that all its mistakes are said at once."""

from collections.abc import Iterable
from typing import Any

from r2s2r.spec.reading.findings import Problem
from r2s2r.spec.reading.nodes import Loc

# What stands in for a move or an edit that is wrong: the others keep their numbers.
_NO_MOVE = {"type": "static"}
_NO_EDIT = {"type": "remove"}


def without_problems(shot: dict[str, Any], problems: Iterable[Problem]) -> dict[str, Any]:
    """Return a shot's data, each wrong move or edit replaced by one that says nothing, other wrong fields left out."""
    locs = [problem.loc for problem in problems]
    wrong = {loc[0] for loc in locs if loc and not _is_in_list(loc)}
    shot = {key: value for key, value in shot.items() if key not in wrong}
    if "camera" in shot:
        moves = {loc[1] for loc in locs if loc[0] == "camera"}
        shot["camera"] = [_NO_MOVE if index in moves else move for index, move in enumerate(shot["camera"])]
    if "edits" in shot:
        edits = {loc[1:3] for loc in locs if loc[0] == "edits"}
        shot["edits"] = {
            name: [_NO_EDIT if (name, index) in edits else edit for index, edit in enumerate(listed)]
            for name, listed in shot["edits"].items()
        }
    return shot


def _is_in_list(loc: Loc) -> bool:
    """Tell whether a path leads into a move or an edit."""
    match loc:
        case ("camera", int(), *_) | ("edits", str(), int(), *_):
            return True
        case _:
            return False
