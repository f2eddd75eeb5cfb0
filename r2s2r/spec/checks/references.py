"""Entities that a shot speaks of exist. Checked in what is written, so that no other mistake in a shot hides these."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from r2s2r.spec.reading.findings import Problem
from r2s2r.spec.reading.nodes import Loc
from r2s2r.spec.reading.suggest import did_you_mean

_TARGETS = frozenset({"around", "towards", "look_at"})  # keys of camera moves and their keys that may name an entity


def reference_problems(shot: Mapping[str, Any], entities: Collection[str]) -> Iterator[Problem]:
    """Yield edits, and targets of camera moves, that name no entity.

    Args:
        shot: A shot as written: plain data, not yet checked.
        entities: The names there are.
    """
    edits = shot.get("edits")
    for name in edits if isinstance(edits, dict) else ():
        if name not in entities:
            yield Problem(("edits", name), unknown_entity(name, entities), in_key=True)
    for loc, target in _targets(("camera",), shot.get("camera")):
        if target not in entities:
            yield Problem(loc, unknown_entity(target, entities))


def unknown_entity(name: str, entities: Collection[str]) -> str:
    """Say that there is no such entity, and which ones there are."""
    known = f"entities here: {', '.join(sorted(entities))}" if entities else "this scene has none"
    return f"there is no entity {name!r}; {known}{did_you_mean(name, entities)}"


def _targets(loc: Loc, data: Any) -> Iterator[tuple[Loc, str]]:  # noqa: ANN401 - plain data, not yet checked
    if isinstance(data, list):
        for index, item in enumerate(data):
            yield from _targets((*loc, index), item)
    elif isinstance(data, dict):
        for key, value in data.items():
            if key in _TARGETS and isinstance(value, str):
                yield (*loc, key), value
            else:
                yield from _targets((*loc, key), value)
