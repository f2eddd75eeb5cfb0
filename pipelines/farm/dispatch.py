"""Dispatch: hands requests to an executor, and says what became of them. One thread does all the talking."""

from __future__ import annotations

import logging
import threading
from collections.abc import Collection
from dataclasses import dataclass, replace
from queue import SimpleQueue
from typing import Any, Literal, Protocol

from pipelines.failure import explanation
from pipelines.failure_file import LastFailure, forget, told
from pipelines.farm.executor import Executor, end_jobs
from pipelines.farm.job import Job, Report
from pipelines.farm.lighter import lighter
from pipelines.farm.retries import Tries, advice, again, alone, ran_out_of_time
from r2s2r.artifacts.store import Store
from r2s2r.errors import CancelledError, InputError, R2S2RError, StageError, StoppedError

_GATHER_S = 0.05
_TICK_S = 0.1
_PAUSE_S = 0.5
_FAREWELL_S = 15.0
_log = logging.getLogger(__name__)


class Listener(Protocol):
    """Told, from the dispatcher's thread, what becomes of jobs. A seam, so that this file knows no Luigi."""

    def moved(self, key: str, report: Report) -> None:
        """A job was taken by a machine, or went back into the queue."""

    def retried(self, key: str, why: str) -> None:
        """A try ended without a result, and another follows."""

    def ended(self, key: str, failure: dict[str, Any] | None) -> None:
        """The request is built (None), or failed for good, as ``failure.explanation`` tells it."""


@dataclass
class _Flight:
    """A request that is with the executor; ``unwanted``: how its end was asked for, if it was."""

    job: Job
    tries: Tries
    unwanted: Literal["gently", "now"] | None = None


