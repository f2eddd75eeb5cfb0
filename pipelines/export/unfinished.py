"""Unfinished: what every export shares: nothing stale goes out, and nothing half done lies about."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from pipelines.node import Ledger
from pipelines.shot import ShotNodes
from r2s2r.artifacts.store import remove
from r2s2r.errors import R2S2RError, StoreError

UNFINISHED = ".r2s2r-export-"
"""How the name begins of what a killed export leaves; the next one removes it."""


def built(shot: ShotNodes, name: str, ledger: Ledger, *, until: str) -> Path:
    """Return the folder of a node's result. Raises R2S2RError, with the command that builds it, where it is stale."""
    is_here = ledger.fetch(shot[name])
    action = ledger.action(shot[name])
    if action is None or not is_here:
        scene = shot.scene
        raise R2S2RError(
            f"{name} is not built; `r2s2r run {scene.path} --shot {shot.shot.name} --profile {scene.profile} "
            f"--until {until}`"
        )
    return ledger.store.object(action.result)


@contextmanager
def unfinished_in(folder: Path) -> Iterator[Path]:
    """Make a folder, and yield one in it for what is not finished. Raises StoreError where it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with ExitStack() as kept:
            with _locked(folder, wait=True):  # so that no other export takes what is just made for left
                _remove_left(folder)
                unfinished = Path(kept.enter_context(tempfile.TemporaryDirectory(dir=folder, prefix=UNFINISHED)))
                kept.enter_context(_locked(unfinished))
            yield unfinished
    except OSError as error:
        raise StoreError(f"{folder}: cannot be written ({error.strerror}); make room or name another folder") from error


def _remove_left(folder: Path) -> None:
    """Remove what killed exports left, and nothing that another one is writing just now."""
    for left in folder.glob(f"{UNFINISHED}*/"):
        with _locked(left) as is_left:
            if is_left:
                remove(left)


@contextmanager
def _locked(folder: Path, *, wait: bool = False) -> Iterator[bool]:
    """Lock a folder until its process ends or leaves; yield whether that could be done."""
    with ExitStack() as opened:
        is_locked = False
        with suppress(OSError):  # another has it, or the file system cannot lock folders
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            opened.callback(os.close, descriptor)
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            is_locked = True
        yield is_locked


@contextmanager
def unfinished_beside(target: Path) -> Iterator[Path]:
    """Yield where to write what becomes the file ``target`` when it is whole; likewise."""
    with unfinished_in(target.parent) as folder:
        yield folder / target.name
        (folder / target.name).replace(target)
