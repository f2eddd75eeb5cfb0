"""A daemon with all that it starts: a machine that can be switched off."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.slurm import keeper


class Machine:
    """Runs a daemon under a keeper. See ``keeper.py``."""

    def __init__(self, command: Sequence[str], output: Path, environment: Mapping[str, str]) -> None:
        with output.open("ab") as file:
            self._keeper = subprocess.Popen(
                [sys.executable, "-I", "-S", keeper.__file__, *command],
                cwd=output.parent,
                stdin=subprocess.PIPE,
                stdout=file,
                stderr=file,
                env=dict(environment),
                start_new_session=True,
            )

    def processes(self) -> list[int]:
        """Return the daemon's process and all that came of it."""
        return keeper.descendants(self._keeper.pid)

    def runs(self, program: str) -> bool:
        """Whether a process of this program is alive."""
        return bool(self._of(program))

    def kill(self, program: str) -> None:
        """Kill the processes of one program and leave the others: jobs go on without their daemon."""
        keeper.kill(self._of(program))

    def end(self, program: str) -> None:
        """Ask the processes of one program to end, and wait for that."""
        for pid in self._of(program):
            os.kill(pid, signal.SIGTERM)
        while self.runs(program):
            time.sleep(0.02)

    def switch_off(self) -> None:
        """Kill everything at once, like a machine that loses its power."""
        keeper.kill(self.processes())
        if self._keeper.stdin is not None:
            self._keeper.stdin.close()
        self._keeper.wait()

    def _of(self, program: str) -> list[int]:
        return [pid for pid in self.processes() if program_of(pid) == program]


def program_of(pid: int) -> str:
    """Return what a process runs; empty when it has ended."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""
