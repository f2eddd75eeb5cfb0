"""Sweep: remove left-overs, and results no scene reaches: those unused for long, and others until the rest fits."""

import math
import os
import time
import uuid
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from r2s2r.artifacts.inventory import AT_ONCE, Inventory, Stored, reached, take_inventory
from r2s2r.artifacts.journal import WAITING, read_journal
from r2s2r.artifacts.lease import Witness, hold, holders, is_here, living, wait_until_free
from r2s2r.artifacts.leftovers import old_notes, rubbish
from r2s2r.artifacts.progress import Progress, unheard
from r2s2r.artifacts.store import Store, remove
from r2s2r.errors import StoreError

_DAY_S = 24 * 3600
# Who did not beat for so long by the store's own clock is dead, and need not be watched.
_LONG_DEAD_S = 3600
_SWEEP = "sweep"


@dataclass(frozen=True)
class Swept:
    """What a sweep did, or would do.

    Attributes:
        objects: Results removed.
        freed: Bytes they took.
        rubbish: Left-overs of killed workers removed.
        notes: Old requests, logs, failures, jobs and journals removed.
        kept: Bytes of the results that stay.
        kept_objects: How many these are.
    """

    objects: int
    freed: int
    rubbish: int
    notes: int
    kept: int
    kept_objects: int


@dataclass(frozen=True)
class _Doomed:
    """What goes, and what stays."""

    results: tuple[Stored, ...]
    rubbish: tuple[Path, ...]
    notes: tuple[Path, ...]
    kept: tuple[Stored, ...]

    def swept(self) -> Swept:
        return Swept(
            objects=len(self.results),
            freed=sum(one.size for one in self.results),
            rubbish=len(self.rubbish),
            notes=len(self.notes),
            kept=sum(one.size for one in self.kept),
            kept_objects=len(self.kept),
        )


def sweep(
    store: Store, *, max_size: int, keep_days: float = math.inf, dry_run: bool, progress: Progress = unheard
) -> Swept:
    """Sweep the store; what existing scenes had when they were last run stays.

    Args:
        store: The store.
        max_size: Bytes that may stay; of the rest, what was used least recently goes first.
        keep_days: What was not used for longer goes in any case.
        dry_run: Only look what would be done.
        progress: Told of files read, then of results removed.

    Raises:
        StoreError: A run is going on: what it has just made is reached by nobody yet.
    """
    if dry_run:
        return _choose(store, max_size, keep_days, progress).swept()
    with hold(store.lease_folder(_SWEEP)):
        doomed = _choose(store, max_size, keep_days, progress)
        _remove(store, doomed, progress)
    return doomed.swept()


@contextmanager
def in_use(store: Store, run_id: str = "") -> Iterator[None]:
    """Keep sweeps out while results are made; one that has begun is waited for. As long, the run counts as alive."""
    with hold(store.run_lease(run_id or uuid.uuid4().hex)):
        wait_until_free(store.lease_folder(_SWEEP))
        yield


def mark_used(store: Store, keys: Iterable[str]) -> None:
    """Note that actions were used just now; a read-only store remembers nothing."""
    for key in keys:
        with suppress(OSError):
            os.utime(store.root / "actions" / f"{key}.json")


def _choose(store: Store, max_size: int, keep_days: float, progress: Progress) -> _Doomed:
    now = _clock(store)
    leases = _leases(store, now=now)
    _refuse_while_in_use(store, leases, now=now)
    inventory = take_inventory(store, progress)
    results = _unwanted(inventory, reached(store, inventory), max_size, oldest=now - keep_days * _DAY_S)
    going = {one.digest for one in results}
    return _Doomed(
        results=tuple(results),
        rubbish=(*leases, *rubbish(store, inventory, now=now)),
        notes=tuple(old_notes(store, now=now)),
        kept=tuple(one for one in inventory.results if one.digest not in going),
    )


def _unwanted(inventory: Inventory, reached: set[str], max_size: int, *, oldest: float) -> list[Stored]:
    """Return the results that go: of what no scene reaches all that is older, and more until the rest fits."""
    left = sum(one.size for one in inventory.results)
    going = []
    for one in sorted(inventory.results, key=lambda one: one.used):
        if one.used >= oldest and left <= max_size:
            break
        if one.digest not in reached:
            going.append(one)
            left -= one.size
    return going


def _clock(store: Store) -> float:
    """Return what the clock of the store's file system shows: those of machines may be an hour apart."""
    probe = store.root / "tmp" / f".clock-{uuid.uuid4().hex}"
    try:
        probe.touch()
        now = probe.stat().st_mtime
        probe.unlink()
    except OSError:  # of a store that is read-only one can still say what would be removed
        return time.time()
    return now


def _leases(store: Store, *, now: float) -> list[Path]:
    """Return the leases that keep sweeps out, or else go. A night that waits for its window makes nothing yet."""
    runs = (read_journal(store, run_id) for run_id in store.run_leases())
    waiting = (store.run_lease(run.id) for run in runs if run is not None and run.kind == WAITING)
    left_alone = {store.lease_folder(_SWEEP), *(lease for lease in waiting if _may_live(lease, now))}
    return [folder for folder in (store.root / "leases").glob("*") if folder not in left_alone]


def _refuse_while_in_use(store: Store, leases: Collection[Path], *, now: float) -> None:
    holder = living([folder for folder in leases if _may_live(folder, now)])
    if holder is not None:
        machine = holder.machine.partition(" ")[0]
        raise StoreError(f"{store.root}: in use by process {holder.pid} on {machine}; sweep when it has ended")


def _may_live(lease: Path, now: float) -> bool:
    for holder in holders(lease):
        with suppress(OSError):
            beat = (lease / f"{holder.nonce}.json").stat().st_mtime
            if not Witness().is_dead(holder) if is_here(holder) else now - beat < _LONG_DEAD_S:
                return True
    return False


def _remove(store: Store, doomed: _Doomed, progress: Progress) -> None:
    """Remove what goes, side by side: for most of it one waits for the disk, or for that of another machine."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for count, _ in enumerate(pool.map(lambda one: _remove_result(store, one), doomed.results), 1):
            progress(count, len(doomed.results))
        list(pool.map(remove, (*doomed.rubbish, *doomed.notes)))


def _remove_result(store: Store, one: Stored) -> None:
    """Remove actions before their object: whoever is killed in between leaves no action without its result."""
    for action in one.actions:
        action.unlink(missing_ok=True)
    store.discard(one.digest)
