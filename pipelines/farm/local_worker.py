"""Worker: one stage process of the local executor, the GPUs it has, and the request it is at."""

import os
import signal
import socket
import time
import uuid
from dataclasses import replace
from pathlib import Path

from pipelines.failure_file import told
from pipelines.farm.job import Cause, Job, Report, State
from pipelines.farm.local_gpus import owner
from pipelines.farm.local_process import GroupProcess
from pipelines.farm.local_record import Record, new_record, printed
from pipelines.farm.needs import Needs
from r2s2r.artifacts.lease import Holder
from r2s2r.artifacts.printed import end_of
from r2s2r.artifacts.store import Store

_IDLE_S, _GRACE_S, _LEAVING_S = 10.0, 3.0, 30.0
_LAST_BYTES = 4000
_WARNED_S, _WARNED_SHARE = 120.0, 0.1
_BY_SOMEBODY = frozenset({-signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP})


class Worker:
    """A process that builds one request after the other on one loaded model.

    Attributes:
        kind: Jobs of equal kind may follow each other in it; None in one that was taken over.
        gpus: That it has, by index.
        key: Of the request it is at; empty while it waits.
        turn: Requests it was given.
        is_leaving: It is given no more.
        is_over: It has ended, with all that it started.
    """

    def __init__(self, store: Store, path: Path, process: GroupProcess, record: Record) -> None:
        self.kind: tuple[Needs, str] | None = None
        self.gpus, self.key = record.gpus, record.key
        self.turn, self.is_leaving, self.is_over = 0, False, False
        self._store, self._path, self._process, self._record = store, path, process, record
        self._since: float | None = None
        self._idle_since = time.monotonic()
        self._ending: Cause | None = None
        self._is_warned = False
        self._kill_at: float | None = None

    @classmethod
    def start(cls, store: Store, job: Job, gpus: tuple[str, ...], driver: Holder) -> "Worker":
        """Start a process for a job and those like it. Raises OSError where that cannot be done."""
        path = new_record(store, uuid.uuid4().hex)
        words = [word for gpu in gpus for word in ("--gpu", gpu)]
        command = [*job.needs.python, "-m", "r2s2r", "stage", "--store", str(store.root.absolute()), *words, "-"]
        process = GroupProcess.start(command, _environment(job.needs, gpus), printed=printed(path))
        worker = cls(store, path, process, Record(process.holder, driver, gpus, "", 0.0, 0.0))
        worker.kind = kind_of(job)
        return worker

    @classmethod
    def found(cls, store: Store, path: Path, record: Record, driver: Holder) -> "Worker":
        """Take over a process whose driver is no more."""
        worker = cls(store, path, GroupProcess.found(record.process), replace(record, driver=driver))
        worker.is_leaving = True  # nobody can give it anything: its stdin has ended
        worker._since = record.began
        worker._record.write(path)
        return worker

    @property
    def is_idle(self) -> bool:
        """Whether it waits for a request."""
        return not self.key and not self.is_leaving

    def give(self, job: Job) -> None:
        """Have it build a request when it is done with what it has."""
        self.key, self.turn, self._since = job.key, self.turn + 1, None
        self._record = replace(self._record, key=job.key, minutes=job.needs.minutes, began=time.monotonic())
        self._record.write(self._path)
        self._process.give(job.key)

    def leave(self) -> None:
        """Let it end when it is done with what it has; at nothing, it is nobody's business any more."""
        self.is_leaving = True
        self._process.finish()
        if not self.key and self._kill_at is None:
            self._kill_at = time.monotonic() + _LEAVING_S
            self._forget()

    def let_go(self) -> None:
        """Let it end when it is done, and leave what it is at to the next driver."""
        self.leave()
        if self.key:
            replace(self._record, driver=None).write(self._path)

    def end(self, *, cause: Cause, gently: bool) -> None:
        """End it, with all that it started; ``gently``: ask it to stop where it can go on later."""
        self._ending = self._ending or cause
        self.leave()
        if gently:
            self._process.signal(signal.SIGUSR1)
        elif self._kill_at is None:
            self._process.signal(signal.SIGTERM)
            self._kill_at = time.monotonic() + _GRACE_S

    def wait_until_killed(self) -> None:
        """Where it was told to end at once, see to it that it has: takes some seconds at most."""
        while self._kill_at is not None and self._ending and not self.is_over:
            self.look()
            time.sleep(0.02)

    def report(self, state: State, *, cause: Cause | None = None, said: str = "", log: str | None = None) -> Report:
        """Tell of the request it is at."""
        where = " ".join([socket.gethostname(), *(f"GPU {gpu}" for gpu in self.gpus)])
        return Report(self.key, state, where, f"process {self._process.holder.pid}", cause, said, log)

    def look(self) -> Report | None:
        """Return what is new of its request, if anything; takes no time."""
        if self._process.has_ended():
            return self._buried()
        now = time.monotonic()
        if self._kill_at is not None and now > self._kill_at:
            self._process.signal(signal.SIGKILL)
        if self.key and self._is_settled():
            return self._settled()
        if self.key and self._since is None:
            return self._begun(now)
        if self.key:
            self._mind_the_time(now)
        elif not self.is_leaving and now - self._idle_since > _IDLE_S:
            self.leave()
        return None

    def _begun(self, now: float) -> Report | None:
        """Let its time run from when it has its GPUs: before, it waits for another driver's process."""
        if not all(self._has(gpu) for gpu in self.gpus):
            return None
        self._since, self._is_warned = now, False
        return self.report("running")

    def _has(self, gpu: str) -> bool:
        holder = owner(self._store, gpu)
        try:
            return holder is not None and os.getpgid(holder.pid) == self._process.holder.pid
        except ProcessLookupError:
            return False

    def _mind_the_time(self, now: float) -> None:
        assert self._since is not None, "it has begun"
        allowed, took = self._record.minutes * 60, now - self._since
        if took > allowed and self._ending is None:
            self.end(cause="over_time", gently=False)
        elif took > allowed - min(_WARNED_S, _WARNED_SHARE * allowed) and not self._is_warned:
            self._is_warned = True
            self._process.signal(signal.SIGUSR1)
            self.leave()  # who was asked to stop takes no more

    def _is_settled(self) -> bool:
        return self._store.action(self.key) is not None or told(self._store, self.key) is not None

    def _settled(self) -> Report:
        """Tell of a request that was built or has failed; the process waits for the next one."""
        report = self.report("ended", cause=self._cause_of_stop() or "exited")
        self.key, self._idle_since = "", time.monotonic()
        self._record = replace(self._record, key="")
        self._record.write(self._path)
        if self.is_leaving:
            self.leave()
        return report

    def _cause_of_stop(self) -> Cause | None:
        said = told(self._store, self.key)
        is_stopped = said is not None and said.explanation.get("kind") == "stopped"
        return self._ending or ("over_time" if self._is_warned and is_stopped else None)

    def _buried(self) -> Report | None:
        """End what the process has left running; tell of its request, if it had one."""
        self._process.bury()
        self.is_over, log = True, printed(self._path)
        if not self.key or self._is_settled():
            self._forget()
            return self.report("ended", cause=self._cause_of_stop() or "exited") if self.key else None
        self._path.unlink(missing_ok=True)
        cause, said = self._ending or self._cause_of_death(), self._last_words(log)
        return self.report("ended", cause=cause, said=said, log=str(log) if log.exists() else None)

    def _forget(self) -> None:
        self._path.unlink(missing_ok=True)
        printed(self._path).unlink(missing_ok=True)

    def _cause_of_death(self) -> Cause:
        code = self._process.code
        if code is None or code == -signal.SIGKILL:
            return "lost"
        return "cancelled" if code in _BY_SOMEBODY else "exited"

    def _last_words(self, log: Path) -> str:
        code, who = self._process.code, f"process {self._process.holder.pid}"
        if self._ending is not None:
            return f"{who} was ended by this driver"
        if code is None:
            return f"{who} is gone"
        if code == -signal.SIGKILL:
            return f"{who} was killed: by somebody, or by the system because memory ran out, which cannot be told apart"
        if code < 0:
            return f"{who} was ended by {signal.Signals(-code).name}"
        lines = end_of(log, _LAST_BYTES).strip().splitlines()
        return f"{who} ended with exit code {code}" + (f": {lines[-1]}" if lines else "")


def kind_of(job: Job) -> tuple[Needs, str]:
    """Return what jobs share that may follow each other in one process."""
    return job.needs, job.affinity


def _environment(needs: Needs, gpus: tuple[str, ...]) -> dict[str, str]:
    environment = {**os.environ, **dict(needs.environment)}
    if gpus:
        # nvidia-smi counts by the bus; CUDA counts from the fastest unless it is told so.
        environment |= {"CUDA_VISIBLE_DEVICES": ",".join(gpus), "CUDA_DEVICE_ORDER": "PCI_BUS_ID"}
    elif needs.gpus == 0:
        environment["CUDA_VISIBLE_DEVICES"] = ""
    return environment
