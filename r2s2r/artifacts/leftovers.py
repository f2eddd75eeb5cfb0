"""Left-overs: what killed workers left behind, and what was noted about work that is long over."""

from collections.abc import Iterator
from pathlib import Path

from r2s2r.artifacts.inventory import Inventory
from r2s2r.artifacts.store import Store

_DAY_S = 24 * 3600
_GIVEN_UP_S = 14 * _DAY_S
_NOTES_S = 30 * _DAY_S
_NOTES = ("failures", "logs", "jobs", "requests")
# Of so many of the latest runs the journal stays, however long ago they were.
_RUNS = 20


def rubbish(store: Store, inventory: Inventory, *, now: float) -> Iterator[Path]:
    """Yield what killed workers left: no run is going on, so every workspace and half-written file is theirs."""
    yield from (store.root / "tmp").glob("*")
    for folder in (store.root / "checkpoints").glob("*"):
        # Nobody will go on from them: the work is done, or was given up long ago.
        if folder.name in inventory.results_by_key or now - _touched(folder) > _GIVEN_UP_S:
            yield folder
    for name in ("actions", "requests", "files", "last", "last/*", "failures", "jobs", "runs/*"):
        yield from store.root.glob(f"{name}/.*")
    yield from inventory.useless


def old_notes(store: Store, *, now: float) -> Iterator[Path]:
    """Yield requests, logs and the like that nobody touched for a month, and journals but those of the latest runs."""
    for name in _NOTES:
        for path in (store.root / name).glob("[!.]*"):
            if now - _touched(path) > _NOTES_S:
                yield path
    for folder in sorted((store.root / "runs").glob("*"), reverse=True)[_RUNS:]:
        if now - _touched(folder) > _NOTES_S:
            yield folder


def _touched(path: Path) -> float:
    """Return when a file, or something in a folder, was last changed; 0 for what is gone by now."""
    try:
        return float(max(one.stat().st_mtime for one in (path, *(path.iterdir() if path.is_dir() else ()))))
    except OSError:
        return 0.0
