"""What plays a motion is one edit for each entity, and what it plays is there."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from r2s2r.spec.checks.edited import Placed, edited
from r2s2r.spec.checks.references import STAND
from r2s2r.spec.edits import AnimateEdit, MotionEdit, ReplaceEdit
from r2s2r.spec.reading.findings import Problem
from r2s2r.spec.shots import ShotSpec

_STILL_FILES = frozenset({".obj", ".ply"})


def motion_problems(shot: ShotSpec, entities: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    """Yield edits of an entity that cannot both be, or that play what does not move.

    Args:
        shot: Parents included.
        entities: The entities by name, as written.
    """
    by_name = edited(shot, entities)
    for name, placed in by_name.items():
        motions = [one for one in placed if isinstance(one.edit, MotionEdit | AnimateEdit)]
        yield from _second(name, motions, "an entity has one motion")
        replacements = [one for one in placed if isinstance(one.edit, ReplaceEdit)]
        yield from _second(name, replacements, "an entity is replaced once, for the whole shot")
        for one in motions:
            if isinstance(one.edit, AnimateEdit):
                yield from _no_clip(name, one, replacements, entities)
    for names, edits in shot.edits.items():
        for index, edit in enumerate(edits):
            if isinstance(edit, MotionEdit) and edit.shot is None and edit.of != STAND:
                one = Placed(("edits", names, index), edit)
                yield from _not_moving(one, edit.of, [name for name in by_name if one in by_name[name]], entities)


def _second(name: str, placed: Sequence[Placed], rule: str) -> Iterator[Problem]:
    for one in placed[1:]:
        first = placed[0]
        whose = "" if one.loc[1] == first.loc[1] else f" for {name}"
        yield Problem(one.loc, f"{rule}, and {first.field} says which{whose}: make them one")


def _no_clip(
    name: str, one: Placed, replaced: Sequence[Placed], entities: Mapping[str, Mapping[str, Any]]
) -> Iterator[Problem]:
    """Yield an ``animate`` of what has no file that could hold an animation."""
    file = _asset(name, entities)
    if replaced and isinstance(replaced[0].edit, ReplaceEdit):
        file = replaced[0].edit.asset
    if file is None:
        yield Problem(one.loc, f"{name} is no asset, so that no file has a clip for it: `replace` it with one that has")
    elif PurePath(file).suffix.lower() in _STILL_FILES:
        yield Problem(one.loc, f"{file} cannot hold animations: use a GLB, glTF or USD file")


def _asset(name: str, entities: Mapping[str, Mapping[str, Any]]) -> str | None:
    """Return the file an entity, or what it copies, comes from."""
    seen = set()
    while isinstance(copied := entities[name].get("copy"), str) and copied in entities and copied not in seen:
        seen.add(copied)
        name = copied
    asset = entities[name].get("asset")
    return asset if isinstance(asset, str) else None


def _not_moving(
    one: Placed, of: str | None, names: Sequence[str], entities: Mapping[str, Mapping[str, Any]]
) -> Iterator[Problem]:
    """Yield a motion edit whose motion nothing has; under a pattern, it is enough if one of the entities has it."""
    followed, where = (names, one.loc) if of is None else ([of], (*one.loc, "of"))
    if not followed or any(name not in entities for name in followed):
        return  # which is said where names are checked
    if not any(entities[name].get("motion") == "keep" for name in followed):
        moving = sorted(name for name, written in entities.items() if written.get("motion") == "keep")
        others = f" (those that do: {', '.join(moving)})" if moving else ""
        subject = f"{followed[0]} does" if len(followed) == 1 else f"{', '.join(followed)} do"
        yield Problem(where, f"{subject} not move by itself{others}: give it `motion: keep`")
