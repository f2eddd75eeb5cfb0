"""Which entities a key of ``edits`` means: one, several (``bunny, crate``), or all that fit (``crate.*``, ``*``)."""

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Annotated, TypeAlias, TypeVar

from pydantic import Field

_ONE = r"[A-Za-z*][A-Za-z0-9_.*-]{0,63}"
NAMES_PATTERN = rf"^{_ONE}(\s*,\s*{_ONE}){{0,99}}$"
EntityNames: TypeAlias = Annotated[str, Field(pattern=NAMES_PATTERN)]
_Edit = TypeVar("_Edit")


def parts(names: str) -> list[str]:
    """Return the names and patterns of a key."""
    return [part.strip() for part in names.split(",")]


def matching(pattern: str, entities: Iterable[str]) -> list[str]:
    """Return the entities that a name or pattern means."""
    return [name for name in entities if fnmatchcase(name, pattern)]


def by_entity(edits: Mapping[str, Sequence[_Edit]], entities: Iterable[str]) -> dict[str, tuple[_Edit, ...]]:
    """Return entity -> edits, sorted by name; one that several keys mean gets the edits of each, in their order."""
    known = list(entities)
    found: dict[str, tuple[_Edit, ...]] = {}
    for names, listed in edits.items():
        for name in dict.fromkeys(name for part in parts(names) for name in matching(part, known)):
            found[name] = (*found.get(name, ()), *listed)
    return {name: found[name] for name in sorted(found)}
