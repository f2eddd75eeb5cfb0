"""The outbox: requests on their way into Slurm's queue. None is lost when Slurm does not answer; none goes twice."""

import re
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from pipelines.farm.job import Job
from pipelines.farm.needs import Needs
from pipelines.farm.slurm.batches import Batch, drop, tasks_of, write_batch
from pipelines.farm.slurm.client import RefusedError, UnansweredError, ask
from pipelines.farm.slurm.cluster import ask_cluster
from pipelines.farm.slurm.environment import job_environment
from pipelines.farm.slurm.limits import ClusterLimits, ask_limits
from pipelines.farm.slurm.options import submission
from r2s2r.artifacts.lease import Holder
from r2s2r.artifacts.store import Store
from r2s2r.errors import R2S2RError, StageError
from r2s2r.spec.farm import SlurmSpec

GRACE_S = 10.0
"""What was handed over may not be seen for so long: by a queue that has much to do, or a file system that remembers."""

# Not for ever: a limit of how much may be in the queue, a partition that is closed.
_FOR_NOW = ("maxsubmit", "grpsubmit", "maxjobs", "temporarily unable", "partition not available", "try again")

# A login node may look at each job for a while before it hands it over.
_SBATCH_S = 30.0
# What it prints may come after words of the cluster's own.
_NUMBER = re.compile(r"^(\d+)(?:;.*)?$", re.MULTILINE)


@dataclass(eq=False)
class Order:
    """Tasks of equal needs that are not in the queue, as far as is known.

    Attributes:
        needs: Of each request.
        shunned: Machines that are not to be used.
        tasks: The keys of each.
        tried: The batch that was sent without an answer: it may be in the queue.
        answered_since: Slurm has answered other questions since, from then on; None: not yet.
        said: Why they are not in the queue.
    """

    needs: Needs
    shunned: tuple[str, ...]
    tasks: list[tuple[str, ...]]
    tried: Batch | None = None
    answered_since: float | None = None
    said: str = ""


@dataclass(frozen=True)
class Refusal:
    """Keys that Slurm will not take, and why."""

    keys: tuple[str, ...]
    error: R2S2RError


class Outbox:
    """Hands orders to ``sbatch``, one array for each, or several where one would be too long."""

    def __init__(self, store: Store, spec: SlurmSpec, driver: Holder) -> None:
        self._store, self._spec, self._driver = store, spec, driver
        self._orders: list[Order] = []
        self._limits: ClusterLimits | None = None
        self._room: int | None = None  # tasks that Slurm took at once when more were too many
        self.sent: list[tuple[Batch, str]] = []
        self.refused: list[Refusal] = []

    def put(self, jobs: Sequence[Job]) -> None:
        """Take jobs; ``send`` sends them."""
        alike: dict[tuple[Needs, tuple[str, ...]], list[Job]] = {}
        for job in {job.key: job for job in jobs}.values():
            alike.setdefault((job.needs, job.shunned), []).append(job)
        for (needs, shunned), group in alike.items():
            self._orders.append(Order(needs, shunned, tasks_of(group, needs.keys)))

    def waiting(self) -> dict[str, str]:
        """Return the keys that are not in the queue, and why."""
        return {key: order.said for order in self._orders for keys in order.tasks for key in keys}

    def take_back(self, keys: Collection[str]) -> set[str]:
        """Forget keys that are not sent; return them. Those of a batch that may have arrived stay."""
        taken = set[str]()
        for order in self._orders:
            if order.tried is None:
                taken.update(key for task in order.tasks for key in task if key in keys)
                left = [tuple(key for key in task if key not in keys) for task in order.tasks]
                order.tasks = [task for task in left if task]
        self._orders = [order for order in self._orders if order.tasks]
        return taken

    def settle(self, names: Collection[str]) -> None:
        """Look for batches that were sent without an answer among the arrays in the queue."""
        for order in [order for order in self._orders if order.tried is not None]:
            assert order.tried is not None
            order.answered_since = order.answered_since or time.monotonic()
            if order.tried.name in names:
                self._arrived(order, order.tried, "")
            elif time.monotonic() - order.answered_since > GRACE_S:
                drop(self._store, order.tried)
                order.tried = order.answered_since = None

    def send(self) -> None:
        """Send what waits, until Slurm does not answer or has no room: then the rest waits on."""
        for order in list(self._orders):
            while order.tasks and order.tried is None:
                if not self._send_some(order):
                    return

    def _send_some(self, order: Order) -> bool:
        """Send an array of an order; return whether Slurm can be sent more."""
        batch = Batch.new(order.needs.stage, order.tasks[: self._room], self._driver)
        has_gone = False
        try:
            batch = replace(batch, tasks=batch.tasks[: self.limits().tasks])
            words = self._words(order, batch)
            write_batch(self._store, batch)
            has_gone = True
            said = ask(*words, environment=job_environment(order.needs), seconds=_SBATCH_S)
        except UnansweredError as error:
            order.said = f"Slurm does not answer ({error})"
            if has_gone and error.may_have_arrived:
                order.tried = batch
            else:
                drop(self._store, batch)
            return False
        except (RefusedError, R2S2RError) as error:
            drop(self._store, batch)
            return self._refused(order, batch, error)
        self._arrived(order, batch, array_of(said))
        return True

    def limits(self) -> ClusterLimits:
        """Return what Slurm allows; it is asked once. Raises what ``ask`` raises."""
        if self._limits is None:
            self._limits = ask_limits()
        return self._limits

    def _words(self, order: Order, batch: Batch) -> tuple[str, ...]:
        shunned: tuple[str, ...] = ()
        if order.shunned:
            shunned = ask_cluster().shunning(order.shunned, order.needs)
        return submission(batch, order.needs, self._store, stop_s=self._spec.stop_s, shunned=shunned)

    def _arrived(self, order: Order, batch: Batch, array: str) -> None:
        self.sent.append((batch, array))
        self._room = None if self._room is None else 2 * self._room
        order.tried, order.answered_since, order.said = None, None, ""
        self._remove(order, batch)

    def _refused(self, order: Order, batch: Batch, error: RefusedError | R2S2RError) -> bool:
        """Note what Slurm, or the store, does not take; return whether other orders may fare better."""
        if isinstance(error, RefusedError):
            if any(words in str(error).lower() for words in _FOR_NOW):
                order.said = f"Slurm has no room for it now ({error}); `farm.slurm.max_jobs` in r2s2r.yaml may be lower"
                self._room = max(1, len(batch.tasks) // 2)
                return False
            advice = f"see `farm.stages.{order.needs.stage}` in r2s2r.yaml"
            error = StageError(f"Slurm does not take it: {error}; {advice}")
        self.refused.append(Refusal(tuple(key for task in batch.tasks for key in task), error))
        self._remove(order, batch)
        return True

    def _remove(self, order: Order, batch: Batch) -> None:
        order.tasks = order.tasks[len(batch.tasks) :]
        if not order.tasks:
            self._orders.remove(order)


def array_of(said: str) -> str:
    """Return the number in what ``sbatch --parsable`` printed; empty where there is none: the queue will show it."""
    found = list(_NUMBER.finditer(said))
    return found[-1][1] if found else ""
