"""What programs printed into a file: the end of it, and lines as a terminal would leave them."""

import os
import re
from pathlib import Path

# What sets colours and moves the cursor.
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")


def end_of(path: Path, most_bytes: int) -> str:
    """Return the last whole lines of a file, at most so many bytes; nothing where it cannot be read."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - most_bytes))
            text = file.read().decode(errors="replace")
    except OSError:
        return ""
    return text if size <= most_bytes else text.partition("\n")[2] or text


def as_shown(line: str) -> str:
    """Return a line as it looks in the end: of a bar that was drawn again and again, the last; without escapes."""
    return _ESCAPES.sub("", line.rstrip("\r").rpartition("\r")[2])
