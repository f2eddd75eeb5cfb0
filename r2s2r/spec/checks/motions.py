"""What a motion edit plays is there. Checked in what is written, as ``references`` are."""

from collections.abc import Iterator, Mapping
from typing import Any

from r2s2r.spec.checks.references import unknown_entity
from r2s2r.spec.reading.findings import Problem
from r2s2r.spec.reading.nodes import Loc

STAND = "none"  # what ``of`` says instead of a name


def motion_problems(shot: Mapping[str, Any], entities: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    """Yield motion edits of what does not move by itself, and second ones of one entity.

    Args:
        shot: A shot as written: plain data, not yet checked.
        entities: The entities by name, as written.
    """
    edits = shot.get("edits")
    for name, listed in edits.items() if isinstance(edits, dict) else ():
        first = None
        for index, edit in enumerate(listed if isinstance(listed, list) else ()):
            if not isinstance(edit, dict) or edit.get("type") != "motion":
                continue
            loc = ("edits", name, index)
            if first is not None:
                message = f"an entity has one motion, and edits.{name}[{first}] says which: make them one"
                yield Problem(loc, message)
            first = index if first is None else first
            yield from _not_moving(loc, name, edit.get("of"), entities)


def _not_moving(loc: Loc, name: str, of: object, entities: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    if of == STAND or (of is not None and not isinstance(of, str)) or name not in entities:
        return
    followed, where = (name, loc) if of is None else (of, (*loc, "of"))
    if followed not in entities:
        yield Problem(where, unknown_entity(followed, entities))
    elif entities[followed].get("motion") != "keep":
        moving = sorted(other for other, written in entities.items() if written.get("motion") == "keep")
        others = f" (those that do: {', '.join(moving)})" if moving else ""
        yield Problem(where, f"{followed} does not move by itself{others}: give it `motion: keep`")
