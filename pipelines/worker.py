"""Luigi's worker with processes that come from a fork server."""

import logging
from multiprocessing.context import ForkServerProcess
from typing import Any, Protocol

from luigi.worker import TaskProcess, Worker

from pipelines.interrupts import deferred_interrupts
from pipelines.processes import CONTEXT, start_fork_server
from pipelines.task import StageTask


class Observer(Protocol):
    """Told by the driver's worker what happens to tasks. A seam, so that this file knows nothing of shots."""

    def started(self, task: StageTask) -> None:
        """A process was given the task."""

    def finished(self, task: StageTask, *, succeeded: bool, explanation: str) -> None:
        """The task's process ended, well or not."""


class _Silent:
    """Stands in for Luigi's status reporter, which holds the scheduler and its locks and cannot cross to a process."""

    scheduler_messages = None

    def update_tracking_url(self, tracking_url: str) -> None:
        """Ignore."""

    def update_status_message(self, message: str) -> None:
        """Ignore."""

    def update_progress_percentage(self, percentage: int) -> None:
        """Ignore: progress goes through the node's lease, which other machines see as well."""

    def decrease_running_resources(self, decrease_resources: dict[str, int]) -> None:
        """Ignore."""

    def report_task_statistics(self, statistics: dict[str, Any]) -> None:
        """Ignore."""


class ForkServerTaskProcess(TaskProcess):
    """Luigi's task process, started by the fork server whatever the platform's default is."""

    _start_method = "forkserver"

    def start(self) -> None:
        """Start the process, by all means: of one that was started by half, nobody knows that it has to be ended."""
        with deferred_interrupts():
            super().start()

    def run(self) -> None:
        """Run the task in the new process; errors are told by the driver, once and in our words."""
        logging.getLogger("luigi-interface").setLevel(logging.CRITICAL)
        super().run()

    @staticmethod
    def _Popen(process_obj: Any) -> Any:  # noqa: ANN401, N802 - multiprocessing's hook for the start method
        return ForkServerProcess._Popen(process_obj)


class ForkServerWorker(Worker):
    """Luigi's worker, telling an observer, with an optional stop at the first failure."""

    def __init__(self, *, observer: Observer, fail_fast: bool, **options: Any) -> None:  # noqa: ANN401 - Luigi's own
        super().__init__(**options)
        start_fork_server()
        self._task_result_queue = CONTEXT.Queue()
        self._observer, self._fail_fast = observer, fail_fast

    def _create_task_process(self, task: StageTask) -> ForkServerTaskProcess:
        self._observer.started(task)
        return ForkServerTaskProcess(
            task, self._id, self._task_result_queue, _Silent(), use_multiprocessing=True, check_complete_on_run=True
        )

    def _add_task(self, *arguments: Any, **facts: Any) -> None:  # noqa: ANN401 - Luigi's own
        if facts["task_id"] in self._running_tasks:
            succeeded = facts["status"] == "DONE"
            explanation = str(facts.get("expl") or "")
            self._observer.finished(
                self._scheduled_tasks[facts["task_id"]], succeeded=succeeded, explanation=explanation
            )
            if self._fail_fast and not succeeded:
                self._start_phasing_out()
        super()._add_task(*arguments, **facts)
