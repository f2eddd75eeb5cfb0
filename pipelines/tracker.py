"""Tracker: what every node of a run is doing, for whoever watches, and what went wrong, for the summary."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from luigi.task import Task

from pipelines.node import Node
from pipelines.task import StageTask
from r2s2r.artifacts.lease import holders
from r2s2r.artifacts.store import Store

Activity = Literal["fresh", "waiting", "running", "done", "failed"]


@dataclass(frozen=True)
class Failure:
    """Why a node failed.

    Attributes:
        node: The node that failed.
        message: What to tell the user.
        exit_code: What the run should end with on its account.
        is_expected: Whether r2s2r explains the error itself; otherwise ``details`` has the traceback.
        details: Traceback or log, for bug reports.
        field: Which part of the scene it comes from, dotted.
    """

    node: Node
    message: str
    exit_code: int
    is_expected: bool
    details: str
    field: str


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

    def started(self, task: Task) -> None:
        """A process was given the task."""
        assert isinstance(task, StageTask)
        with self._lock:
            self._started[task.recipe] = (time.monotonic(), task)

    def finished(self, task: Task, *, succeeded: bool, explanation: str) -> None:
        """The task's process ended, well or not."""
        assert isinstance(task, StageTask)
        with self._lock:
            since, _ = self._started[task.recipe]
            activity: Activity = "done" if succeeded else "failed"
            self._finished[task.recipe] = (activity, time.monotonic() - since)
            if not succeeded:
                self.failures[task.recipe] = _failure(self._store, task, explanation)
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


def _failure(store: Store, task: StageTask, explanation: str) -> Failure:
    request = task.ledger.request(task.node)
    try:
        assert request is not None
        noted = json.loads((store.root / "errors" / f"{request.key}.json").read_bytes())
        field = f"{task.node.blame}.{noted['field']}".strip(".")
        return Failure(task.node, noted["message"], noted["exit_code"], noted["expected"], noted["traceback"], field)
    except (OSError, ValueError, KeyError):
        words = explanation.strip('"').replace("\\n", "\n")
        last = words.strip().splitlines()[-1] if words.strip() else "its process ended without a word"
        return Failure(task.node, last, 1, is_expected=False, details=words, field=task.node.blame)
