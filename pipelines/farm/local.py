"""The executor ``local``: stage processes on this machine, one at a time on each GPU, keys going in one after another.

Which one is busy with what stands in ``jobs/``, so that the next driver finds what a killed one has left; which GPU is
taken stands in ``leases/``, so that drivers of one store share the machine. The store says whether a request was built.
"""

import os
import shutil
from collections.abc import Collection, Sequence
from functools import cached_property

from pipelines.farm.job import Job, Report
from pipelines.farm.local_gpus import gpus_here, owner
from pipelines.farm.local_process import GroupProcess
from pipelines.farm.local_record import printed, records
from pipelines.farm.local_worker import Worker, kind_of
from pipelines.farm.needs import Needs
from r2s2r.artifacts.lease import Witness, is_here, process
from r2s2r.artifacts.store import Store
from r2s2r.errors import InputError
from r2s2r.spec.farm import LocalSpec

_JOBS_A_SLOT = 8  # enough to find those that run one model
_OVERTAKEN = 8  # requests that a process may do before others that wait longer and need another model


class LocalExecutor:
    """Builds requests on this machine; see ``Executor``."""

    name, shares_time = "local", False

    def __init__(self, store: Store, spec: LocalSpec) -> None:
        self._store, self._spec = store, spec
        self._waiting: dict[str, Job] = {}
        self._workers: list[Worker] = []
        self._reports: list[Report] = []
        self._driver = process(os.getpid())

    @cached_property
    def _gpus(self) -> tuple[str, ...]:
        return gpus_here(self._spec)

    @property
    def capacity(self) -> int:
        """How many jobs it takes at once; more wait with the driver, where priorities still count."""
        return _JOBS_A_SLOT * (len(self._gpus) + 1)

    def check(self, needs: Sequence[Needs]) -> None:
        """See that there are as many GPUs, and such programs. Raises InputError, which names the setting."""
        for one in needs:
            setting = f"farm.stages.{one.stage}"
            if self._gpus and one.gpus > len(self._gpus):
                raise InputError(
                    f"{setting}.gpus: {one.gpus} are more than this machine has, {len(self._gpus)}; write a smaller"
                    " number, or run on a cluster (--executor slurm)"
                )
            if shutil.which(one.python[0]) is None:
                which = "python" if len(one.python) == 1 else "launch"
                raise InputError(f"{setting}.{which}: there is no program {one.python[0]} on this machine")

    def submit(self, jobs: Sequence[Job]) -> None:
        """Put jobs into the queue; ``poll`` starts them."""
        busy = {worker.key for worker in self._workers}
        for job in jobs:
            if job.key not in busy:
                self._waiting[job.key] = job
                self._reports.append(Report(job.key, "queued"))

    def poll(self) -> Sequence[Report]:
        """Look at all processes, start what there is room for, and return what changed since the last call."""
        for worker in self._workers:
            report = worker.look()
            if report is not None:
                self._reports.append(report)
        self._workers = [worker for worker in self._workers if not worker.is_over]
        self._hand_out()
        reports, self._reports = self._reports, []
        return reports

    def cancel(self, keys: Collection[str], *, gently: bool = False) -> None:
        """End jobs: by SIGTERM, and by SIGKILL after some seconds; ``gently``: by SIGUSR1, which has time."""
        for key in keys:
            if self._waiting.pop(key, None) is not None:
                self._reports.append(Report(key, "ended", cause="cancelled"))
        for worker in self._workers:
            if worker.key and worker.key in keys:
                worker.end(cause="cancelled", gently=gently)

    def reattach(self) -> Sequence[Report]:
        """Take over the processes that drivers on this machine, which are no more, have left in this store."""
        reports = []
        for path, record in records(self._store):
            if not is_here(record.process) or record.is_minded:
                continue
            if Witness().is_dead(record.process):
                GroupProcess.found(record.process).bury()
                path.unlink(missing_ok=True)
                printed(path).unlink(missing_ok=True)
            else:
                worker = Worker.found(self._store, path, record, self._driver)
                self._workers.append(worker)
                reports += [worker.report("running")] if worker.key else []
        return reports

    def close(self) -> None:
        """Let processes end when they are done; wait for those that are being ended."""
        for worker in self._workers:
            worker.wait_until_killed()
            if not worker.is_over:
                worker.let_go()
        self._workers = []

    def _hand_out(self) -> None:
        """Give the jobs that wait to idle processes with their model, then to new ones, each time in their order."""
        if any(worker.is_idle for worker in self._workers):
            self._feed()
        if self._waiting:
            self._start_more()

    def _feed(self) -> None:
        before: dict[tuple[Needs, str], bool] = {}  # kinds of jobs that wait for longer -> whether they want GPUs
        for job in list(self._waiting.values()):
            kind, on_gpu = kind_of(job), bool(job.needs.gpus)
            others_wait = any(one != kind and theirs == on_gpu for one, theirs in before.items())
            if self._given(job, others_wait):
                del self._waiting[job.key]
            else:
                before[kind] = on_gpu

    def _given(self, job: Job, others_wait: bool) -> bool:
        """Give a job to an idle process of its kind, if there is one that has not let others wait for too long."""
        for worker in self._workers:
            if worker.is_idle and worker.kind == kind_of(job):
                if not (others_wait and worker.turn >= _OVERTAKEN):
                    worker.give(job)
                    return True
                worker.leave()
        return False

    def _start_more(self) -> None:
        """Start processes where there is room, and make room where there is none; what others wait for is kept free."""
        taken = {gpu for worker in self._workers for gpu in worker.gpus}
        free = [gpu for gpu in self._gpus if gpu not in taken and owner(self._store, gpu) is None]
        workless = sorted((worker for worker in self._workers if not worker.key), key=lambda worker: worker.is_idle)
        for job in list(self._waiting.values()):
            wanted = job.needs.gpus if self._gpus else 0  # where there are none, the stage itself says what it lacks
            if wanted > len(self._gpus):
                said = f"it needs {wanted} GPUs, and this machine has {len(self._gpus)}"
                self._reports.append(Report(job.key, "ended", cause="exited", said=said))
                del self._waiting[job.key]
            elif len(free) >= wanted and (wanted or all(worker.gpus for worker in self._workers)):
                self._start(job, tuple(free[:wanted]))
                del free[:wanted], self._waiting[job.key]
            else:
                _make_room(max(0, wanted - len(free)), workless)
                free = free if wanted == 0 else []

    def _start(self, job: Job, gpus: tuple[str, ...]) -> None:
        try:
            worker = Worker.start(self._store, job, gpus, self._driver)
        except OSError as error:
            setting = f"farm.stages.{job.needs.stage}.python"
            said = f"{job.needs.python[0]} cannot be started: {error.strerror}; see {setting}"
            self._reports.append(Report(job.key, "ended", cause="exited", said=said))
            return
        worker.give(job)
        self._workers.append(worker)


def _make_room(missing: int, workless: list[Worker]) -> None:
    """Take processes off the list, and let them end, until so many GPUs will be free; for 0, the one without GPUs."""
    on_gpu = missing > 0
    for worker in list(workless):
        if bool(worker.gpus) == on_gpu:
            worker.leave()
            workless.remove(worker)
            missing -= len(worker.gpus)
            if missing <= 0:
                return
