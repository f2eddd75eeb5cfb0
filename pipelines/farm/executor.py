"""The seam between the driver and where requests are built: submit, poll, cancel, reattach."""

import time
from collections.abc import Collection, Sequence
from typing import Protocol

from pipelines.farm.job import Job, Report
from pipelines.farm.needs import Needs

_LOOK_S = 0.1


class Executor(Protocol):
    """Builds requests in processes of its own, by ``r2s2r stage``. A seam, so that the driver knows no Slurm.

    Called from one thread, which no call may hold up for more than half a minute. The manifest is the truth: a job that
    ended well but whose action is not in the store was not done, and one that ends late or twice does no harm.
    """

    name: str
    shares_time: bool
    """Whether the requests that a job may make (``Needs.keys``) share the minutes that it may take."""

    @property
    def capacity(self) -> int:
        """How many jobs it takes at once; more wait with the driver, where priorities still count."""

    def check(self, needs: Sequence[Needs]) -> None:
        """See, before a run starts, that jobs of such needs can be handed over.

        Raises:
            InputError: The project file asks for what is not there: a partition, a type of GPU.
            MissingError: The executor cannot be used now: no programs, no answer; within seconds.
        """

    def submit(self, jobs: Sequence[Job]) -> None:
        """Hand over jobs; those of one kind at once, as one array where there are such.

        One that cannot be handed over is reported as ended by the next ``poll``, and the others are handed over.
        """

    def poll(self) -> Sequence[Report]:
        """Return what changed since the last call: one report for each job whose state or place is another."""

    def cancel(self, keys: Collection[str], *, gently: bool = False) -> None:
        """End jobs, with all of their processes; ``gently``: ask them to stop where they can go on later (SIGUSR1).

        A job that was ended here is reported as ended, ``cancelled``; keys that are not known are left alone.
        """

    def reattach(self) -> Sequence[Report]:
        """Take over the jobs of this store that drivers which are no more have left, queued or running.

        From now on ``poll`` tells of them, and ``cancel`` ends them.
        """

    def close(self) -> None:
        """Let go of what is idle. Jobs that run go on: who wants them ended cancels them before."""


def end_jobs(executor: Executor, keys: Collection[str], *, patience_s: float) -> set[str]:
    """End jobs at once, and wait a while until they have ended; return those that have not."""
    executor.cancel(keys)
    left, deadline = set(keys), time.monotonic() + patience_s
    while left and time.monotonic() < deadline:
        left -= {report.key for report in executor.poll() if report.state == "ended"}
        time.sleep(_LOOK_S)
    return left
