"""Text files that describe meshes."""

from pathlib import Path

from r2s2r.errors import MediaError

# Read as text, a file takes about ten times its size in memory.
_MAX_BYTES = 2**29


def lines_of(path: Path) -> list[str]:
    """Return a text file's lines, those that end with a backslash joined with the next.

    Raises:
        MediaError: It cannot be read, is too large for text, or is none.
    """
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= _MAX_BYTES else b""
    except OSError as error:
        raise MediaError(f"{path}: cannot be read ({error.strerror})") from error
    if size > _MAX_BYTES:
        raise MediaError(f"{path}: has {size:,} bytes, too many for text; export binary glTF (.glb)")
    if b"\0" in data[:4096]:
        raise MediaError(f"{path}: is not text, so not what its name says; export it again")
    text = data.decode("utf-8", errors="replace")
    return text.replace("\\\r\n", " ").replace("\\\n", " ").splitlines()
