"""Writing through libraries that raise errors of their own: a full disk is said as Python says it, by an OSError."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_CODES = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM)


@contextmanager
def as_os_error(path: Path) -> Iterator[None]:
    """Turn a RuntimeError that tells of a failed system call while ``path`` was written into its OSError."""
    try:
        yield
    except RuntimeError as error:
        code = next((code for code in _CODES if os.strerror(code) in str(error)), None)
        if code is None:
            raise
        raise OSError(code, os.strerror(code), str(path)) from error
