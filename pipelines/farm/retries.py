"""Retries: what is worth another try, and what to tell of what is not."""

from dataclasses import dataclass, field
from typing import assert_never

from pipelines.failure_file import LastFailure
from pipelines.farm.job import Cause, Job, Report

_LOST, _ELSEWHERE, _OVER_TIME = 4, 2, 100
# Of the machine, not of the scene: another one may do.
_OF_MACHINE = frozenset({"store", "missing"})


@dataclass
class Tries:
    """What a request went through in this run.

    Attributes:
        count: Tries that ended without a result.
        kept: Checkpoints there were when the last try began.
        shunned: Machines that failed for reasons of theirs.
        causes: How often each cause ended a try; ``machine``: the machine's own reasons.
    """

    count: int = 0
    kept: int = 0
    shunned: list[str] = field(default_factory=list)
    causes: dict[str, int] = field(default_factory=dict)

    def note(self, cause: str) -> int:
        """Count a cause; return how often it was seen."""
        self.count += 1
        self.causes[cause] = self.causes.get(cause, 0) + 1
        return self.causes[cause]


def again(report: Report, told: LastFailure | None, tries: Tries, *, kept: int) -> str:
    """Return why a request is tried again, in words; empty: it is not.

    Args:
        report: How its job ended.
        told: What the try itself said of its failure, if it could.
        tries: Of before; this one is noted in it.
        kept: Checkpoints there are now: a try that left more of them did not go in vain.
    """
    kind = None if told is None else told.explanation.get("kind")
    if told is not None and kind in _OF_MACHINE:
        tries.shunned.append(told.machine)
        return f"{told.machine} could not; another may" if tries.note("machine") <= _ELSEWHERE else ""
    if kind == "stopped" or (told is None and report.cause == "over_time"):
        grew, tries.kept = kept > tries.kept, kept
        return "goes on where it stopped" if tries.note("over_time") <= _OVER_TIME and grew else ""
    if told is None and report.cause in ("lost", "exited"):
        return report.said or "its process is gone" if tries.note(report.cause) <= _LOST else ""
    return ""


def advice(report: Report, job: Job) -> str:
    """Say why a request failed for good, and what to do, where the try itself could not."""
    said = f": {report.said}" if report.said else ""
    setting = f"farm.stages.{job.needs.stage}"
    return f"{_words(report.cause, job, setting)}{said}{_log(report)}"


def _words(cause: Cause | None, job: Job, setting: str) -> str:
    match cause:
        case "over_memory":
            return f"took more than the {job.needs.memory_gb:g} GB it may; raise `{setting}.memory_gb` in r2s2r.yaml"
        case "over_time":
            return f"took longer than the {job.needs.minutes:g} minutes it may; raise `{setting}.minutes` in r2s2r.yaml"
        case "cancelled":
            return "was cancelled"
        case "lost":
            return "its node or process was lost, again and again"
        case "exited" | None:
            return "its process ended without a word, again and again"
        case _:
            assert_never(cause)


def _log(report: Report) -> str:
    return f"; see {report.log}" if report.log else ""
