"""A task of an array on its way: which of its keys are still open, and how they ended when it has."""

import time
from contextlib import suppress
from dataclasses import dataclass, field

from pipelines.failure_file import told
from pipelines.farm.job import Cause
from pipelines.farm.slurm.batches import Batch
from pipelines.farm.slurm.output import Output, read_output
from r2s2r.artifacts.store import Store

_UNKNOWN = "Slurm does not know it any more"


@dataclass(eq=False)
class ArrayTask:
    """A task of an array.

    Attributes:
        batch: Its array.
        index: In it.
        open: Its keys that have not ended, in order; those that nobody waits for are not among them.
        since: It is in the queue, by this process's clock in seconds.
        array: Slurm's number of its array; empty until it was seen.
        node: Where it runs, or did last.
        was_seen: In the queue.
        ended: First seen to have ended, or to be gone; None before.
        is_running: As it was seen last.
        unwanted: Keys that were cancelled here.
    """

    batch: Batch
    index: int
    open: list[str]
    since: float
    array: str = ""
    node: str = ""
    was_seen: bool = False
    ended: float | None = None
    is_running: bool = False
    unwanted: set[str] = field(default_factory=set)

    @property
    def job(self) -> str:
        """What Slurm calls it; empty until it was seen."""
        return f"{self.array}_{self.index}" if self.array else ""

    def log(self, store: Store) -> str | None:
        """Return the path of what it printed; None where that is nothing."""
        path = self.batch.log(store, self.index)
        try:
            return str(path) if path.stat().st_size > 0 else None
        except OSError:
            return None


@dataclass(frozen=True)
class End:
    """How a task ended, as Slurm tells it."""

    cause: Cause
    said: str


GONE = End("lost", _UNKNOWN)


def ends_of(task: ArrayTask, end: End, store: Store, *, patience_s: float) -> dict[str, End] | None:
    """Return how each open key of a task ended; None while the store may not show yet what the task wrote.

    The store goes before Slurm's words: what was built is built, and what failed has said why. A key that was at work
    takes the task's end; those after it never had their turn, and have it later unless the task was cancelled.
    """
    task.ended = task.ended or time.monotonic()
    output = read_output(task.batch.log(store, task.index))
    silent = [key for key in task.open if store.action(key) is None and told(store, key) is None]
    left_alone = [key for key in silent if key not in task.unwanted]
    has_complained = bool(output.last) and output.last[:64] not in task.batch.tasks[task.index]
    may_be_late = (end.cause == "exited" and not has_complained) or end is GONE
    if left_alone and may_be_late and time.monotonic() - task.ended < patience_s:
        _look_again(store)
        return None
    return {key: _end_of(key, task, _explained(end, output), silent) for key in task.open}


def _end_of(key: str, task: ArrayTask, end: End, silent: list[str]) -> End:
    if key in task.unwanted:
        return End("cancelled", "")
    if task.unwanted:
        return End("lost", "its job was ended with another request that it had")
    if key not in silent:
        return End("exited", "")
    return end if key == silent[0] or end.cause == "cancelled" else End("lost", "its job ended before its turn")


def _explained(end: End, output: Output) -> End:
    if output.is_over_memory and end.cause in ("exited", "lost", "cancelled"):
        return End("over_memory", output.last)
    return End(end.cause, output.last or end.said) if end.cause == "exited" else end


def _look_again(store: Store) -> None:
    """Have the file system ask its server for what is new: NFS remembers for a while that a file was not there."""
    for folder in ("actions", "failures"):
        with suppress(OSError):
            next((store.root / folder).iterdir(), None)
