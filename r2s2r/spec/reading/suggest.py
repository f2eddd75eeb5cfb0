"""The nearest valid name for a typo."""

import os
from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice
from pathlib import Path

_MOST_FILES = 5_000


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """Return the choice that ``word`` was most likely meant to be, if one is near. Case does not matter."""
    lowered = {choice.lower(): choice for choice in choices}
    close = get_close_matches(word.lower(), lowered, n=1)
    return lowered[close[0]] if close else None


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """Return ``; did you mean X?``, or nothing where no choice is near."""
    choice = nearest(word, choices)
    return f"; did you mean {choice}?" if choice else ""


def nearest_file(path: Path) -> Path | None:
    """Return the file or folder that a path that does not exist was most likely meant to be, if one is near."""
    missing = path
    while not missing.parent.is_dir() and missing != missing.parent:
        missing = missing.parent
    try:
        with os.scandir(missing.parent) as entries:
            names = sorted(entry.name for entry in islice(entries, _MOST_FILES))
    except OSError:
        return None
    choice = nearest(missing.name, names)
    return missing.with_name(choice) if choice else None
