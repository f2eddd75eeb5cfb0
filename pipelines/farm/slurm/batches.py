"""Batches: which requests each task of a job array builds, in ``jobs/<nonce>.json``, written before Slurm is asked.

The array's name ends in the nonce. So whoever reads the folder and the queue knows which job builds what, also after
the driver was killed at the worst of moments, and a job finds its requests by the index that Slurm gives it.
"""

import os
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from pathlib import Path

from pydantic import TypeAdapter

from pipelines.farm.job import Job
from pipelines.farm.slurm.drivers import is_gone
from r2s2r.artifacts.atomic import write_atomically
from r2s2r.artifacts.fingerprint import canonical_json
from r2s2r.artifacts.lease import Holder, Name
from r2s2r.artifacts.store import Store
from r2s2r.errors import StoreError

_NAME = "r2s2r"
_NEVER = "never"  # when no process was started: whoever asks for it finds that it is gone


@dataclass(frozen=True)
class Batch:
    """Requests that are handed over as one job array.

    Attributes:
        nonce: Its name.
        stage: Of all its requests.
        tasks: The keys of each task.
        driver: Who handed it over, or took it over from a driver that is no more.
        user: Number of that user: nobody else sees or ends the jobs.
    """

    nonce: Name
    stage: str
    tasks: tuple[tuple[str, ...], ...]
    driver: Holder
    user: int

    @classmethod
    def new(cls, stage: str, tasks: Iterable[Sequence[str]], driver: Holder) -> "Batch":
        """Return a batch that nobody has seen yet."""
        return cls(uuid.uuid4().hex[:16], stage, tuple(tuple(keys) for keys in tasks), driver, os.getuid())

    @property
    def name(self) -> str:
        """What Slurm calls the array."""
        return f"{_NAME}-{self.stage}-{self.nonce}"

    def path(self, store: Store) -> Path:
        """Return where it stands."""
        return store.root / "jobs" / f"{self.nonce}.json"

    def log(self, store: Store, index: int) -> Path:
        """Return what a task prints into before r2s2r runs, and Slurm when it ends the task."""
        return store.root / "jobs" / f"{self.nonce}-{index}.out"


_BATCH, _HOLDER = TypeAdapter(Batch), TypeAdapter(Holder)


def write_batch(store: Store, batch: Batch) -> None:
    """Write a batch down. Raises StoreError when the store cannot be written."""
    with store.explained():
        write_atomically(batch.path(store), canonical_json(asdict(batch)))


def read_batches(store: Store) -> Iterator[Batch]:
    """Yield all batches that stand in the store."""
    for path in sorted((store.root / "jobs").glob("*.json")):
        with suppress(StoreError):  # gone in the meantime
            yield read_batch(path)


def read_batch(path: Path) -> Batch:
    """Read a batch. Raises StoreError when it cannot be read."""
    try:
        batch = _BATCH.validate_json(path.read_bytes())
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is none"
        raise StoreError(f"{path}: cannot be read as a batch of jobs ({reason}); run again") from error
    if batch.nonce != path.stem:  # it names files that are removed
        raise StoreError(f"{path}: cannot be read as a batch of jobs (it calls itself {batch.nonce}); run again")
    return batch


def keys_of_task(path: Path) -> tuple[str, ...]:
    """Return what the task of an array that this process is has to build. Raises StoreError when it is none."""
    batch, index = read_batch(path), os.environ.get("SLURM_ARRAY_TASK_ID", "")
    if not index.isdigit() or int(index) >= len(batch.tasks):
        raise StoreError(f"{path}: has no task {index or 'without SLURM_ARRAY_TASK_ID'}; only Slurm runs --batch")
    return batch.tasks[int(index)]


def claim(store: Store, batch: Batch, by: Holder) -> bool:
    """Be the one who takes a batch over from its driver; False where that lives, or somebody else was faster.

    Whoever was faster may have been killed before the batch was written as theirs: then it is taken over from them.
    """
    last: Holder | None = batch.driver
    while last is not None and is_gone(store, last):
        path = store.root / "jobs" / f"{batch.nonce}.{last.nonce}.taken"
        try:
            with path.open("xb") as file:
                file.write(canonical_json(asdict(by)))
        except FileExistsError:
            last = _claimer(path)
        else:
            return True
    return False


def release(store: Store, batch: Batch) -> None:
    """Leave a batch to the next driver that comes, while this one's process lives on."""
    with suppress(StoreError):
        write_batch(store, replace(batch, driver=replace(batch.driver, started=_NEVER)))


def is_new(store: Store, batch: Batch, seconds: float) -> bool:
    """Whether a batch that was claimed just now was written less than so long before, by the store's own clock."""
    try:
        claimed = max(path.stat().st_mtime for path in _claims(store, batch))
        return claimed - batch.path(store).stat().st_mtime < seconds
    except (OSError, ValueError):
        return False


def drop(store: Store, batch: Batch) -> None:
    """Remove a batch whose tasks have ended, or that never came into the queue; what its tasks printed stays."""
    with suppress(OSError):
        batch.path(store).unlink(missing_ok=True)
        for path in _claims(store, batch):
            path.unlink(missing_ok=True)


def tasks_of(jobs: Sequence[Job], keys: int) -> list[tuple[str, ...]]:
    """Put the keys of jobs into tasks of at most so many; those of one task run the same model."""
    ordered = sorted(jobs, key=lambda job: job.affinity)  # stable: otherwise as they came
    tasks = []
    for _, group in groupby(ordered, key=lambda job: job.affinity):
        alike = [job.key for job in group]
        tasks += [tuple(alike[start : start + keys]) for start in range(0, len(alike), keys)]
    return tasks


def _claims(store: Store, batch: Batch) -> list[Path]:
    return list((store.root / "jobs").glob(f"{batch.nonce}.*.taken"))


def _claimer(path: Path) -> Holder | None:
    """Return who made a claim; None of one that has gone in the meantime, or is being made."""
    try:
        return _HOLDER.validate_json(path.read_bytes())
    except (OSError, ValueError):
        return None
