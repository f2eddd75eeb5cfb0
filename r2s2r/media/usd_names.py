"""USD names: what entities are called where dots and dashes are not allowed."""

import re
from collections.abc import Iterable

# Keys of the custom data that tells what identifiers and lenses cannot.
NAME = "r2s2r:name"
HEIGHT = "r2s2r:height"
WIDTH = "r2s2r:width"


def identifiers(names: Iterable[str]) -> dict[str, str]:
    """Return for each name a USD identifier of its own; a name that already is one keeps it.

    Identifiers also differ without regard to case, because textures are files named after them.
    """
    chosen: dict[str, str] = {}
    taken: set[str] = set()
    for name in sorted(names, key=lambda name: (_cleaned(name) != name, name)):
        identifier, count = _cleaned(name), 1
        while identifier.casefold() in taken:
            count += 1
            identifier = f"{_cleaned(name)}_{count}"
        taken.add(identifier.casefold())
        chosen[name] = identifier
    return chosen


def _cleaned(name: str) -> str:
    cleaned = re.sub(r"[^A-Za-z0-9_]", "_", name)
    return cleaned if not cleaned[:1].isdigit() else f"_{cleaned}"
