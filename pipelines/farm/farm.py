"""The farm as Luigi's worker sees it: tasks go in, their ends come out; between them are jobs, by key."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol

from luigi.task_status import DONE, FAILED

from pipelines.farm.dispatch import Dispatcher
from pipelines.farm.executor import Executor
from pipelines.farm.job import Job, Report
from pipelines.farm.needs import affinity_of, is_handed_over, needs_of
from pipelines.task import StageTask
from r2s2r.artifacts.store import Store
from r2s2r.spec.project import Project


class Watcher(Protocol):
    """Told of tasks that are with the farm, from any thread. A seam, so that this file knows no journal."""

    def queued(self, task: StageTask) -> None:
        """The task was handed over, or went back into the queue."""

    def began(self, task: StageTask, report: Report) -> None:
        """A machine works on the task."""

    def said(self, task: StageTask, report: Report) -> None:
        """What the executor says of a task that is queued or at work has changed; it may be nothing any more."""

    def retried(self, task: StageTask, why: str) -> None:
        """A try ended without a result, and another follows."""

    def put_off(self, task: StageTask, why: str) -> None:
        """The task stopped where it can go on at another time."""


@dataclass
class _Waiting:
    """A task that waits for a key; ``is_wanted``: nobody asked for its end."""

    task: StageTask
    finish: Callable[[str, object], None]
    is_wanted: bool = True


class Farm:
    """Hands tasks over to an executor; see ``HandedOver`` in the worker. Two tasks of one key are one job."""

    def __init__(
        self, store: Store, executor: Executor, project: Project, *, labels: Mapping[str, str], watcher: Watcher
    ) -> None:
        self.capacity = executor.capacity
        self._name, self._project, self._labels, self._watcher = executor.name, project, labels, watcher
        self._dispatcher = Dispatcher(store, executor, self)
        self._lock = threading.Lock()
        self._waiting: dict[str, list[_Waiting]] = {}
        self._latest: dict[str, Report] = {}  # of each key; none between two tries
        self._why_stopped = ""

    def __enter__(self) -> "Farm":
        """Take over what earlier drivers have left, and begin."""
        self._dispatcher.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End what is still with the executor."""
        self._dispatcher.__exit__(kind, error, trace)

    def takes(self, task: StageTask) -> bool:
        """Whether the farm builds this task."""
        return is_handed_over(task.node, self._project.spec.farm, self._name)

    def begin(self, task: StageTask, finish: Callable[[str, object], None]) -> None:
        """Have the task built; ``finish(status, explanation)`` is called once, from another thread."""
        assert task.request is not None, "it is asked for before it is handed over"
        key = task.request.key
        with self._lock:
            is_first = key not in self._waiting
            self._waiting.setdefault(key, []).append(_Waiting(task, finish))
            if is_first:
                self._latest[key] = Report(key, "queued")
        self._watcher.queued(task)
        if is_first:
            needs, label = needs_of(task.node, self._project), self._labels.get(task.recipe, "")
            self._dispatcher.hand_over(
                Job(key, task.node.stage, needs, affinity_of(task.node), f"{label} {task.node.name}".strip())
            )

    def cancel(self, task: StageTask) -> None:
        """End the task's job, unless another task that is wanted waits for it, too."""
        assert task.request is not None, "it was handed over"
        with self._lock:
            for one in self._waiting.get(task.request.key, []):
                one.is_wanted = one.is_wanted and one.task is not task
        if not self._of(task.request.key):
            self._dispatcher.cancel(task.request.key)

    def waits(self, task: StageTask) -> bool:
        """Whether the task was handed over, and no machine has begun with it."""
        if task.request is None:
            return False
        with self._lock:
            latest = self._latest.get(task.request.key)
            return task.request.key in self._waiting and (latest is None or latest.state != "running")

    def stop_gently(self, why: str) -> None:
        """Ask all that runs to stop where it can go on later; ``why`` is for people."""
        self._why_stopped = f": {why}"
        self._dispatcher.stop_gently()

    def moved(self, key: str, report: Report) -> None:
        """A job was taken by a machine, or went back into the queue; or the executor says something else of it."""
        with self._lock:
            before, self._latest[key] = self._latest.get(key), report
        has_moved = before is None or _place(before) != _place(report)
        said_before = "" if before is None or has_moved else before.said
        for one in self._of(key):
            if has_moved and report.state == "running":
                self._watcher.began(one.task, report)
            elif has_moved:
                self._watcher.queued(one.task)
            if report.said != said_before:
                self._watcher.said(one.task, report)

    def retried(self, key: str, why: str) -> None:
        """A try ended without a result, and another follows."""
        with self._lock:
            self._latest.pop(key, None)
        for one in self._of(key):
            self._watcher.retried(one.task, why)

    def ended(self, key: str, failure: dict[str, Any] | None) -> None:
        """The request is built, or failed for good."""
        with self._lock:
            waiting = self._waiting.pop(key, [])
            self._latest.pop(key, None)
        for one in waiting:
            if failure is not None and failure.get("kind") == "stopped":
                self._watcher.put_off(one.task, f"{failure['message']}{self._why_stopped}")
            one.finish(DONE if failure is None else FAILED, failure)

    def _of(self, key: str) -> list[_Waiting]:
        """Return what waits for a key and is wanted: of what is not, only its end is still told."""
        with self._lock:
            return [one for one in self._waiting.get(key, []) if one.is_wanted]


def _place(report: Report) -> tuple[str, ...]:
    """Return where a job is: in the queue, whichever place it has there, or with a machine."""
    return (report.state, report.where, report.job) if report.state == "running" else (report.state,)