class Dispatcher:
    """Hands requests over and hears of them; use it as a context: what it handed over ends with it."""

    def __init__(self, store: Store, executor: Executor, listener: Listener) -> None:
        self._store, self._executor, self._listener = store, executor, listener
        self._new: SimpleQueue[Job] = SimpleQueue()
        self._unwanted: SimpleQueue[tuple[str, bool]] = SimpleQueue()
        self._flights: dict[str, _Flight] = {}
        self._unsent: list[Job] = []
        self._stop, self._is_stopping = threading.Event(), False
        self._thread = threading.Thread(target=self._talk, daemon=True, name="dispatcher")

    def __enter__(self) -> Dispatcher:
        """Take over what drivers that are no more have left, and begin."""
        self._adopted = {report.key: report for report in self._executor.reattach()}
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End what is still with the executor."""
        self._stop.set()
        self._thread.join()
        if self._flights:
            self._farewell()
        self._executor.close()

    def hand_over(self, job: Job) -> None:
        """Have a request built. It stands in ``requests/``."""
        self._new.put(job)

    def cancel(self, key: str, *, gently: bool = False) -> None:
        """End a request's job; it is told of as ended."""
        self._unwanted.put((key, gently))

    def stop_gently(self) -> None:
        """Ask all that runs to stop where it can go on later, and try nothing again."""
        self._is_stopping = True
        for key in list(self._flights):
            self.cancel(key, gently=True)

    def _talk(self) -> None:
        try:
            while not self._stop.wait(_TICK_S):
                self._round()
        except BaseException as error:  # noqa: BLE001 - told as the failure of all that waits; a silent thread hangs the run
            for key in list(self._flights):
                self._end(key, explanation(error))
            while not self._stop.wait(_TICK_S):
                for job in self._drained():
                    self._listener.ended(job.key, explanation(error))

    def _round(self) -> None:
        try:
            unsent, self._unsent = self._unsent, []
            if unsent:
                self._send(unsent)
            self._submit(self._drained())
            self._cancel()
            for report in self._executor.poll():
                self._hear(report)
        except (R2S2RError, OSError) as error:  # the executor or its files do not answer now; jobs go on without us
            _log.warning("%s; trying again", error)
            self._stop.wait(_PAUSE_S)

    def _drained(self) -> list[Job]:
        """Return the jobs that came; soon after the first, others of its kind follow."""
        if self._new.empty():
            return []
        self._stop.wait(_GATHER_S)
        jobs = []
        while not self._new.empty():
            jobs.append(self._new.get())
        return jobs

    def _submit(self, jobs: Collection[Job]) -> None:
        fresh = []
        for job in jobs:
            self._flights[job.key] = _Flight(job, Tries(kept=self._store.kept_segments(job.key)))
            if self._is_stopping:  # it came after those were asked that are with the executor
                self.cancel(job.key, gently=True)
            adopted = self._adopted.pop(job.key, None)
            if adopted is None:
                forget(self._store, job.key)
                fresh.append(job)
            else:
                self._hear(adopted)
        if fresh:
            self._send(fresh)

    def _send(self, jobs: Collection[Job]) -> None:
        """Hand jobs to the executor; while it does not answer they wait here. One that is there twice does no harm."""
        try:
            self._executor.submit(list(jobs))
        except InputError as error:
            for job in jobs:
                self._end(job.key, explanation(error))
        except (R2S2RError, OSError):
            self._unsent += jobs
            raise

    def _cancel(self) -> None:
        asked: dict[bool, list[str]] = {True: [], False: []}
        while not self._unwanted.empty():
            key, gently = self._unwanted.get()
            flight = self._flights.get(key)
            if flight is not None:
                flight.unwanted = "gently" if gently else "now"
                asked[gently].append(key)
        for gently, keys in asked.items():
            if keys:
                self._executor.cancel(keys, gently=gently)

    def _hear(self, report: Report) -> None:
        flight = self._flights.get(report.key)
        if flight is None:
            return
        if report.state != "ended":
            self._listener.moved(report.key, report)
        elif self._store.action(report.key) is not None:
            self._end(report.key, None)
        else:
            try:
                self._failed(flight, report)
            except OSError as error:  # the store cannot be used: so there will be no other try
                self._end(report.key, explanation(error))

    def _failed(self, flight: _Flight, report: Report) -> None:
        key, said = report.key, told(self._store, report.key)
        why = self._again(flight, report, said)
        if why:
            flight.job = replace(flight.job, shunned=tuple(flight.tries.shunned))
            self._listener.retried(key, why)
            forget(self._store, key)
            self._unsent.append(flight.job)  # with the next round: what comes of that must not swallow other reports
        elif said is not None and (self._is_unwanted(flight) or not ran_out_of_time(report, said)):
            self._end(key, said.explanation)
        elif report.cause == "cancelled":
            self._end(key, explanation(_cancelled(flight, report)))
        else:
            if said is not None:
                report = replace(report, cause="over_time", said=said.explanation["message"])
            kind = {"kind": report.cause} if report.cause in ("over_memory", "over_time") else {}
            self._end(key, explanation(StageError(advice(report, flight.job))) | kind)

    def _again(self, flight: _Flight, report: Report, said: LastFailure | None) -> str:
        """Return why a request is tried again; empty: it is not."""
        if self._is_unwanted(flight):
            return ""
        if said is None and report.cause == "over_memory":
            return lighter(self._store, report.key)
        why = again(report, said, flight.tries, kept=self._store.kept_segments(report.key))
        if not why and ran_out_of_time(report, said) and self._executor.shares_time and flight.job.needs.keys > 1:
            flight.job = alone(flight.job)
            return "its job had no time left for it; now in one of its own"
        return why

    def _is_unwanted(self, flight: _Flight) -> bool:
        return flight.unwanted is not None or self._is_stopping

    def _end(self, key: str, failure: dict[str, Any] | None) -> None:
        del self._flights[key]
        self._listener.ended(key, failure)

    def _farewell(self) -> None:
        """End what is left, and wait a little until it has ended."""
        try:
            end_jobs(self._executor, set(self._flights), patience_s=_FAREWELL_S)
        except R2S2RError as error:
            _log.warning("%s; jobs that were handed over may go on", error)


def _cancelled(flight: _Flight, report: Report) -> R2S2RError:
    if flight.unwanted == "gently":
        return StoppedError("stopped as asked, before it was begun")
    by_whom = "by this run" if flight.unwanted else "outside of this run"
    return CancelledError(f"was cancelled {by_whom}{f': {report.said}' if report.said else ''}")
