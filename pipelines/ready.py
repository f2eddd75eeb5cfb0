"""Luigi's scheduler with a queue of what is ready: its own sorts all that waits each time it is asked for one task."""

import heapq
import time
from collections.abc import Mapping
from typing import Any

from luigi.scheduler import WORKER_STATE_ACTIVE, Scheduler
from luigi.task_status import DONE, PENDING, RUNNING


class ReadyScheduler(Scheduler):
    """Gives a worker of this process its tasks. The most urgent is first, of equals the one that was added first.

    Every task takes one unit of one resource. A task whose inputs have failed is never ready.

    Args:
        units: Resource -> how many tasks that take it may run at once.
    """

    def __init__(self, units: Mapping[str, int]) -> None:
        # A result that turns out to be lost is to be made again at once, however lately it was seen to be there.
        super().__init__(stable_done_cooldown_secs=0)  # type: ignore[no-untyped-call]
        self._tasks: Any = self._state  # Luigi's own has no types
        self._free = dict(units)
        self._ready: dict[str, list[tuple[float, int, str]]] = {name: [] for name in units}
        self._unmet: dict[str, set[str]] = {}  # of what is not done: those of its inputs that are not
        self._readers: dict[str, list[str]] = {}
        self._running: dict[str, str] = {}  # task -> what it takes
        self._places: dict[str, int] = {}  # in the order of their coming

    def add_task(self, **facts: Any) -> None:  # noqa: ANN401 - Luigi's own
        """Note a task, or what became of it."""
        super().add_task(**facts)
        task = self._tasks.get_task(facts["task_id"])
        if facts["status"] == PENDING and "new_deps" in facts:  # it was begun, and is to start again
            self._tasks.set_status(task, PENDING, self._config)
        if task is None or task.status == RUNNING:
            return
        self._places.setdefault(task.id, len(self._places))
        if (taken := self._running.pop(task.id, None)) is not None:
            self._free[taken] += 1
        if task.status == PENDING and (taken is not None or task.id not in self._unmet):
            self._wait(task)
        elif task.status == DONE:
            self._serve(task.id)

    def get_work(self, **asked: Any) -> dict[str, Any]:  # noqa: ANN401 - Luigi's own
        """Return the next task in Luigi's words; none while nothing is ready for which there is room."""
        reply: dict[str, Any] = {
            "task_id": None,
            "n_pending_tasks": 0,
            "n_unique_pending": 0,
            "running_tasks": [],
            "worker_state": WORKER_STATE_ACTIVE,
        }
        first = min((heap[0] for name in self._ready if (heap := self._of_use(name))), default=None)
        if first is None:
            return reply
        task = self._tasks.get_task(first[2])
        (name,) = task.resources
        heapq.heappop(self._ready[name])
        self._free[name] -= 1
        self._running[task.id] = name
        self._tasks.set_status(task, RUNNING, self._config)
        task.worker_running, task.time_running = asked["worker"], time.time()
        return {**reply, "task_id": task.id}

    def _of_use(self, name: str) -> list[tuple[float, int, str]]:
        """Return the queue for a resource while there is some left, without those at its front that were met since."""
        heap = self._ready[name]
        while heap and self._tasks.get_task(heap[0][2]).status != PENDING:
            heapq.heappop(heap)
        return heap if self._free[name] > 0 else []

    def _wait(self, task: Any) -> None:  # noqa: ANN401 - Luigi's own
        """Put a task where it belongs until its inputs are done."""
        states = {name: self._tasks.get_task(name) for name in task.deps}
        unmet = self._unmet[task.id] = {name for name, one in states.items() if one is None or one.status != DONE}
        for name in unmet:
            self._readers.setdefault(name, []).append(task.id)
        if not unmet:
            self._push(task)

    def _serve(self, done: str) -> None:
        """Let those go on that waited for a task."""
        self._unmet.pop(done, None)
        for name in self._readers.pop(done, []):
            unmet, task = self._unmet.get(name), self._tasks.get_task(name)
            if unmet is not None and done in unmet:
                unmet.remove(done)
                if not unmet:
                    self._push(task)

    def _push(self, task: Any) -> None:  # noqa: ANN401 - Luigi's own
        (name,) = task.resources
        heapq.heappush(self._ready[name], (-task.priority, self._places[task.id], task.id))
