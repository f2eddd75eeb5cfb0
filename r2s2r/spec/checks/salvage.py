"""What can still be checked of a shot that something is wrong with, so that all its mistakes are said at once."""

from collections.abc import Iterable
from typing import Any

from r2s2r.spec.reading.findings import Problem
from r2s2r.spec.reading.nodes import Loc

# What stands in for a move or an edit that is wrong: the others keep their numbers.
_NO_MOVE = {"type": "static"}
_NO_EDIT = {"type": "remove"}


def without_problems(shot: dict[str, Any], problems: Iterable[Problem]) -> dict[str, Any]:
    """Return a shot's data, each wrong move or edit replaced by one that says nothing, other wrong fields left out.

    Of ``edits``, those under a name that is none, and what is no list of edits, are left out by themselves.
    """
    locs = [problem.loc for problem in problems]
    wrong = {loc[0] for loc in locs if loc and not _is_inside(loc)}
    shot = {key: value for key, value in shot.items() if key not in wrong}
    if "camera" in shot:
        moves = {loc[1] for loc in locs if loc[0] == "camera"}
        shot["camera"] = [_NO_MOVE if index in moves else move for index, move in enumerate(shot["camera"])]
    if "edits" in shot:
        edits = {loc[1:3] for loc in locs if loc[0] == "edits"}
        shot["edits"] = {
            names: [_NO_EDIT if (names, index) in edits else edit for index, edit in enumerate(listed)]
            for names, listed in shot["edits"].items()
            if (names,) not in edits
        }
    return shot


def _is_inside(loc: Loc) -> bool:
    """Tell whether a path leads into a move, or into the edits under one name."""
    match loc:
        case ("camera", int(), *_) | ("edits", str(), *_):
            return True
        case _:
            return False
