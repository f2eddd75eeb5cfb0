"""Damage: a file of the store that cannot be read any more."""

import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from r2s2r.errors import MediaError, StoreError

_SIGNS = (OSError, ValueError, KeyError, EOFError, BadZipFile, zlib.error, MediaError)


@contextmanager
def said_if_damaged(path: Path) -> Iterator[None]:
    """Turn whatever reading a damaged file raises into a StoreError that says what to do."""
    try:
        yield
    except _SIGNS as error:
        raise StoreError(f"{path}: cannot be read; `r2s2r verify` removes what is damaged") from error


@contextmanager
def arrays_of(path: Path) -> Iterator[Mapping[str, NDArray[Any]]]:
    """Open an ``.npz`` file of the store. Raises StoreError, also for an array that it should have and has not."""
    # Opened here, since numpy leaves open what it finds to be damaged.
    with said_if_damaged(path), path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        yield arrays
