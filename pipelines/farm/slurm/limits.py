"""What the cluster's configuration allows, as ``scontrol`` tells it."""

import re
from dataclasses import dataclass

from pipelines.farm.slurm.client import ask

_ARRAY = re.compile(r"(?:^MaxArraySize\s*=\s*|\bmax_array_tasks=)(\d+)", re.MULTILINE)
_AGE = re.compile(r"^MinJobAge\s*=\s*(\d+)", re.MULTILINE)
# Slurm's own.
_TASKS, _KEPT_S = 1001, 300


@dataclass(frozen=True)
class ClusterLimits:
    """What may not be passed.

    Attributes:
        tasks: An array may have so many.
        kept_s: The queue shows for so long that a job has ended.
    """

    tasks: int
    kept_s: int


def ask_limits() -> ClusterLimits:
    """Ask what is configured. Raises what ``ask`` raises."""
    return read_limits(ask("scontrol", "show", "config"))


def read_limits(said: str) -> ClusterLimits:
    """Read what scontrol printed."""
    tasks, kept_s = map(int, _ARRAY.findall(said)), _AGE.search(said)
    return ClusterLimits(max(1, min(tasks, default=_TASKS)), int(kept_s[1]) if kept_s else _KEPT_S)
