"""Files that are either there whole or not at all."""

import errno
import os
import uuid
from pathlib import Path


def write_atomically(path: Path, data: bytes) -> None:
    """Write a small file by a temporary neighbour, fsync and rename; readers see the old or the new, never a part."""
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def read_shared(path: Path) -> bytes:
    """Read a small file that another machine may have made or replaced just now. Raises OSError.

    NFS remembers for up to a minute that a file was not there (nfs(5), lookupcache); to open its folder makes it ask.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.ESTALE):
            raise
        os.close(os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY))
        return path.read_bytes()


def sync_tree(folder: Path) -> None:
    """Flush every file and folder below ``folder`` to the disk, so that a rename never gets ahead of the data."""
    for parent, _, names in os.walk(folder, topdown=False):
        for name in names:
            _sync(Path(parent, name))
        _sync(Path(parent))


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
