"""The seam between `night --install` and who starts programs on this machine, and the one place that chooses."""

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from pipelines.farm.chosen import ExecutorName
from pipelines.night.schedule.plan import NightPlan
from r2s2r.errors import MissingError, R2S2RError
from r2s2r.spec.farm import SlurmSpec

_ANSWER_S = 15.0


@dataclass(frozen=True)
class Entry:
    """Something that is written, or removed: where, and all of what is there then; None: it is gone."""

    where: str
    content: str | None


class Scheduler(Protocol):
    """Starts a night each evening. A seam, so that the command line knows none of them."""

    def entries(self, plan: NightPlan) -> tuple[Entry, ...]:
        """Return what ``install`` writes."""

    def install(self, plan: NightPlan) -> tuple[str, ...]:
        """Start the night each evening from now on, instead of what was installed before; return what to know of it."""

    def installed(self, name: str) -> tuple[Entry, ...]:
        """Return what is installed under a name. Raises R2S2RError when that cannot be seen."""

    def uninstall(self, name: str) -> tuple[str, ...]:
        """Remove that, and nothing else; return what to know of it. Raises R2S2RError when it cannot."""


def schedulers(spec: SlurmSpec) -> tuple[Scheduler, ...]:
    """Return all that may have something installed; of Slurm there may be the programs, and no cluster."""
    from pipelines.night.schedule.crontab import Crontab
    from pipelines.night.schedule.slurm import SlurmJobs
    from pipelines.night.schedule.systemd import SystemdTimer

    found: list[Scheduler] = [SystemdTimer()]
    if shutil.which("crontab"):
        found.append(Crontab())
    if shutil.which("squeue"):
        found.append(SlurmJobs(spec))
    return tuple(found)


def scheduler_for(executor: ExecutorName, spec: SlurmSpec) -> Scheduler:
    """Return the one that is used: Slurm for its executor, systemd where the user has one, else cron.

    Raises MissingError when there is none.
    """
    if executor == "slurm":
        from pipelines.night.schedule.slurm import SlurmJobs

        return SlurmJobs(spec)
    from pipelines.night.schedule.crontab import Crontab
    from pipelines.night.schedule.systemd import SystemdTimer, is_there

    if is_there():
        return SystemdTimer()
    if shutil.which("crontab"):
        return Crontab()
    raise MissingError(
        "neither systemd's user instance nor crontab is here; install cron, or have `r2s2r night ...` started by what "
        "this machine has for that"
    )


def called(*words: str, text: str = "") -> str:
    """Run a program of the system with a text as its input; return what it printed.

    Raises:
        MissingError: It is not on PATH, or does not answer.
        R2S2RError: It failed; in its own words.
    """
    done = tried(*words, text=text)
    if done.returncode != 0:
        raise R2S2RError(f"{' '.join(words)} failed: {done.stderr.strip() or f'it ended with {done.returncode}'}")
    return done.stdout


def tried(*words: str, text: str = "") -> "subprocess.CompletedProcess[str]":
    """Run a program likewise, and return how it ended. Raises MissingError."""
    try:
        return _run(words, text)
    except FileNotFoundError as error:
        raise MissingError(f"no {words[0]} on PATH") from error
    except subprocess.TimeoutExpired as error:
        raise MissingError(f"{words[0]} does not answer within {_ANSWER_S:g} s") from error


def _run(words: Sequence[str], text: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        words,
        input=text,
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",  # what others wrote goes back as it came
        timeout=_ANSWER_S,
        check=False,
    )
