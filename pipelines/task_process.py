"""What Luigi takes for a task's process: one of the fork server's, or what stands for work that is done elsewhere."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from typing import Any

from luigi.worker import TaskProcess

from pipelines.interrupts import deferred_interrupts
from pipelines.task import StageTask


class Silent:
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


@dataclass
class Elsewhere:
    """Stands for a task that no process of the driver's builds, where Luigi expects its task process."""

    task: StageTask
    begin: Callable[[], None]
    end: Callable[[], None]
    use_multiprocessing: bool = True
    timeout_time: float | None = None
    exitcode: int | None = None

    def start(self) -> None:
        """Begin, in Luigi's words."""
        self.begin()

    def is_alive(self) -> bool:
        """Whether it may still end: its end comes through the queue of results."""
        return True

    def terminate(self) -> None:
        """End it, in Luigi's words."""
        self.end()
