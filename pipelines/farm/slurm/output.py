"""What Slurm, or the shell, wrote into a task's output when it ended."""

import re
from dataclasses import dataclass
from pathlib import Path

from r2s2r.artifacts.printed import end_of

_LAST_BYTES = 4000
_MEMORY = re.compile(r"exceeded (job |step )?memory limit|oom[-_ ]kill|out[ -]of[ -]memory", re.IGNORECASE)


@dataclass(frozen=True)
class Output:
    """The end of what a task printed.

    Attributes:
        last: Its last line; empty where it printed nothing.
        is_over_memory: Whether Slurm says that it ended the task for its memory: its state may only say FAILED.
    """

    last: str
    is_over_memory: bool


def read_output(path: Path) -> Output:
    """Read the end of a task's output; nothing where there is none."""
    text = end_of(path, _LAST_BYTES)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return Output(lines[-1] if lines else "", _MEMORY.search(text) is not None)
