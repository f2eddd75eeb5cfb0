"""Sweep: remove rubbish, and results that no scene reaches, least recently used first, until the store fits."""

import json
import os
import time
import uuid
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from r2s2r.artifacts.action import Action, Request
from r2s2r.artifacts.lease import hold, living, wait_until_free
from r2s2r.artifacts.manifest import Manifest, read_manifest
from r2s2r.artifacts.store import Store, remove
from r2s2r.errors import StoreError

_GIVEN_UP_S = 14 * 24 * 3600
_RUN, _SWEEP = "run-", "sweep"  # the leases of runs and of a sweep; those of requests are named by their keys


@dataclass(frozen=True)
class Swept:
    """What a sweep did, or would do.

    Attributes:
        objects: Results removed.
        freed: Bytes they took.
        rubbish: Left-overs of killed workers removed.
        kept: Bytes of the results that stay.
    """

    objects: int
    freed: int
    rubbish: int
    kept: int


@dataclass(frozen=True)
class _Stored:
    """An object, its size in bytes, the actions that lead to it, and when one of them was last used."""

    digest: str
    size: int
    actions: tuple[Path, ...]
    used: float


def sweep(store: Store, *, max_size: int, dry_run: bool) -> Swept:
    """Sweep the store down to ``max_size`` bytes, keeping what existing scenes had when they were last run.

    Raises StoreError while a run is going on: what it has just made is reached by nobody yet.
    """
    if dry_run:
        doomed, rubbish, kept = _choose(store, max_size)
    else:
        with hold(store.lease_folder(_SWEEP)):
            doomed, rubbish, kept = _choose(store, max_size)
            _remove(store, doomed, rubbish)
    return Swept(len(doomed), sum(one.size for one in doomed), len(rubbish), kept)


@contextmanager
def in_use(store: Store) -> Iterator[None]:
    """Keep sweeps out while results are made; one that has begun is waited for."""
    with hold(store.lease_folder(f"{_RUN}{uuid.uuid4().hex}")):
        wait_until_free(store.lease_folder(_SWEEP))
        yield


def mark_used(store: Store, keys: Iterable[str]) -> None:
    """Note that actions were used just now; a read-only store remembers nothing."""
    for key in keys:
        with suppress(OSError):
            os.utime(store.root / "actions" / f"{key}.json")


def _choose(store: Store, max_size: int) -> tuple[list[_Stored], list[Path], int]:
    """Return the results and the rubbish to remove, and the bytes of the results that stay."""
    leases = [folder for folder in (store.root / "leases").glob("*") if folder.name != _SWEEP]
    _refuse_while_in_use(store, leases)
    rubbish = [*leases, *_rubbish(store)]
    stored = list(_stored(store))
    reached = _reached(store)
    kept = sum(one.size for one in stored)
    doomed = []
    for one in sorted(stored, key=lambda one: one.used):
        if kept <= max_size:
            break
        if one.digest not in reached:
            doomed.append(one)
            kept -= one.size
    return doomed, rubbish, kept


def _refuse_while_in_use(store: Store, leases: Collection[Path]) -> None:
    if (holder := living(leases)) is not None:
        machine = holder.machine.partition(" ")[0]
        raise StoreError(f"{store.root}: in use by process {holder.pid} on {machine}; sweep when it has ended")


def _rubbish(store: Store) -> Iterator[Path]:
    """Yield what killed workers left: no run is going on, so every workspace and half-written file is theirs."""
    yield from (store.root / "tmp").glob("*")
    yield from (path for path in (store.root / "checkpoints").glob("*") if _is_abandoned(store, path))
    for name in ("actions", "requests", "files", "last", "last/*"):
        yield from store.root.glob(f"{name}/.*")
    yield from (path for path in (store.root / "objects").glob("*") if _manifest(path) is None)


def _is_abandoned(store: Store, checkpoints: Path) -> bool:
    """Whether nobody will go on from these checkpoints: the work is done, or was given up long ago."""
    return store.action(checkpoints.name) is not None or time.time() - checkpoints.stat().st_mtime > _GIVEN_UP_S


def _stored(store: Store) -> Iterator[_Stored]:
    by_digest: dict[str, list[Path]] = {}
    for path in (store.root / "actions").glob("*.json"):
        if (action := store.action(path.stem)) is not None:
            by_digest.setdefault(action.result, []).append(path)
    for folder in (store.root / "objects").glob("*"):
        if (manifest := _manifest(folder)) is not None:
            paths = by_digest.get(folder.name, [])
            used = max((path.stat().st_mtime for path in paths), default=0.0)
            yield _Stored(folder.name, manifest.size, tuple(paths), used)


def _manifest(folder: Path) -> Manifest | None:
    """Return an object's manifest; None where it cannot be read, so that the object is of no use."""
    try:
        return read_manifest(folder)
    except (OSError, ValueError):
        return None


def _reached(store: Store) -> set[str]:
    """Return the digests that scenes which still exist had when they were last run, and all those came from."""
    reached: set[str] = set()
    for path in store.root.glob("last/*/*.json"):
        try:
            stored = json.loads(path.read_bytes())
            requests = [Request(**request) for request in stored["requests"].values()]
            scene = Path(stored["scene"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue
        if scene.exists():
            for request in requests:
                reached.update(_result_and_inputs(store, request))
    return reached


def _result_and_inputs(store: Store, request: Request) -> Iterator[str]:
    yield from request.inputs.values()
    action: Action | None = store.action(request.key)
    if action is not None:
        yield action.result


def _remove(store: Store, doomed: list[_Stored], rubbish: list[Path]) -> None:
    """Remove actions before their object: whoever is killed in between leaves no action without its result."""
    for one in doomed:
        for action in one.actions:
            action.unlink(missing_ok=True)
        store.discard(one.digest)
    for path in rubbish:
        remove(path)
