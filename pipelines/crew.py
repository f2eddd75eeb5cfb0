"""Crew: threads that do one job after the other. They are daemons: who ends a run need not wait for a slow server."""

import threading
from collections.abc import Callable
from queue import SimpleQueue


class Crew:
    """A few threads. One that is ended in a job leaves nothing half: results and uploads are whole or not there."""

    def __init__(self, name: str, count: int) -> None:
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._count = count
        for number in range(count):
            threading.Thread(target=self._work, daemon=True, name=f"{name}-{number}").start()

    def give(self, job: Callable[[], None]) -> None:
        """Have a job done, which raises nothing."""
        self._jobs.put(job)

    def dismiss(self) -> None:
        """Let the threads end when all jobs that were given are done."""
        for _ in range(self._count):
            self._jobs.put(None)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()
