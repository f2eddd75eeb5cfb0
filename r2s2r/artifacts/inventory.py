"""Inventory: what a store holds, how large it is, when it was last used, and what scenes reach of it."""

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from r2s2r.artifacts.action import Action, Request
from r2s2r.artifacts.manifest import read_manifest
from r2s2r.artifacts.progress import Progress
from r2s2r.artifacts.store import Store

_Read = TypeVar("_Read")
# On a file system of another machine each file takes a round trip; here the reading itself is what takes time.
AT_ONCE = 16
_BATCH = 100


@dataclass(frozen=True)
class Stored:
    """A result.

    Attributes:
        digest: Of its object.
        size: Bytes.
        actions: Files of the actions that lead to it.
        used: When one of them was last used, in seconds since 1970 by the store's clock.
    """

    digest: str
    size: int
    actions: tuple[Path, ...]
    used: float


@dataclass(frozen=True)
class Inventory:
    """What a store holds.

    Attributes:
        results: All that are whole.
        useless: Folders of objects that are not.
        results_by_key: Key -> digest of what is done.
    """

    results: tuple[Stored, ...]
    useless: tuple[Path, ...]
    results_by_key: dict[str, str]


def take_inventory(store: Store, progress: Progress) -> Inventory:
    """Read all actions and all manifests; ``progress`` counts both."""
    objects, actions = list((store.root / "objects").glob("*")), list((store.root / "actions").glob("*.json"))
    count = _Count(progress, len(objects) + len(actions))
    sizes = dict(zip((folder.name for folder in objects), count.read(_size, objects), strict=True))
    by_digest: dict[str, list[tuple[Path, float]]] = {}
    results_by_key: dict[str, str] = {}
    for path, read in zip(actions, count.read(_action, actions), strict=True):
        if read is not None and sizes.get(read[0]) is not None:
            digest, used = read
            by_digest.setdefault(digest, []).append((path, used))
            results_by_key[path.stem] = digest
    stored = []
    for folder in objects:
        size, leading = sizes[folder.name], by_digest.get(folder.name, [])
        if size is not None:
            used = max((used for _, used in leading), default=0.0) or _touched(folder)
            stored.append(Stored(folder.name, size, tuple(path for path, _ in leading), used))
    useless = tuple(folder for folder in objects if sizes[folder.name] is None)
    return Inventory(tuple(stored), useless, results_by_key)


def reached(store: Store, inventory: Inventory) -> set[str]:
    """Return the digests that scenes which still exist had when they were last run, and all those came from."""
    found: set[str] = set()
    for path in store.root.glob("last/*/*.json"):
        try:
            stored = json.loads(path.read_bytes())
            requests = [Request(**request) for request in stored["requests"].values()]
            scene = Path(stored["scene"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue
        if scene.exists():
            for request in requests:
                found.update(request.inputs.values())
                found.update(filter(None, (inventory.results_by_key.get(request.key),)))
    return found


class _Count:
    """Reads many small files, and tells how many are read."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0

    def read(self, read: Callable[[Path], _Read], paths: Sequence[Path]) -> Iterator[_Read]:
        batches = [paths[start : start + _BATCH] for start in range(0, len(paths), _BATCH)]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for batch in pool.map(lambda batch: [read(path) for path in batch], batches):
                self._done += len(batch)
                self._progress(self._done, self._total)
                yield from batch


def _size(folder: Path) -> int | None:
    """Return an object's bytes; None where its manifest cannot be read, so that it is of no use."""
    try:
        return read_manifest(folder).size
    except (OSError, ValueError):
        return None


def _action(path: Path) -> tuple[str, float] | None:
    """Return the digest of an action's result, and when it was last used; None where it cannot be read."""
    try:
        action = Action.from_json(json.loads(path.read_bytes()))
        return (action.result, path.stat().st_mtime) if action.key == path.stem else None
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _touched(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except OSError:
        return 0.0
