"""Deliver: put what was made where people look for it, as real files, each replaced whole."""

import shutil
import uuid
from pathlib import Path

from r2s2r.artifacts.turntable import CARD, TURNTABLE
from r2s2r.artifacts.video import CONTACT, CONTROL, VIDEO
from r2s2r.errors import StoreError

DELIVERABLES = {"encode": (VIDEO, CONTROL, CONTACT), "turntable": (CARD, TURNTABLE)}
"""Stage -> files of its nodes' folders that people look for."""


def deliver(made: Path, names: tuple[str, ...], target: Path) -> Path:
    """Copy files of a node's folder to a folder for people; return that of the first.

    Raises StoreError when they cannot be written there.
    """
    try:
        target.mkdir(parents=True, exist_ok=True)
        for name in names:
            if not _is_same(made / name, target / name):
                _replace(made / name, target / name)
    except OSError as error:
        raise StoreError(
            f"{target}: {names[0]} is made but cannot be put there ({error.strerror}); make room or set R2S2R_OUT to "
            "another folder, then run again: nothing is made twice"
        ) from error
    return target / names[0]


def _is_same(stored: Path, delivered: Path) -> bool:
    try:
        here, there = delivered.stat(), stored.stat()
    except FileNotFoundError:
        return False
    return (here.st_size, here.st_mtime_ns) == (there.st_size, there.st_mtime_ns)


def _replace(stored: Path, delivered: Path) -> None:
    temporary = delivered.with_name(f".{delivered.name}.{uuid.uuid4().hex}")
    try:
        shutil.copy2(stored, temporary)
        temporary.replace(delivered)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
