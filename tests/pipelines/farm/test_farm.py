"""The farm as Luigi's worker sees it: tasks that share a request, and tasks that nobody wants any more."""

import time
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import pytest

from pipelines.farm.farm import Farm
from pipelines.farm.job import Job, Report
from pipelines.farm.needs import Needs
from pipelines.node import Ledger, Node
from pipelines.task import StageTask, task_for
from r2s2r.artifacts.store import Store
from r2s2r.spec.project import find_project


class Queue:
    """An executor whose jobs wait until a test says otherwise."""

    name, capacity = "queue", 10

    def __init__(self) -> None:
        self.reports: list[Report] = []
        self.keys: set[str] = set()
        self.cancelled: set[str] = set()

    def check(self, needs: Sequence[Needs]) -> None:
        """All is there."""

    def submit(self, jobs: Sequence[Job]) -> None:
        self.keys |= {job.key for job in jobs}

    def poll(self) -> Sequence[Report]:
        found, self.reports = self.reports, []
        return found

    def cancel(self, keys: Collection[str], *, gently: bool = False) -> None:
        self.cancelled |= set(keys)
        self.reports += [Report(key, "ended", cause="cancelled") for key in keys]

    def reattach(self) -> Sequence[Report]:
        return ()

    def close(self) -> None:
        """Nothing is idle."""


class Watching:
    """Notes which tasks began."""

    def __init__(self) -> None:
        self.begun: list[str] = []

    def queued(self, task: StageTask) -> None:
        """Of no interest here."""

    def began(self, task: StageTask, report: Report) -> None:
        self.begun.append(task.node.name)

    def retried(self, task: StageTask, why: str) -> None:
        """Of no interest here."""

    def put_off(self, task: StageTask, why: str) -> None:
        """Of no interest here."""


class Yard:
    """A farm with two tasks of different names and one request."""

    def __init__(self, folder: Path) -> None:
        self.store, self.queue, self.watching = Store(folder / "store"), Queue(), Watching()
        self.store.prepare()
        self.ends: list[str] = []
        self.farm = Farm(self.store, self.queue, find_project(folder), labels={}, watcher=self.watching)
        self.a, self.b = self._task("diffuse:a"), self._task("diffuse:b")
        assert self.a.request is not None
        self.key = self.a.request.key
        assert self.b.request is not None
        assert self.key == self.b.request.key

    def begin(self, task: StageTask) -> None:
        self.farm.begin(task, lambda status, _: self.ends.append(f"{task.node.name} {status}"))

    def wait(self, *, ends: int = 0, jobs: int = 0, begun: int = 0) -> None:
        until = time.monotonic() + 60
        while len(self.ends) < ends or len(self.queue.keys) < jobs or len(self.watching.begun) < begun:
            assert time.monotonic() < until, (self.ends, self.queue.keys, self.watching.begun)
            time.sleep(0.02)

    def _task(self, name: str) -> StageTask:
        ledger = Ledger(self.store)
        task = task_for(ledger, Node(name, "diffuse", 1, "toy", {}), priority=0)
        task.request = ledger.request(task.node)
        return task


@pytest.fixture
def yard(tmp_path: Path) -> Iterator[Yard]:
    yard = Yard(tmp_path)
    with yard.farm:
        yield yard


def test_a_job_that_no_task_wants_any_more_is_cancelled(yard: Yard) -> None:
    yard.begin(yard.a)
    yard.begin(yard.b)
    yard.wait(jobs=1)
    yard.farm.cancel(yard.a)
    time.sleep(0.3)
    assert yard.queue.cancelled == set()
    yard.farm.cancel(yard.b)
    yard.wait(ends=2)
    assert yard.queue.cancelled == {yard.key}
    assert yard.ends == ["diffuse:a FAILED", "diffuse:b FAILED"]


def test_of_a_task_that_is_not_wanted_any_more_no_beginning_is_told(yard: Yard) -> None:
    yard.begin(yard.a)
    yard.begin(yard.b)
    yard.wait(jobs=1)
    yard.farm.cancel(yard.a)
    yard.queue.reports.append(Report(yard.key, "running", "nodeA"))
    yard.wait(begun=1)
    assert yard.watching.begun == ["diffuse:b"]
