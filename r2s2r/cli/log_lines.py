"""The log of a request, made safe for terminals: the last lines that are there, and those that come."""

from collections import deque
from pathlib import Path

from r2s2r.artifacts.printed import as_shown
from r2s2r.artifacts.tail import Tail
from r2s2r.cli.plain import plain


class LogLines:
    """Reads ``logs/<key>.log``."""

    def __init__(self, path: Path) -> None:
        self._tail = Tail(path)

    def added(self) -> list[str]:
        """Return the whole lines that were added since the last call."""
        return [_clean(line) for line in self._tail.lines()]

    def last(self, most: int | None) -> list[str]:
        """Return the last lines that were added, at most so many, with one whose end is missing."""
        lines = deque(self._tail.lines() + self._tail.rest(), maxlen=most)
        return [_clean(line) for line in lines]


def _clean(line: bytes) -> str:
    return plain(as_shown(line.decode(errors="backslashreplace")))
