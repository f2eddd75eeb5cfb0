"""Entities that a shot speaks of exist. Checked in what is written, so that no other mistake in a shot hides these."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from r2s2r.spec.edited_names import matching, parts
from r2s2r.spec.edits.attached import GROUND
from r2s2r.spec.moves import CAMERA
from r2s2r.spec.reading.findings import Problem
from r2s2r.spec.reading.nodes import Loc
from r2s2r.spec.reading.suggest import did_you_mean

STAND = "none"
"""What ``of`` says instead of a name."""
# Keys of camera moves, of their keys and of edits that may name an entity, and the words they take beside names.
_OF_CAMERA: dict[str, str | None] = dict.fromkeys(("around", "towards", "look_at", "subject", "target"))
_OF_EDITS = {"target": CAMERA, "onto": GROUND, "of": STAND}


def reference_problems(shot: Mapping[str, Any], entities: Collection[str]) -> Iterator[Problem]:
    """Yield edits, and targets of camera moves and edits, that name no entity.

    Args:
        shot: A shot as written: plain data, not yet checked.
        entities: The names there are.
    """
    edits = shot.get("edits")
    for names in edits if isinstance(edits, dict) else ():
        for part in parts(names):
            if not matching(part, entities):
                yield Problem(("edits", names), _unknown_part(part, entities), in_key=True)
    of_camera, of_edits = _targets(("camera",), shot.get("camera"), _OF_CAMERA), _targets(("edits",), edits, _OF_EDITS)
    for loc, target, word in (*of_camera, *of_edits):
        yield from _target_problems(loc, target, word, entities)


def _target_problems(loc: Loc, target: str, word: str | None, entities: Collection[str]) -> Iterator[Problem]:
    if target == word and word in entities and word != STAND:
        yield Problem(loc, f"{word} is an entity here, and the word for the shot's own {word}: rename the entity")
    elif target != word and target not in entities:
        also = f", or {word}" if word not in (None, STAND) else ""
        yield Problem(loc, unknown_entity(target, entities, also=also))


def unknown_entity(name: str, entities: Collection[str], *, also: str = "") -> str:
    """Say that there is no such entity, and which ones there are."""
    known = f"entities here: {', '.join(sorted(entities))}" if entities else "this scene has none"
    return f"there is no entity {name!r}; {known}{also}{did_you_mean(name, entities)}"


def _unknown_part(part: str, entities: Collection[str]) -> str:
    if "*" not in part:
        return unknown_entity(part, entities)
    known = f"entities here: {', '.join(sorted(entities))}" if entities else "this scene has none"
    return f"no entity fits {part!r}; {known}"


def _targets(
    loc: Loc,
    data: Any,  # noqa: ANN401 - plain data, not yet checked
    named: Mapping[str, str | None],
) -> Iterator[tuple[Loc, str, str | None]]:
    """Yield what names an entity, with the word that may stand there instead; not what names one of another shot."""
    if isinstance(data, list):
        for index, item in enumerate(data):
            yield from _targets((*loc, index), item, named)
    elif isinstance(data, dict):
        for key, value in data.items():
            if len(loc) > 1 and key in named and isinstance(value, str):
                if not (key == "of" and "shot" in data):
                    yield (*loc, key), value, named[key]
            else:
                yield from _targets((*loc, str(key)), value, named)
