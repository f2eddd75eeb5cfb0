"""Sweep: remove rubbish, and results that no scene reaches, least recently used first, until the store fits."""

import json
import os
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from r2s2r.artifacts.action import Action, Request
from r2s2r.artifacts.lease import RUN, Witness, holders
from r2s2r.artifacts.manifest import read_manifest
from r2s2r.artifacts.store import Store
from r2s2r.errors import StoreError


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
    _refuse_while_running(store)
    rubbish = list(_rubbish(store))
    stored = _stored(store)
    reached = _reached(store)
    total = sum(one.size for one in stored)
    doomed = []
    for one in sorted(stored, key=lambda one: one.used):
        if total <= max_size:
            break
        if one.digest not in reached:
            doomed.append(one)
            total -= one.size
    if not dry_run:
        _remove(store, doomed, rubbish)
    return Swept(len(doomed), sum(one.size for one in doomed), len(rubbish), total)


def mark_used(store: Store, keys: Iterator[str]) -> None:
    """Note that actions were used just now; a read-only store remembers nothing."""
    for key in keys:
        path = store.root / "actions" / f"{key}.json"
        if os.access(path, os.W_OK):
            os.utime(path)


def _refuse_while_running(store: Store) -> None:
    witness = Witness()
    for folder in (store.root / "leases").glob(f"{RUN}*"):
        for holder in holders(folder):
            if not witness.is_dead(holder):
                machine = holder.machine.partition(" ")[0]
                raise StoreError(f"{store.root}: in use by process {holder.pid} on {machine}; sweep when it has ended")


def _rubbish(store: Store) -> Iterator[Path]:
    """Yield what killed workers left: no run is going on, so every workspace, lease and half-written file is theirs."""
    for name in ("tmp", "leases"):
        yield from (store.root / name).glob("*")
    for name in ("actions", "requests", "errors", "files", "last", "last/*"):
        yield from store.root.glob(f"{name}/.*")
    yield from (path for path in (store.root / "objects").glob("*") if not store.has(path.name))


def _stored(store: Store) -> list[_Stored]:
    by_digest: dict[str, list[Path]] = {}
    for path in (store.root / "actions").glob("*.json"):
        if (action := store.action(path.stem)) is not None:
            by_digest.setdefault(action.result, []).append(path)
    found = []
    for folder in (store.root / "objects").iterdir() if (store.root / "objects").exists() else ():
        if store.has(folder.name):
            paths = by_digest.get(folder.name, [])
            used = max((path.stat().st_mtime for path in paths), default=0.0)
            found.append(_Stored(folder.name, read_manifest(folder).size, tuple(paths), used))
    return found


def _reached(store: Store) -> set[str]:
    """Return the digests that scenes which still exist had when they were last run, and all those came from."""
    reached: set[str] = set()
    for path in store.root.glob("last/*/*.json"):
        try:
            stored = json.loads(path.read_bytes())
            requests = [Request(**request) for request in stored["requests"].values()]
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if Path(stored["scene"]).exists():
            for request in requests:
                reached.update(_result_and_inputs(store, request))
    return reached


def _result_and_inputs(store: Store, request: Request) -> Iterator[str]:
    yield from request.inputs.values()
    action: Action | None = store.action(request.key)
    if action is not None:
        yield action.result


def _remove(store: Store, doomed: list[_Stored], rubbish: list[Path]) -> None:
    """Remove actions before their object, and objects by a rename first: a kill in between leaves nothing half."""
    for one in doomed:
        for action in one.actions:
            action.unlink(missing_ok=True)
        grave = store.root / "tmp" / uuid.uuid4().hex
        store.object(one.digest).rename(grave)
        rubbish.append(grave)
    for path in rubbish:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
