"""The executor ``slurm``: arrays of jobs, followed by looking at the queue now and then, and judged by the store."""

import logging
import os
import time
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace

from pipelines.failure_file import tell
from pipelines.farm.job import Job, Report
from pipelines.farm.needs import Needs
from pipelines.farm.slurm.batches import Batch, claim, drop, is_new, read_batches, release, write_batch
from pipelines.farm.slurm.check import check_cluster
from pipelines.farm.slurm.client import RefusedError, UnansweredError
from pipelines.farm.slurm.ending import cancel_tasks, stop_tasks
from pipelines.farm.slurm.gathering import Gathering
from pipelines.farm.slurm.outbox import GRACE_S, Outbox
from pipelines.farm.slurm.queue import Row
from pipelines.farm.slurm.states import Standing, standing
from pipelines.farm.slurm.task import GONE, ArrayTask, End, ends_of
from pipelines.farm.slurm.view import View
from r2s2r.artifacts.lease import process
from r2s2r.artifacts.store import Store
from r2s2r.errors import StoreError
from r2s2r.spec.farm import SlurmSpec

_log = logging.getLogger(__name__)


class SlurmExecutor:
    """Builds requests by jobs of a cluster; an ``Executor``."""

    name, shares_time = "slurm", True

    def __init__(self, store: Store, spec: SlurmSpec) -> None:
        self._store, self._spec = store, spec
        self._driver = process(os.getpid())
        self._outbox, self._view = Outbox(store, spec, self._driver), View(spec.poll_s)
        self._gathering = Gathering()
        self._tasks: dict[tuple[str, int], ArrayTask] = {}
        self._unwanted = set[str]()  # cancelled while nobody knows whether they are in the queue
        self._to_end: dict[ArrayTask, bool] = {}  # whether gently; until Slurm has heard of it
        self._last: dict[str, Report] = {}
        self._news: list[Report] = []

    @property
    def capacity(self) -> int:
        """How many jobs the queue is given at once."""
        return self._spec.max_jobs

    def check(self, needs: Sequence[Needs]) -> None:
        """See that the cluster answers and has what jobs need. Raises InputError, MissingError."""
        check_cluster(needs, self._spec)
        with suppress(UnansweredError, RefusedError):  # asked now, while it answers
            self._view.see_ends(self._outbox.limits().kept_s)

    def submit(self, jobs: Sequence[Job]) -> None:
        """Hand over jobs; where Slurm does not answer, they wait here until it does."""
        for task in self._tasks.values():  # what is tried again is not to be told of by its last try
            again = {job.key for job in jobs}.intersection(task.open)
            task.open = [key for key in task.open if key not in again]
        self._gathering.put(jobs)
        self._send()

    def poll(self) -> Sequence[Report]:
        """Return what changed."""
        rows = self._view.look() if self._tasks or self._waiting() else None
        if rows is not None:
            self._outbox.settle({row.name for row in rows})
            self._take_back()
            self._follow(rows, patience_s=GRACE_S)
            self._send()
            self._end_unwanted()
        news, self._news = self._news, []
        return news

    def cancel(self, keys: Collection[str], *, gently: bool = False) -> None:
        """End jobs. One that a task shares with others is ended with its task, and the others are told to be lost."""
        self._unwanted.update(key for key in self._waiting() if key in keys)
        self._take_back()
        for task in self._tasks.values():
            if asked := set(keys).intersection(task.open):
                task.unwanted |= asked
                self._to_end[task] = gently
        self._end_unwanted()
        self._view.hurry()

    def reattach(self) -> Sequence[Report]:
        """Take over what drivers that are no more have left, if they were this user's."""
        left = [batch for batch in read_batches(self._store) if batch.user == os.getuid()]
        gone = [batch for batch in left if claim(self._store, batch, self._driver)]
        rows = self._view.look() if gone else None
        names = {row.name for row in rows or ()}
        for batch in gone:
            if rows is not None and batch.name not in names and not is_new(self._store, batch, GRACE_S):
                drop(self._store, batch)  # it never came into the queue, or is long out of it
            else:
                self._take_over(batch)
        if rows is not None:
            self._follow(rows, patience_s=0.0)
        latest = {report.key: report for report in self._news}
        self._news = []
        return [report for report in latest.values() if report.state != "ended"]

    def close(self) -> None:
        """Leave what runs to the next driver, and forget the rest."""
        for task in [task for task in self._tasks.values() if not task.open]:
            self._forget(task)
        for batch in {task.batch.nonce: task.batch for task in self._tasks.values()}.values():
            release(self._store, batch)
        self._tasks.clear()

    def _take_over(self, batch: Batch) -> None:
        mine = replace(batch, driver=self._driver)
        try:
            write_batch(self._store, mine)
        except StoreError:
            return  # a store that cannot be written has worse to tell soon
        self._track(mine, "")

    def _track(self, batch: Batch, array: str) -> None:
        now = time.monotonic()
        for index, keys in enumerate(batch.tasks):
            task = ArrayTask(batch, index, list(keys), now, array)
            task.unwanted = self._unwanted.intersection(keys)
            self._unwanted -= task.unwanted
            self._tasks[batch.nonce, index] = task
            if task.unwanted:
                self._to_end[task] = False
            for key in keys:
                self._tell(Report(key, "queued", job=task.job))

    def _waiting(self) -> dict[str, str]:
        """Return the keys that are not in the queue, and why."""
        return {**dict.fromkeys(self._gathering.keys(), ""), **self._outbox.waiting()}

    def _send(self) -> None:
        in_queue = {task.batch.stage for task in self._tasks.values() if task.open and not task.is_running}
        self._outbox.put(self._gathering.ready(in_queue))
        self._outbox.send()
        while self._outbox.sent:
            self._track(*self._outbox.sent.pop(0))
        while self._outbox.refused:
            refusal = self._outbox.refused.pop(0)
            for key in refusal.keys:
                tell(self._store, key, refusal.error)
                self._tell(Report(key, "ended", cause="exited", said=str(refusal.error)))
        for key, said in self._waiting().items():
            self._tell(Report(key, "queued", said=said))

    def _take_back(self) -> None:
        for key in self._gathering.take_back(self._unwanted) | self._outbox.take_back(self._unwanted):
            self._unwanted.discard(key)
            self._tell(Report(key, "ended", cause="cancelled"))

    def _follow(self, rows: Iterable[Row], *, patience_s: float) -> None:
        found = {(row.name, row.index): row for row in rows}
        for task in list(self._tasks.values()):
            row = found.get((task.batch.name, task.index)) or found.get((task.batch.name, None))
            if row is not None:
                self._see(task, row, patience_s)
            elif task.was_seen or time.monotonic() - task.since > GRACE_S:
                self._finish(task, GONE, patience_s)

    def _see(self, task: ArrayTask, row: Row, patience_s: float) -> None:
        now = standing(row, task.batch.stage)
        task.was_seen, task.array, task.node, task.is_running = True, row.array, row.node, now.state == "running"
        if now.state == "ended":
            assert now.cause is not None
            self._finish(task, End(now.cause, now.said), patience_s)
            return
        task.ended = None
        if task.unwanted and now.state == "queued":  # back in the queue after it was asked to stop
            self._to_end[task] = True
        if now.is_stuck:
            self._to_end[task] = False
            self._close(task, dict.fromkeys(task.open, End("lost", now.said)))
        elif now.state == "running":
            built = [key for key in task.open if self._store.action(key) is not None]
            self._close(task, dict.fromkeys(built, End("exited", "")))
        self._tell_of(task, now)

    def _tell_of(self, task: ArrayTask, now: Standing) -> None:
        for key in task.open:
            where = task.node if now.state == "running" else ""
            self._tell(Report(key, now.state, where, task.job, said=now.said))

    def _finish(self, task: ArrayTask, end: End, patience_s: float) -> None:
        ends = ends_of(task, end, self._store, patience_s=patience_s)
        if ends is not None:
            self._close(task, ends)
            self._forget(task)

    def _close(self, task: ArrayTask, ends: dict[str, End]) -> None:
        for key, end in ends.items():
            task.open.remove(key)
            log = None if end.cause == "exited" and not end.said else task.log(self._store)
            self._tell(Report(key, "ended", task.node, task.job, end.cause, end.said, log))

    def _forget(self, task: ArrayTask) -> None:
        """Let go of a task that ended; its batch goes with the last one, and what it printed if all was well."""
        del self._tasks[task.batch.nonce, task.index]
        self._to_end.pop(task, None)
        keys = task.batch.tasks[task.index]
        if all(self._store.action(key) is not None for key in keys):
            task.batch.log(self._store, task.index).unlink(missing_ok=True)
        if not any(other.batch.nonce == task.batch.nonce for other in self._tasks.values()):
            drop(self._store, task.batch)

    def _end_unwanted(self) -> None:
        known = {task: gently for task, gently in self._to_end.items() if task.array}
        stopped = [task for task, gently in known.items() if gently and task.is_running]
        cancelled = [task for task in known if task not in stopped]
        for end, tasks in ((stop_tasks, stopped), (cancel_tasks, cancelled)):
            try:
                end([(task.array, task.index) for task in tasks])
            except UnansweredError:
                return  # it is tried again at the next look
            except RefusedError as error:
                _log.info("scancel: %s", error)  # they ended by themselves
        for task in known:
            del self._to_end[task]

    def _tell(self, report: Report) -> None:
        if report != self._last.get(report.key):
            self._news.append(report)
            self._last[report.key] = report
        if report.state == "ended":
            del self._last[report.key]
