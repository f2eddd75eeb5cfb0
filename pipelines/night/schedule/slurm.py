"""A job of Slurm that waits for the evening; when it runs, it first queues the next evening's."""

import math
import shlex
import tempfile
import time
from datetime import datetime
from pathlib import Path

from pipelines.farm.needs import Needs
from pipelines.farm.slurm.check import lacks, reach_cluster
from pipelines.farm.slurm.client import RefusedError, UnansweredError, ask, plain_environment
from pipelines.farm.slurm.environment import chosen_by_user
from pipelines.farm.slurm.options import limit_minutes, requirements
from pipelines.farm.slurm.outbox import array_of
from pipelines.night.schedule.plan import NightPlan
from pipelines.night.schedule.scheduler import Entry
from pipelines.night.window import Span
from r2s2r.errors import InputError, R2S2RError
from r2s2r.spec.farm import SlurmSpec

_CPUS, _MEMORY_GB, _SPARE_MINUTES = 2, 4, 30
_STOP_S = 300  # for the report
_SBATCH_S = 30.0
# A node's clock may be behind the controller's, which begins a night's job: that night has begun all the same.
_SKEW_S = 60.0


class SlurmJobs:
    """One waiting job for each project."""

    def __init__(self, spec: SlurmSpec | None = None) -> None:
        self._spec = spec or SlurmSpec()

    def entries(self, plan: NightPlan) -> tuple[Entry, ...]:
        """Return the job: how it is submitted, and its script."""
        return (Entry(shlex.join(("sbatch", *self._options(plan))), script(plan)),)

    def install(self, plan: NightPlan) -> tuple[str, ...]:
        """Queue the job; then the one that waited before is taken out, so that there is never none."""
        plan.log.parent.mkdir(parents=True, exist_ok=True)
        before = _waiting(plan.name)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "night.sh"
            path.write_text(script(plan), encoding="utf-8")
            job = array_of(_asked("sbatch", "--parsable", *self._options(plan), str(path)))
        return (
            f"job {job} begins at {_next(plan).isoformat(timespec='minutes')}, and queues the next one then",
            f"{plan.log} takes what it prints",
            *_taken_out(before),
        )

    def installed(self, name: str) -> tuple[Entry, ...]:
        """Return the jobs that wait."""
        return tuple(Entry(f"job {job}", None) for job in _waiting(name))

    def uninstall(self, name: str) -> tuple[str, ...]:
        """Take out what waits; a night that goes on is left alone."""
        if waiting := _waiting(name):
            _asked("scancel", *waiting)
        return ()

    def _options(self, plan: NightPlan) -> tuple[str, ...]:
        needs = self._needs(plan)
        _check(needs)
        return (
            f"--job-name={plan.name}",
            f"--begin={_next(plan).isoformat(timespec='seconds')}",
            *requirements(needs),
            f"--time={limit_minutes(needs, 1)}",
            f"--signal=B:TERM@{_STOP_S}",
            "--requeue",
            f"--chdir={plan.root}",
            f"--output={str(plan.log).replace('%', '%%')}",  # a single one begins a pattern
            "--open-mode=append",
        )

    def _needs(self, plan: NightPlan) -> Needs:
        return Needs(
            stage="night",
            gpus=0,
            gpu_type=None,
            cpus=_CPUS,
            memory_gb=_MEMORY_GB,
            minutes=math.ceil(_span(plan).length_s / 60) + _SPARE_MINUTES,
            keys=1,
            partition=self._spec.night_partition or self._spec.partition,
            account=self._spec.account,
            constraint=None if self._spec.night_partition else self._spec.constraint,  # it is about other nodes
            python=plan.words,
            environment=plan.environment,
        )


def script(plan: NightPlan) -> str:
    """Return what the job runs. A controller that is busy just then is asked again; a night is not made up for."""
    given = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in plan.environment)
    words = shlex.join(plan.words)
    end_s = int(plan.window.span(_next(plan).timestamp()).end_s)
    late = f"if [ $(date +%s) -ge {end_s} ]; then echo 'it began after its window; the next one is queued'; exit; fi"
    return (
        f"#!/bin/sh\n{given}for try in 1 2 3 4 5; do {words} --install && break; sleep 60; done\n{late}\nexec {words}\n"
    )


def _check(needs: Needs) -> None:
    """Raises InputError where the job would wait for ever; MissingError when Slurm does not answer."""
    if lack := next(lacks(needs, reach_cluster()), None):
        raise InputError(
            f"a night's own job takes {needs.minutes:g} minutes, {_CPUS} CPUs, {_MEMORY_GB} GB and no GPU: {lack.words}"
            "; choose another with `farm.slurm.night_partition` in r2s2r.yaml, or start the night from a login node"
        )


def _span(plan: NightPlan) -> Span:
    return plan.window.span(time.time())


def _next(plan: NightPlan) -> datetime:
    """Return when the next night begins that has not begun yet."""
    span = _span(plan)
    if span.begin_s <= time.time() + _SKEW_S:
        span = plan.window.span(span.end_s)
    return datetime.fromtimestamp(span.begin_s)


def _taken_out(jobs: list[str]) -> tuple[str, ...]:
    """Take jobs out that wait; return what to know where that fails: one may have begun just now."""
    try:
        if jobs:
            _asked("scancel", *jobs)
    except R2S2RError as error:
        return (f"{error}; what was installed before may begin, too: `scancel {' '.join(jobs)}` takes it out",)
    return ()


def _waiting(name: str) -> list[str]:
    """Return the ids of the jobs of a name that have not begun."""
    return _asked("squeue", "--me", "--noheader", f"--name={name}", "--states=PENDING", "--format=%A").split()


def _asked(*words: str) -> str:
    try:
        return ask(*words, seconds=_SBATCH_S, environment={**plain_environment(), **chosen_by_user()})
    except (RefusedError, UnansweredError) as error:
        raise R2S2RError(f"{words[0]}: {error}") from error
