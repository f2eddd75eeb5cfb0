"""Findings: everything that is wrong in the files of one scene, collected so that it can be said all at once."""

from dataclasses import dataclass
from pathlib import Path

from r2s2r.errors import Finding, SceneError
from r2s2r.spec.reading.nodes import Loc, Mark


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a value, wherever it is written.

    Attributes:
        loc: Path of the field.
        message: What is wrong, and what would be right.
        in_key: The key itself is wrong, not its value.
    """

    loc: Loc
    message: str
    in_key: bool = False


class Findings:
    """What was found so far; each thing once, however many ways lead to it."""

    def __init__(self) -> None:
        self._found: dict[tuple[Path, Mark, str], Finding] = {}

    def add(self, path: Path, mark: Mark, loc: Loc, message: str, *, note: str = "") -> None:
        """Note that ``message`` is to be said of the field at ``loc``, written at ``mark`` of the file ``path``.

        A ``note`` follows the message, but does not make it another one.
        """
        finding = Finding(path, mark.line, mark.column, field_name(loc), message + note)
        self._found.setdefault((path, mark, message), finding)

    def raise_if_any(self) -> None:
        """Raise SceneError with all findings, in the order of the files; do nothing if there are none."""
        if not self._found:
            return
        files = list(dict.fromkeys(path for path, _, _ in self._found))
        order = sorted(self._found, key=lambda place: (files.index(place[0]), place[1]))
        raise SceneError(tuple(self._found[place] for place in order))


def field_name(loc: Loc) -> str:
    """Return the dotted name of a field, e.g. ``shots.orbit.camera[0].degrees``, on one line whatever the keys hold."""
    name = ""
    for component in loc:
        if isinstance(component, int):
            name += f"[{component}]"
        else:
            shown = component if component.isprintable() else repr(component)
            name += f".{shown}" if name else shown
    return name
