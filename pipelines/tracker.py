"""Tracker: what every node of a run is doing, for whoever watches, and what went wrong, for the summary."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pipelines.failure import Failure
from r2s2r.artifacts.lease import holders
from r2s2r.artifacts.store import Store

if TYPE_CHECKING:
    from pipelines.task import StageTask

Activity = Literal["fresh", "waiting", "running", "done", "failed"]


@dataclass
class Progress:
    """How far one node is. ``done`` of ``total`` units (mostly frames); ``seconds`` since it started, or in all."""

    activity: Activity = "waiting"
    done: int = 0
    total: int = 0
    seconds: float = 0.0


class Tracker:
    """Observes the worker; read by the display's thread. Keys are node recipes."""

    def __init__(self, store: Store, on_done: Callable[[str], None]) -> None:
        self._store, self._on_done = store, on_done
        self._lock = threading.Lock()
        self._started: dict[str, tuple[float, StageTask]] = {}
        self._finished: dict[str, tuple[Activity, float]] = {}
        self.failures: dict[str, Failure] = {}

    def started(self, task: StageTask) -> None:
        """A process was given the task."""
        with self._lock:
            self._started[task.recipe] = (time.monotonic(), task)

    def finished(self, task: StageTask, *, succeeded: bool, explanation: str) -> None:
        """The task's process ended, well or not."""
        with self._lock:
            since, _ = self._started[task.recipe]
            activity: Activity = "done" if succeeded else "failed"
            self._finished[task.recipe] = (activity, time.monotonic() - since)
            if not succeeded:
                self.failures[task.recipe] = Failure.explained(task.node, explanation)
        if succeeded:
            self._on_done(task.recipe)

    def progress(self, recipe: str) -> Progress:
        """Return how far a node is; frames done come from its lease, whichever process holds it."""
        with self._lock:
            if recipe in self._finished:
                activity, seconds = self._finished[recipe]
                return Progress(activity, seconds=seconds)
            if recipe not in self._started:
                return Progress()
            since, task = self._started[recipe]
        request = task.ledger.request(task.node)
        working = [] if request is None else [one for one in holders(self._store.lease_folder(request.key)) if one.owns]
        done, total = (working[0].done, working[0].total) if working else (0, 0)
        return Progress("running", done, total, time.monotonic() - since)
