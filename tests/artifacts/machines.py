"""Processes that take themselves for machines of their own, for tests of what several do with one store."""

import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any

from r2s2r.artifacts import lease

_CONTEXT = multiprocessing.get_context("spawn")


@dataclass(frozen=True)
class Machine:
    """One machine.

    Attributes:
        name: What tells it from others.
        clock_s: How far its clock is off.
        patience_s: How long it watches a lease that does not move.
    """

    name: str
    clock_s: float = 0.0
    patience_s: float = 1.0

    def be(self) -> None:
        """Let this process take itself for one of this machine."""
        true_time = time.time
        time.time = lambda: true_time() + self.clock_s
        lease.machine = lambda: self.name  # type: ignore[assignment, attr-defined]
        lease.PATIENCE_S, lease.BEAT_S = self.patience_s, 0.05


@dataclass
class Machines:
    """Processes that were started on machines."""

    processes: list[SpawnProcess] = field(default_factory=list)

    def start(self, machine: Machine, work: Callable[..., object], *arguments: Any) -> int:
        """Start some work on a machine; return its process."""
        process = _CONTEXT.Process(target=_work, args=(machine, work, arguments))
        process.start()
        self.processes.append(process)
        assert process.pid is not None
        return process.pid

    def exit_codes(self, timeout: float = 60.0) -> list[int | None]:
        """Return how they ended, when all have."""
        deadline = time.monotonic() + timeout
        for process in self.processes:
            process.join(max(0.0, deadline - time.monotonic()))
        return [process.exitcode for process in self.processes]


@contextmanager
def machines() -> Iterator[Machines]:
    """End all that is left in the end."""
    started = Machines()
    try:
        yield started
    finally:
        for process in started.processes:
            process.kill()
            process.join()


def wait_for(condition: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def note(path: Path, words: str) -> None:
    """Add a line to a file that several write."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(descriptor, f"{words}\n".encode())
    os.close(descriptor)


def _work(machine: Machine, work: Callable[..., object], arguments: tuple[Any, ...]) -> None:
    machine.be()
    work(*arguments)
