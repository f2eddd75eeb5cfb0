"""The farm that was asked to stop: what stops is put off, and people are told why."""

import time
from collections.abc import Callable
from pathlib import Path

from pipelines.failure_file import tell
from pipelines.farm.farm import Farm
from pipelines.farm.job import Report
from pipelines.node import Ledger, Node
from pipelines.task import StageTask, task_for
from r2s2r.artifacts.store import Store
from r2s2r.errors import StoppedError
from r2s2r.spec.project import find_project
from tests.pipelines.farm.test_farm import Queue, Watching

WHY = "the window ends at 07:00"


class PutOff(Watching):
    """Notes what is put off, and why."""

    def __init__(self) -> None:
        super().__init__()
        self.offs: list[tuple[str, str]] = []

    def put_off(self, task: StageTask, why: str) -> None:
        self.offs.append((task.node.name, why))


class Stopped:
    """A farm with one job, which a machine works on or not, that was asked to stop; it tells what became of that."""

    def __init__(self, folder: Path, *, segments: str = "") -> None:
        store, self.watching, self.ends = Store(folder / "store"), PutOff(), list[str]()
        store.prepare()
        queue, ledger = Queue(), Ledger(store)
        task = task_for(ledger, Node("diffuse:a", "diffuse", 1, "toy", {}), priority=0)
        task.request = ledger.request(task.node)
        assert task.request is not None
        with Farm(store, queue, find_project(folder), labels={}, watcher=self.watching) as farm:
            farm.begin(task, lambda status, _: self.ends.append(status))
            _until(lambda: bool(queue.keys))
            if segments:
                queue.reports.append(Report(task.request.key, "running", "nodeA"))
                _until(lambda: bool(self.watching.begun))
                tell(store, task.request.key, StoppedError(segments))
            farm.stop_gently(WHY)
            _until(lambda: bool(self.ends))


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_what_stops_at_a_segment_is_put_off_with_what_it_kept_and_why(tmp_path: Path) -> None:
    stopped = Stopped(tmp_path, segments="stopped as asked, with 1 of 2 segments kept")
    assert stopped.watching.offs == [("diffuse:a", f"stopped as asked, with 1 of 2 segments kept: {WHY}")]
    assert stopped.ends == ["FAILED"]


def test_what_was_not_begun_is_put_off_and_told_why(tmp_path: Path) -> None:
    stopped = Stopped(tmp_path)
    assert stopped.watching.offs == [("diffuse:a", f"stopped as asked, before it was begun: {WHY}")]
    assert stopped.ends == ["FAILED"]
