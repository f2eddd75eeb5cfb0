"""Leases: so that two workers never do the same work, and a dead one does not block the rest.

Everyone who wants a key puts a file of its own into ``leases/<key>/`` and owns the key once it has seen itself alone
there. Nobody writes or removes another's living file, so no locks are needed (NFS has no reliable ones). A file is dead
when its process is gone (same machine) or when its beat has not moved for ``PATIENCE_S`` by the observer's own clock:
clocks are never compared. Who was frozen for so long finds its file gone, and gives up. The last to leave removes the
folder.

On NFS this asks for no more than that whoever opens a folder sees what was put there before (close-to-open consistency,
nfs(5)): of two that come, the later one sees the other.
"""

import errno
import json
import os
import random
import threading
import time
import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated, TypeAlias

from pydantic import Field, TypeAdapter

from r2s2r.artifacts.process import machine, process_start

BEAT_S = 0.5
PATIENCE_S = 60.0
# Who looked away for longer, because its disk or server hung, cannot say that meanwhile nothing moved.
_LONGEST_GAP_S = 2.0
_LONGEST_PAUSE_S = 1.0
# A file that was just replaced from elsewhere may not be found, or be stale, for an instant.
_FLEETING = frozenset({errno.ENOENT, errno.ESTALE, errno.EIO, errno.ETIMEDOUT})
_TRIES = 3
Name: TypeAlias = Annotated[str, Field(pattern="^[0-9A-Za-z]+$")]  # of files: see _bury
Number: TypeAlias = Annotated[int, Field(strict=True, ge=0)]
ProcessId: TypeAlias = Annotated[int, Field(strict=True, ge=1, lt=1 << 31)]


class LeaseLostError(Exception):
    """Others took this process for dead, and one of them has the lease now."""


@dataclass(frozen=True)
class Holder:
    """Who holds or wants a lease, and how far its work is.

    Attributes:
        nonce: Unique name of this try.
        machine: Its machine, as ``process.machine`` names it.
        pid: Its process.
        started: When that process began, in the kernel's ticks.
        owns: Whether it has the lease; else it wants it.
        beat: Grows for as long as it lives.
        done: Units of its work that are done.
        total: All units.
    """

    nonce: Name
    machine: str
    pid: ProcessId
    started: str
    owns: Annotated[bool, Field(strict=True)] = False
    beat: Number = 0
    done: Number = 0
    total: Number = 0


_HOLDER = TypeAdapter(Holder)


def holders(folder: Path) -> list[Holder]:
    """Return everyone in ``leases/<key>/``, dead or alive."""
    return [holder for path in _listed(folder) if (holder := _read(path)) is not None]


def _listed(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if not path.name.startswith(".")]
    except FileNotFoundError:
        return []


def process(pid: int) -> Holder:
    """Return a process of this machine, so that it can be told later whether it still lives."""
    return Holder(uuid.uuid4().hex, machine(), pid, process_start(pid))


def is_here(holder: Holder) -> bool:
    """Whether a holder is, or was, a process of this machine since it was last started."""
    return holder.machine == machine()


@dataclass
class _Watched:
    """A beat, when it was last looked at, and for how long it has not moved."""

    beat: int
    looked: float
    still_s: float = 0.0


class Witness:
    """Judges holders of other machines by whether their beat moves, on this process's clock."""

    def __init__(self) -> None:
        self._watched: dict[str, _Watched] = {}

    def is_dead(self, holder: Holder) -> bool:
        """Whether the holder is gone; for other machines this takes ``PATIENCE_S`` of watching."""
        if holder.machine == machine():
            return process_start(holder.pid) != holder.started
        now, watched = time.monotonic(), self._watched.get(holder.nonce)
        if watched is None or watched.beat != holder.beat:
            self._watched[holder.nonce] = _Watched(holder.beat, now)
            return False
        watched.still_s += min(now - watched.looked, _LONGEST_GAP_S)
        watched.looked = now
        return watched.still_s > PATIENCE_S


def living(folders: Collection[Path]) -> Holder | None:
    """Return someone alive in one of these leases; None if all are dead or gone.

    Watches holders of other machines, or of this one before it was last started, for up to ``PATIENCE_S``.
    """
    witness, first_beats = Witness(), dict[str, int]()
    while found := [one for folder in folders for one in holders(folder) if not witness.is_dead(one)]:
        for holder in found:
            if holder.machine == machine() or first_beats.setdefault(holder.nonce, holder.beat) != holder.beat:
                return holder
        time.sleep(BEAT_S / 2)
    return None


