"""Gathering: requests that may share a job wait for others to fill it while jobs of their stage wait anyway."""

from collections.abc import Collection, Sequence

from pipelines.farm.job import Job


class Gathering:
    """Jobs that were asked for and are not yet on their way to Slurm.

    A stage's requests become ready one by one; were each sent at once, each would pay for a process and a model. While
    none of its jobs waits in the queue, nothing is held back: a free node never waits for us.
    """

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}

    def put(self, jobs: Sequence[Job]) -> None:
        """Take jobs."""
        self._jobs.update((job.key, job) for job in jobs)

    def keys(self) -> list[str]:
        """Return the keys of what is here."""
        return list(self._jobs)

    def take_back(self, keys: Collection[str]) -> set[str]:
        """Forget keys; return those that were here."""
        taken = set(keys) & self._jobs.keys()
        for key in taken:
            del self._jobs[key]
        return taken

    def ready(self, waiting: Collection[str]) -> list[Job]:
        """Hand on what fills jobs, and all of the stages of which none is ``waiting``."""
        alike: dict[object, list[Job]] = {}
        for job in self._jobs.values():
            alike.setdefault((job.needs, job.affinity, job.shunned), []).append(job)
        ready = list[Job]()
        for jobs in alike.values():
            needs = jobs[0].needs
            held_back = len(jobs) % needs.keys if needs.stage in waiting else 0
            ready += jobs[: len(jobs) - held_back]
        self.take_back([job.key for job in ready])
        return ready
