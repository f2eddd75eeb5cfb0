"""Tail: a file that others add lines to, read as it grows."""

from pathlib import Path


class Tail:
    """Reads each line once. A line that is written by half is read when it is whole; a file may be missing yet."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read = 0
        self._rest = b""

    def lines(self) -> list[bytes]:
        """Return the lines that were added since the last call, without their ends."""
        try:
            with self.path.open("rb") as file:
                if file.seek(0, 2) < self._read:  # it was begun anew
                    self._read, self._rest = 0, b""
                file.seek(self._read)
                added = file.read()
        except OSError:
            return []
        self._read += len(added)
        *whole, self._rest = (self._rest + added).split(b"\n")
        return whole

    def rest(self) -> list[bytes]:
        """Return the line whose end is missing, if there is one; what follows counts as another line."""
        rest, self._rest = self._rest, b""
        return [rest] if rest else []