class Lease:
    """A held lease; its heart beats in a thread until the ``with`` block of ``hold`` ends."""

    def __init__(self, path: Path, holder: Holder) -> None:
        self._path, self._holder, self._is_lost = path, holder, False
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)
        self._thread.start()

    @property
    def nonce(self) -> str:
        """Unique name of this holder."""
        return self._holder.nonce

    def progress(self, done: int, total: int) -> None:
        """Note how far the work is; shown to whoever watches. A ``Progress``.

        Raises LeaseLostError when others have taken over.
        """
        if self._is_lost:
            raise LeaseLostError("stood still for so long that another process took over; it is waited for")
        self._holder = replace(self._holder, done=done, total=total)

    def release(self) -> None:
        """Stop the heart and leave."""
        self._stop.set()
        self._thread.join()
        _leave(self._path)

    def _beat(self) -> None:
        while not self._stop.wait(BEAT_S):
            self._holder = replace(self._holder, beat=self._holder.beat + 1)
            with suppress(OSError):  # A full disk must not end the work that may free it; observers are patient.
                if _is_gone(self._path):  # with all leases, where somebody removes the store: then nobody has it
                    self._is_lost = self._path.parents[1].exists()
                    return
                _write(self._path, self._holder)


@contextmanager
def hold(folder: Path) -> Iterator[Lease]:
    """Wait for the lease of a key and hold it. ``folder`` is ``leases/<key>``."""
    lease = _acquire(folder)
    try:
        yield lease
    finally:
        lease.release()


def wait_until_free(folder: Path) -> None:
    """Wait until nobody owns a lease, without taking it."""
    _wait_for_owner(folder, Witness())


def _acquire(folder: Path) -> Lease:
    me = process(os.getpid())
    path = folder / f"{me.nonce}.json"
    try:
        return _compete(folder, me, path)
    except BaseException:
        _leave(path)
        raise


def _compete(folder: Path, me: Holder, path: Path) -> Lease:
    witness = Witness()
    while True:
        if not path.exists():
            _wait_for_owner(folder, witness)
            _enter(path, me)
        others = [
            holder for holder in holders(folder) if holder.nonce != me.nonce and not _bury(folder, holder, witness)
        ]
        if not others:
            owner = replace(me, owns=True)
            _write(path, owner)
            return Lease(path, owner)
        if any(other.owns or other.nonce < me.nonce for other in others):
            path.unlink(missing_ok=True)
        time.sleep(random.uniform(0.005, 0.05))  # noqa: S311 - only so that two who wait do not wait in step


def _wait_for_owner(folder: Path, witness: Witness) -> None:
    began = time.monotonic()
    while any(holder.owns and not _bury(folder, holder, witness) for holder in holders(folder)):
        time.sleep(min(0.05 + (time.monotonic() - began) / 10, _LONGEST_PAUSE_S))


def _bury(folder: Path, holder: Holder, witness: Witness) -> bool:
    """Remove a dead holder's file; return whether it was dead."""
    if not witness.is_dead(holder):
        return False
    for name in (f"{holder.nonce}.json", f".{holder.nonce}.json"):
        (folder / name).unlink(missing_ok=True)
    return True


def _enter(path: Path, holder: Holder) -> None:
    while True:
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):  # whoever left just now took the folder along
            return _write(path, holder)


def _leave(path: Path) -> None:
    path.unlink(missing_ok=True)
    with suppress(OSError):  # others are still there
        path.parent.rmdir()


def _write(path: Path, holder: Holder) -> None:
    """Replace a holder's file; not flushed, for it tells of a living process, and no longer."""
    temporary = path.with_name(f".{path.name}")
    temporary.write_bytes(json.dumps(asdict(holder)).encode())
    temporary.rename(path)


def _read(path: Path) -> Holder | None:
    """Return a holder; None of one that has gone in the meantime, and of what is not one of ours."""
    for _ in range(_TRIES):
        try:
            holder = _HOLDER.validate_json(path.read_bytes())
            return holder if holder.nonce == path.stem else None
        except OSError as error:
            if error.errno not in _FLEETING or _is_gone(path):
                return None
        except ValueError:
            return None
    return Holder(path.stem, "", 0, "", owns=True)  # It is there, but cannot be read now: somebody to be patient with.


def _is_gone(path: Path) -> bool:
    """Whether a file is not in its folder, which is looked at anew."""
    return path not in _listed(path.parent)
