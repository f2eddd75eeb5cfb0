"""Retries: what is worth another try, and what to tell of what is not."""

from dataclasses import dataclass, field, replace
from typing import assert_never

from pipelines.failure_file import LastFailure
from pipelines.farm.job import Job, Report

_LOST, _ELSEWHERE, _FURTHER = 4, 2, 100
# Of the machine, not of the scene: another one may do.
_OF_MACHINE = frozenset({"store", "missing"})


@dataclass
class Tries:
    """What a request went through in this run.

    Attributes:
        count: Tries that ended without a result.
        kept: Checkpoints there were when the last try began.
        shunned: Machines that failed for reasons of theirs.
        causes: How often each cause ended a try; ``machine``: the machine's own reasons; ``further``: any, where the
            try was cut short but had got further.
        lost_on: Machines on which it was lost.
    """

    count: int = 0
    kept: int = 0
    shunned: list[str] = field(default_factory=list)
    causes: dict[str, int] = field(default_factory=dict)
    lost_on: set[str] = field(default_factory=set)

    def note(self, cause: str) -> int:
        """Count a cause; return how often it was seen."""
        self.count += 1
        self.causes[cause] = self.causes.get(cause, 0) + 1
        return self.causes[cause]

    def shun(self, machine: str) -> None:
        """Have the next tries made on other machines; an empty name is nobody's."""
        if machine and machine not in self.shunned:
            self.shunned.append(machine)


def again(report: Report, told: LastFailure | None, tries: Tries, *, kept: int) -> str:
    """Return why a request is tried again, in words; empty: it is not.

    Args:
        report: How its job ended.
        told: What the try itself said of its failure, if it could.
        tries: Of before; this one is noted in it.
        kept: Checkpoints there are now: a try that left more of them did not go in vain.
    """
    grew, tries.kept = kept > tries.kept, kept
    kind = None if told is None else told.explanation.get("kind")
    if tries.shunned and report.cause == "exited" and not report.job:
        tries.shunned.clear()  # it was not taken: none of those that are left can do it
        return "no other machine can; the same ones again"
    if told is not None and kind in _OF_MACHINE:
        tries.shun(told.machine)
        return f"{told.machine} could not; another may" if tries.note("machine") <= _ELSEWHERE else ""
    if ran_out_of_time(report, told):
        return "goes on where it stopped" if _got_further(tries) and grew else ""
    if told is None and report.cause in ("lost", "exited"):
        is_worth_it = _got_further(tries) if grew else _may_do_elsewhere(report, tries)
        return report.said or "its process is gone" if is_worth_it else ""
    return ""


def ran_out_of_time(report: Report, told: LastFailure | None) -> bool:
    """Whether a job that nobody wanted to end was ended by its time, or stopped right before that."""
    return report.cause == "over_time" if told is None else told.explanation.get("kind") == "stopped"


def alone(job: Job) -> Job:
    """Return a job as one that shares its time with no other request."""
    return replace(job, needs=replace(job.needs, keys=1))


def _got_further(tries: Tries) -> bool:
    """Note a try that was cut short, but not in vain: however often that happens, the work comes to its end."""
    return tries.note("further") <= _FURTHER


def _may_do_elsewhere(report: Report, tries: Tries) -> bool:
    """Note a try that said nothing and left nothing, and shun its machine if that may be the reason."""
    machine = report.where.partition(" ")[0]
    # Who is lost once was pushed out, or its node died, which Slurm minds by itself; twice in one place is no chance.
    if report.cause == "exited" or machine in tries.lost_on:
        tries.shun(machine)
    else:
        tries.lost_on.add(machine)
    return tries.note(report.cause or "") <= _LOST


def advice(report: Report, job: Job) -> str:
    """Say why a request failed for good, and what to do, where the try itself could not."""
    said = f": {report.said}" if report.said else ""
    setting = f"farm.stages.{job.needs.stage}"
    return f"{_words(report, job, setting)}{said}{_log(report)}"


def _words(report: Report, job: Job, setting: str) -> str:
    last = f", the last time on {report.where}" if report.where else ""
    match report.cause:
        case "over_memory":
            most = f"than the {job.needs.memory_gb:g} GB it may" if job.needs.memory_gb else "memory than there is"
            return f"took more {most}; raise `{setting}.memory_gb` in r2s2r.yaml"
        case "over_time":
            return f"took longer than the {job.needs.minutes:g} minutes it may; raise `{setting}.minutes` in r2s2r.yaml"
        case "cancelled":
            return "was cancelled"
        case "lost":
            return f"its node or process was lost, again and again{last}"
        case "exited" | None:
            return f"its process ended {'' if report.said else 'without a word, '}again and again{last}"
        case _:
            assert_never(report.cause)


def _log(report: Report) -> str:
    return f"; see {report.log}" if report.log else ""
