"""Written: the lines of YAML that make a shot use a file."""

import json
import re
from collections.abc import Iterator

from pipelines.importing.examined import Found
from r2s2r.spec.resolved import Shot

# Of what these do a file holds nothing, or only a part: they stay in the scene.
_STAYING = ("deform", "replace", "animate", "motion", "hide", "show", "remove")


def written(found: Found, shot: Shot, file: str) -> Iterator[str]:
    """Yield the lines to put below ``shots``; ``file`` is the path relative to the scene."""
    takes = {"camera": found.camera is not None, "entities": found.moves_entities}
    holds = {"camera": found.has_camera, "entities": bool(found.entities)}
    left_alone = [f"{part}: false" for part in takes if holds[part] and not takes[part]]
    yield f"  {shot.name}:"
    yield f"    animation: {{{', '.join([f'file: {_plain(file)}', *left_alone])}}}"
    if takes["camera"] and shot.edit.camera:
        yield "    # remove what `camera` lists: the file holds it, and what is listed there comes on top"
    for held, names in _held(found, shot).items() if takes["entities"] else ():
        yield f"    # remove from the edits of {', '.join(names)}: {', '.join(held)}; the file holds what they do"


def _held(found: Found, shot: Shot) -> dict[tuple[str, ...], list[str]]:
    """Return what the file holds of edits -> the entities that have these; many of a pattern have the same."""
    names: dict[tuple[str, ...], list[str]] = {}
    for name, edits in shot.edit.edits.items():
        held = tuple(edit.type for edit in edits if edit.type not in _STAYING)
        if held and name in found.entities:
            names.setdefault(held, []).append(name)
    return names


def _plain(file: str) -> str:
    """Return a file's name as YAML reads it inside of braces: in quotes where it holds more than names do."""
    return file if re.fullmatch(r"[\w./-]*[A-Za-z_][\w./-]*", file) else json.dumps(file, ensure_ascii=False)
