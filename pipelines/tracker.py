"""Tracker: what every node of a run is doing, for whoever watches, and what went wrong, for the summary."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.failure import Failure
from r2s2r.artifacts.action import Action
from r2s2r.artifacts.journal import Event, Happening, Journal
from r2s2r.artifacts.run_state import Activity, headway
from r2s2r.artifacts.store import Store

if TYPE_CHECKING:
    from pipelines.farm.job import Report
    from pipelines.gate import Gate
    from pipelines.node import Node
    from pipelines.task import StageTask


@dataclass
class NodeProgress:
    """How far one node is. ``done`` of ``total`` units (mostly frames); ``seconds`` since it started, or in all."""

    activity: Activity = "waiting"
    done: int = 0
    total: int = 0
    seconds: float = 0.0
    where: str = ""


@dataclass
class _Seen:
    """What is known of a task that was begun."""

    key: str
    activity: Activity
    since: float
    where: str = ""
    seconds: float = 0.0
    said: str = ""


class Tracker:
    """Observes worker and farm, from any thread; read by the display's. Keys are node recipes.

    Attributes:
        failures: Why nodes failed.
        put_offs: Why nodes are left for another time.
        retries: Nodes that were tried again, in order, and why.

    Args:
        store: Whose leases tell how far nodes are.
        gate: Is told how long nodes took.
        journal: Everything is written into; None: nowhere.
        gpus: How many GPUs a node takes.
        on_done: Called with the recipe of a node that is made.
    """

    def __init__(
        self,
        store: Store,
        gate: Gate,
        journal: Journal | None,
        *,
        gpus: Callable[[Node], int],
        on_done: Callable[[str], None],
    ) -> None:
        self._store, self._gate, self._journal = store, gate, journal
        self._gpus, self._on_done = gpus, on_done
        self._lock = threading.RLock()
        self._seen: dict[str, _Seen] = {}
        self.failures: dict[str, Failure] = {}
        self.put_offs: dict[str, str] = {}
        self.retries: list[tuple[str, str]] = []

    def lack(self, failures: Iterable[Failure]) -> None:
        """What this machine lacks keeps nodes from being begun at all."""
        for failure in failures:
            self.failures[failure.node.recipe] = failure
            if self._journal is not None:
                self._journal.note(
                    Event(time.time(), failure.node.recipe, "failed", message=failure.message, cause=failure.kind)
                )

    def started(self, task: StageTask) -> None:
        """A process of this machine was given the task."""
        self._begin(task, "running", "")

    def queued(self, task: StageTask) -> None:
        """The task was handed over, or went back into the queue."""
        with self._lock:
            if self._activity(task) == "running":
                self._pause(task)
            self._seen[task.recipe] = _Seen(_key(task), "queued", time.monotonic())
        self._note(task, "queued")

    def began(self, task: StageTask, report: Report) -> None:
        """A machine of the farm works on the task."""
        self._begin(task, "running", report.where, job=report.job)

    def said(self, task: StageTask, report: Report) -> None:
        """What the executor says of a task that is queued or at work has changed; it may be nothing any more."""
        with self._lock:
            if self._activity(task) in ("queued", "running"):
                self._seen[task.recipe].said = report.said
                self._note(task, "said", job=report.job, message=report.said)

    def retried(self, task: StageTask, why: str) -> None:
        """A try ended without a result, and another follows."""
        with self._lock:
            seconds = self._pause(task)
            self.retries.append((task.recipe, why))
        self._note(task, "retried", message=why, seconds=seconds, gpus=self._gpus(task.node))

    def put_off(self, task: StageTask, why: str) -> None:
        """The task is left for another time; what its executor says of it is told with the reason."""
        with self._lock:
            seen = self._seen.get(task.recipe)
            self.put_offs.setdefault(task.recipe, f"{why}; {seen.said}" if seen is not None and seen.said else why)

    def finished(self, task: StageTask, *, succeeded: bool, explanation: str) -> None:
        """The task ended, well or not."""
        with self._lock:
            unseen = self._made_unseen(task) if succeeded else None
            seconds = self._pause(task, unseen_s=0.0 if unseen is None else unseen.seconds)
            activity: Activity = "done" if succeeded else "deferred" if task.recipe in self.put_offs else "failed"
            where = self._seen[task.recipe].where if task.recipe in self._seen else ""
            where = where if unseen is None else unseen.machine
            self._seen[task.recipe] = _Seen(_key(task), activity, 0.0, where, seconds)
            if activity == "failed":
                self.failures[task.recipe] = Failure.explained(task.node, explanation)
        self._tell_end(task, activity, seconds, where)
        if succeeded:
            self._on_done(task.recipe)

    def begun(self) -> set[str]:
        """Return the recipes of the nodes that were begun or handed over."""
        with self._lock:
            return set(self._seen)

    def held_up(self) -> dict[str, list[str]]:
        """Return what executors say of nodes that do not start or go on, each with the recipes it is said of."""
        found: dict[str, list[str]] = {}
        with self._lock:
            for recipe, seen in self._seen.items():
                if seen.said:
                    found.setdefault(seen.said, []).append(recipe)
        return found

    def progress(self, recipe: str) -> NodeProgress:
        """Return how far a node is; frames done come from its lease, whichever process holds it."""
        with self._lock:
            seen = self._seen.get(recipe)
        if seen is None:
            return NodeProgress()
        if seen.activity != "running":
            return NodeProgress(seen.activity, seconds=seen.seconds, where=seen.where)
        now = headway(self._store, seen.key)
        return NodeProgress("running", now.done, now.total, time.monotonic() - seen.since, seen.where)

    def _begin(self, task: StageTask, activity: Activity, where: str, *, job: str = "") -> None:
        with self._lock:
            if self._activity(task) == "running":
                self._pause(task)
            self._seen[task.recipe] = _Seen(_key(task), activity, time.monotonic(), where)
        self._gate.started(task.node, gpus=self._gpus(task.node))
        self._note(task, "running", where=where, job=job, gpus=self._gpus(task.node))

    def _activity(self, task: StageTask) -> Activity:
        seen = self._seen.get(task.recipe)
        return "waiting" if seen is None else seen.activity

    def _made_unseen(self, task: StageTask) -> Action | None:
        """Return what was made of a task that was never seen to run: a job may begin and end between two looks."""
        seen = self._seen.get(task.recipe)
        return self._store.action(seen.key) if seen is not None and seen.activity == "queued" else None

    def _pause(self, task: StageTask, *, unseen_s: float = 0.0) -> float:
        """Note that a task does not run any more; return how long it did, as it was seen or told."""
        seen, seconds = self._seen.get(task.recipe), unseen_s
        if seen is not None and seen.activity == "running":
            seconds, seen.activity = time.monotonic() - seen.since, "waiting"
        self._gate.ended(task.node, seconds=seconds, gpus=self._gpus(task.node))
        return seconds

    def _tell_end(self, task: StageTask, activity: Activity, seconds: float, where: str) -> None:
        gpus = self._gpus(task.node)
        if activity == "done":
            self._note(task, "done", seconds=seconds, gpus=gpus, where=where)
        elif activity == "deferred":
            self._note(task, "deferred", seconds=seconds, gpus=gpus, message=self.put_offs[task.recipe])
        else:
            failure = self.failures[task.recipe]
            what: Happening = "cancelled" if failure.kind == "cancelled" else "failed"
            self._note(task, what, seconds=seconds, gpus=gpus, where=where, message=failure.message, cause=failure.kind)

    def _note(
        self,
        task: StageTask,
        what: Happening,
        *,
        where: str = "",
        job: str = "",
        seconds: float = 0.0,
        gpus: int = 0,
        message: str = "",
        cause: str = "",
    ) -> None:
        if self._journal is not None:
            event = Event(
                time.time(), task.recipe, what, _key(task), where, job, round(seconds, 3), gpus, message, cause
            )
            with self._lock:
                self._journal.note(event)


def _key(task: StageTask) -> str:
    return "" if task.request is None else task.request.key
