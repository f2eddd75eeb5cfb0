"""Luigi's worker: CPU nodes in processes that come from a fork server, the others handed over to an executor."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from luigi.task_status import DONE, FAILED, PENDING
from luigi.worker import TaskProcess, Worker

from pipelines.build import ask
from pipelines.failure import explanation
from pipelines.gate import Closing, Gate
from pipelines.processes import CONTEXT
from pipelines.ready import ReadyScheduler
from pipelines.supply import Supply
from pipelines.task import StageTask
from pipelines.task_process import Elsewhere, ForkServerTaskProcess, Silent
from r2s2r.errors import CancelledError, R2S2RError

_WATCH_S = 0.5


class Observer(Protocol):
    """Told by the driver's worker what happens to tasks. A seam, so that this file knows nothing of shots."""

    def started(self, task: StageTask) -> None:
        """A process of this machine was given the task."""

    def finished(self, task: StageTask, *, succeeded: bool, explanation: str) -> None:
        """The task ended, well or not."""

    def retried(self, task: StageTask, why: str) -> None:
        """The task's process was lost, and another is given it."""

    def put_off(self, task: StageTask, why: str) -> None:
        """The task may not start any more: it is left for another time."""


class HandedOver(Protocol):
    """Where tasks go that no process of the driver's own builds. A seam: this file knows no executor."""

    capacity: int

    def takes(self, task: StageTask) -> bool:
        """Whether it builds this task."""

    def begin(self, task: StageTask, finish: Callable[[str, object], None]) -> None:
        """Have the task built; ``finish(status, explanation)`` is called once, from any thread."""

    def cancel(self, task: StageTask) -> None:
        """End the task."""

    def waits(self, task: StageTask) -> bool:
        """Whether the task was handed over, and no machine has begun with it."""

    def stop_gently(self, why: str) -> None:
        """Ask all that runs to stop where it can go on later; ``why`` is for people."""


@dataclass(frozen=True)
class Drive:
    """What a worker does its work with.

    Attributes:
        observer: Told of everything.
        gate: Asked before each start.
        elsewhere: Takes what is not built here; None where everything is.
        supply: Fetches what is only on the store's second level; None where it has none.
        processes: Of this machine, at once.
        fail_fast: Start nothing more after the first failure.
        wanted: Recipes that somebody wants cancelled, ``*`` for all; looked at about twice a second.
        tasks: The ends of the shots, each with its tasks, the most urgent first.
    """

    observer: Observer
    gate: Gate
    elsewhere: HandedOver | None
    supply: Supply | None
    processes: int
    fail_fast: bool = False
    wanted: Callable[[], Iterator[str]] = field(default=lambda: iter(()))
    tasks: Iterator[StageTask] = field(default_factory=lambda: iter(()))


