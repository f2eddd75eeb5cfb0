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

    name, shares_time, capacity = "queue", True, 10

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
    """Notes which tasks began, and all that it is told."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.told: list[str] = []

    def queued(self, task: StageTask) -> None:
        self.told.append("queued")

    def began(self, task: StageTask, report: Report) -> None:
        self.begun.append(task.node.name)
        self.told.append(f"began on {report.where}")

    def said(self, task: StageTask, report: Report) -> None:
        self.told.append(f"said {report.said!r}")

    def retried(self, task: StageTask, why: str) -> None:
        self.told.append("retried")

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

    def tell(self, *reports: Report) -> list[str]:
        """Have the executor report, in the end that it runs on ``last``; return what the watcher was told before."""
        self.queue.reports += [*reports, Report(self.key, "running", "last")]
        until = time.monotonic() + 60
        while "began on last" not in self.watching.told:
            assert time.monotonic() < until, self.watching.told
            time.sleep(0.02)
        return self.watching.told[:-1]

    def wait(self, *, ends: int = 0, jobs: int = 0, begun: int = 0, retried: int = 0) -> None:
        wanted, until = (ends, jobs, begun, retried), time.monotonic() + 60
        while any(now < least for now, least in zip(self._counts(), wanted, strict=True)):
            assert time.monotonic() < until, (self.ends, self.queue.keys, self.watching.told)
            time.sleep(0.02)

    def _counts(self) -> tuple[int, ...]:
        told = self.watching.told
        return len(self.ends), len(self.queue.keys), len(self.watching.begun), told.count("retried")

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


def test_why_a_job_does_not_start_is_told_each_time_it_is_another(yard: Yard) -> None:
    yard.begin(yard.a)
    yard.wait(jobs=1)
    words = ["", "nodes are down", "nodes are down", "it is held", ""]
    told = yard.tell(*(Report(yard.key, "queued", job=f"4711_{at}", said=said) for at, said in enumerate(words)))
    assert told == ["queued", "said 'nodes are down'", "said 'it is held'", "said ''"]


def test_a_job_that_is_suspended_and_goes_on_began_once(yard: Yard) -> None:
    yard.begin(yard.a)
    yard.wait(jobs=1)
    told = yard.tell(*(Report(yard.key, "running", "nodeA", "4711_0", said=said) for said in ("", "suspended", "")))
    assert told == ["queued", "began on nodeA", "said 'suspended'", "said ''"]


def test_a_job_that_is_put_back_while_it_is_suspended_waits_without_a_reason(yard: Yard) -> None:
    yard.begin(yard.a)
    yard.wait(jobs=1)
    told = yard.tell(Report(yard.key, "running", "nodeA", said="suspended"), Report(yard.key, "queued"))
    assert told == ["queued", "began on nodeA", "said 'suspended'", "queued"]
    assert not yard.farm.waits(yard.a)


@pytest.mark.parametrize("said", ["", "nodes are down"])
def test_what_is_tried_again_is_queued_until_it_runs_again(yard: Yard, said: str) -> None:
    yard.begin(yard.a)
    yard.wait(jobs=1)
    yard.queue.reports += [Report(yard.key, "running", "nodeA"), Report(yard.key, "ended", cause="lost")]
    yard.wait(begun=1, retried=1)
    assert yard.farm.waits(yard.a)
    told = yard.tell(Report(yard.key, "queued", said=said), Report(yard.key, "queued", job="4711_1", said=said))
    assert told == ["queued", "began on nodeA", "retried", "queued", *([f"said {said!r}"] if said else [])]