class ForkServerWorker(Worker):
    """Luigi's worker, given shots as it runs out of what is ready: the first begins while the last is not looked at."""

    def __init__(self, drive: Drive) -> None:
        capacity = 0 if drive.elsewhere is None else drive.elsewhere.capacity
        resources = {"process": drive.processes, "job": capacity}
        super().__init__(
            scheduler=ReadyScheduler(resources),
            worker_processes=drive.processes + capacity,
            wait_interval=_WATCH_S,
        )
        self._task_result_queue = CONTEXT.Queue()
        self._drive = drive
        self._cancelled = set(drive.wanted())
        self._second_tries: set[str] = set()
        self._is_closing, self._watch_at = False, 0.0

    def _get_work(self) -> Any:  # noqa: ANN401 - Luigi's own
        self._get_work_response_history.clear()  # Luigi keeps all of them
        found, until = super()._get_work(), time.monotonic() + _WATCH_S
        while found.task_id is None and not self._stop_requesting_work and time.monotonic() < until:
            if (task := next(self._drive.tasks, None)) is None:
                break
            self.add(task)
            found = super()._get_work()
        return found

    def _add(self, task: StageTask, is_complete: bool) -> Any:  # noqa: ANN401 - Luigi's own
        task.resources = {"job": 1} if self._is_elsewhere(task) else {"process": 1}
        return super()._add(task, is_complete)

    def _is_elsewhere(self, task: StageTask) -> bool:
        return self._drive.elsewhere is not None and self._drive.elsewhere.takes(task)

    def _create_task_process(self, task: StageTask) -> Any:  # noqa: ANN401 - Luigi's own
        if self._is_cancelled(task):
            return self._ended(task, FAILED, explanation(CancelledError("was cancelled")))
        if self._drive.supply is not None and self._drive.supply.lacks(task):
            return self._supplied(task, self._drive.supply)
        try:
            task.request = task.ledger.request(task.node)
            assert task.request is not None, "Luigi runs a task only after those it requires"
            if task.complete():  # by another driver
                return self._ended(task, DONE, None)
            if why := self._drive.gate.refusal(task.node):
                self._drive.observer.put_off(task, why)
                return self._ended(task, FAILED, "")
            with task.ledger.store.explained():
                ask(task.ledger.store, task.request)
        except R2S2RError as error:
            self._drive.observer.started(task)
            return self._ended(task, FAILED, explanation(error))
        return self._process_for(task)

    def _supplied(self, task: StageTask, supply: Supply) -> Elsewhere:
        """Return what stands for a task while something is fetched for it; then it is done, or starts again."""

        def finish(status: str, expl: object, required: Sequence[StageTask]) -> None:
            again = [(one.task_module, one.task_family, one.to_str_params()) for one in required]
            self._task_result_queue.put((task.task_id, status, expl, [], again))

        return Elsewhere(task, lambda: supply.begin(task, finish), lambda: None)

    def _process_for(self, task: StageTask) -> Any:  # noqa: ANN401 - Luigi's own
        elsewhere = self._drive.elsewhere
        if elsewhere is not None and elsewhere.takes(task):

            def finish(status: str, expl: object) -> None:
                self._task_result_queue.put((task.task_id, status, expl, [], []))

            return Elsewhere(task, lambda: elsewhere.begin(task, finish), lambda: elsewhere.cancel(task))
        self._drive.observer.started(task)
        return ForkServerTaskProcess(
            task, self._id, self._task_result_queue, Silent(), use_multiprocessing=True, check_unfulfilled_deps=False
        )

    def _ended(self, task: StageTask, status: str, expl: object) -> Elsewhere:
        """Return what stands for a task that needs no process."""
        return Elsewhere(task, lambda: self._task_result_queue.put((task.task_id, status, expl, [], [])), lambda: None)

    def _purge_children(self) -> None:
        """Called by Luigi while it waits, and often: now and then see who was lost, and who may not go on."""
        if time.monotonic() < self._watch_at:
            return
        self._watch_at = time.monotonic() + _WATCH_S
        self._cancelled.update(self._drive.wanted())
        closing = self._drive.gate.closing()
        if closing.how == "gently" and not self._is_closing and self._drive.elsewhere is not None:
            self._is_closing = True
            self._drive.elsewhere.stop_gently(closing.why)
        for task_id, process in list(self._running_tasks.items()):
            self._watch(task_id, process, closing)
        super()._purge_children()

    def _watch(self, task_id: str, process: Any, closing: Closing) -> None:  # noqa: ANN401 - one of two kinds
        if self._is_cancelled(process.task):
            self._end(task_id, process, CancelledError("was cancelled"))
        elif closing.how == "now":
            self._put_off(process, closing.why)
        elif isinstance(process, TaskProcess):
            if process.exitcode and task_id not in self._second_tries:
                self._try_again(task_id, process)
        elif self._waits(process.task) and (why := self._drive.gate.refusal(process.task.node)):
            self._put_off(process, why)

    def _waits(self, task: StageTask) -> bool:
        return self._drive.elsewhere is not None and self._drive.elsewhere.waits(task)

    def _put_off(self, process: Any, why: str) -> None:  # noqa: ANN401 - one of two kinds
        process.terminate()
        if not self._is_done(process.task):
            self._drive.observer.put_off(process.task, why)
            self._task_result_queue.put((process.task.task_id, FAILED, "", [], []))

    def _is_done(self, task: StageTask) -> bool:
        """Whether a task that was ended had its result already; then say so, its process may not have come to that."""
        if task.complete():
            self._task_result_queue.put((task.task_id, DONE, None, [], []))
            return True
        return False

    def _try_again(self, task_id: str, process: TaskProcess) -> None:
        self._second_tries.add(task_id)
        self._drive.observer.retried(process.task, f"its process died unexpectedly ({process.exitcode})")
        again = self._running_tasks[task_id] = self._process_for(process.task)
        again.start()

    def _is_cancelled(self, task: StageTask) -> bool:
        return bool(self._cancelled) and not self._cancelled.isdisjoint((task.recipe, "*"))

    def _end(self, task_id: str, process: Any, error: R2S2RError) -> None:  # noqa: ANN401 - one of two kinds
        if isinstance(process, TaskProcess):
            process.terminate()
            if not self._is_done(process.task):
                self._task_result_queue.put((task_id, FAILED, explanation(error), [], []))
        elif task_id not in self._second_tries:  # once; its end comes through the queue
            self._second_tries.add(task_id)
            process.terminate()

    def _add_task(self, *arguments: Any, **facts: Any) -> None:  # noqa: ANN401 - Luigi's own
        if facts["task_id"] in self._running_tasks and facts["status"] != PENDING:  # else it starts again
            succeeded = facts["status"] == "DONE"
            said = str(facts.get("expl") or "")
            task = self._scheduled_tasks[facts["task_id"]]
            self._drive.observer.finished(task, succeeded=succeeded, explanation=said)
            if self._drive.fail_fast and not succeeded:
                self._start_phasing_out()
        super()._add_task(*arguments, **facts)
