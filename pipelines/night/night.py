"""The night, from what is asked for to the report. Read this page first."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pipelines.farm.chosen import ExecutorName
from pipelines.interrupts import deferred_interrupts
from pipelines.night.candidates import Candidates, estimator_for, places
from pipelines.night.clock import Clock
from pipelines.night.decision import Decision, Limits, decide
from pipelines.night.gate import Budget
from pipelines.night.holding import check_holds
from pipelines.night.reports import report, report_killed, spent_s
from pipelines.night.rounds import Rounds, RoundVoice, Terms
from pipelines.night.waiting import waiting, waiting_run
from pipelines.night.window import Span, Window
from pipelines.night.wish import Found, Reader, Refused, Wish
from pipelines.node import Ledger
from pipelines.results import ShotResult
from pipelines.run import RunOptions, lacking
from r2s2r.artifacts.progress import Progress
from r2s2r.artifacts.remote_store import store_of
from r2s2r.artifacts.store import Store
from r2s2r.errors import InputError
from r2s2r.spec.project import Project


class Voice(RoundVoice, Protocol):
    """Tells people what goes on. A seam, so that nothing here knows a terminal."""

    def bar(self, what: str) -> AbstractContextManager[Progress]:
        """Show how far something is that takes a while."""

    def refused(self, refused: tuple[Refused, ...]) -> None:
        """Tell what cannot be taken."""

    def waiting(self, until_s: float) -> None:
        """Tell that the window has not begun."""

    def trouble(self, words: str) -> None:
        """Tell what went wrong beside the shots."""


@dataclass(frozen=True)
class Night:
    """What is asked of a night; None: as the project file says.

    Attributes:
        wish: What it is to make.
        window: When it may work.
        gpu_hours: The most it may take.
        executor: Where goes what is not built by processes of this machine.
        workers: These, at once.
        at_once: Do not wait for the window to begin.
    """

    wish: Wish
    window: Window | None
    gpu_hours: float | None
    executor: ExecutorName | None
    workers: int
    at_once: bool = False


@dataclass(frozen=True)
class Outlook:
    """What a night is about to do.

    Attributes:
        found: What there is to make.
        options: How it is made.
        span: When; None where there is no window.
        begin_s: It begins, in seconds since 1970.
        limit_s: GPU seconds it may take; None: any.
        decision: What is begun, and what is put off.
    """

    found: Found
    options: RunOptions
    span: Span | None
    begin_s: float
    limit_s: float | None
    decision: Decision

    def check(self) -> None:
        """Raises InputError when nothing can be made: all scenes are wrong, or no shot fits into a whole night."""
        if not self.found.plans:
            raise InputError("\n".join(one.message for one in self.found.refused))
        shots = [*(one.candidate for one in self.decision.begun), *(one.candidate for one in self.decision.put_off)]
        check_holds(shots, length_s=None if self.span is None else self.span.length_s, gpu_s=self.limit_s)


@dataclass(frozen=True)
class Outcome:
    """What became of a night.

    Attributes:
        results: What became of each shot.
        refused: What it could not take.
        page: Its report; None where that could not be written.
    """

    results: tuple[ShotResult, ...]
    refused: tuple[Refused, ...]
    page: Path | None


def make_night(night: Night, voice: Voice, clock: Clock) -> Outcome:
    """Wait for the window, make what fits into it, and report; what was made stays, whatever ends it.

    Raises:
        InputError: There is nothing to make, or no shot fits into a night; says which and why.
        CancelledError: Somebody cancelled it before its window began.
        StoreError: The store cannot be written.
    """
    outlook, cancelled = _at_its_begin(night, voice, clock)
    store = store_of(outlook.found.project)
    rounds = Rounds(store, _terms(outlook, store, clock, cancelled), voice)
    with _reported(rounds, outlook.found.project, voice) as reported:
        rounds.make(outlook.found)
        outlook.check()
    return Outcome(tuple(rounds.results), outlook.found.refused, reported.page)


def foresee(night: Night, voice: Voice, clock: Clock) -> Outlook:
    """Read and plan all that is asked for, tell what is wrong with it, and decide; makes nothing.

    Raises InputError when no scene's project can be read, or none of the shots is meant.
    """
    found = Reader(night.wish).read(voice)
    voice.refused(found.refused)
    spec, store = found.project.spec, store_of(found.project)
    options = RunOptions(found.project, night.workers, night.executor or spec.farm.executor)
    window = night.window or (Window.parse(spec.night.window) if spec.night.window else None)
    span = None if window is None else window.span(clock.now())
    begin_s = clock.now() if span is None or night.at_once else max(span.begin_s, clock.now())
    hours = spec.night.gpu_hours if night.gpu_hours is None else night.gpu_hours
    ledger = Ledger(store)
    able = [plan for plan in found.plans if not (plan.is_fresh or lacking(plan, ledger, options))]
    candidates = Candidates.of(able, estimator_for(ledger, options), options)
    limits = Limits(
        begin_s=begin_s,
        end_s=None if span is None else span.end_s,
        gpu_s=None if hours is None else hours * 3600,
        places=places(candidates, options),
    )
    return Outlook(found, options, span, begin_s, limits.gpu_s, decide(candidates.shots, limits))


def _at_its_begin(night: Night, voice: Voice, clock: Clock) -> tuple[Outlook, frozenset[str]]:
    """Wait for the window if there is anything to do; return the outlook then, and what was cancelled meanwhile."""
    outlook = foresee(night, voice, clock)
    if outlook.span is None or outlook.begin_s <= clock.now():
        return outlook, frozenset()
    outlook.check()
    decision = outlook.decision
    if not (decision.begun or decision.put_off):
        return outlook, frozenset()
    voice.waiting(outlook.begin_s)
    run = waiting_run(outlook.found, decision, outlook.span, outlook.options, clock)
    with waiting(run, store_of(outlook.found.project), clock) as waited:
        return foresee(night, voice, clock), waited.cancelled  # scenes may have changed meanwhile


def _terms(outlook: Outlook, store: Store, clock: Clock, cancelled: frozenset[str]) -> Terms:
    """Return what the night is held to: what an earlier driver of this very night took is gone from its budget."""
    span = outlook.span
    since_s = outlook.begin_s if span is None else span.begin_s
    return Terms(
        options=outlook.options,
        since_s=None if span is None else span.begin_s,
        end_s=None if span is None else span.end_s,
        budget=Budget(outlook.limit_s, spent_s(store, since_s=since_s)),
        clock=clock,
        cancelled=cancelled,
    )


@dataclass
class _Reported:
    """Where a night's report is, once there is one."""

    page: Path | None = None


@contextmanager
def _reported(rounds: Rounds, project: Project, voice: Voice) -> Iterator[_Reported]:
    """Report at the end, whatever it is; another Ctrl-C waits. Nights that were killed get their report now."""
    store, reported = Store(project.store), _Reported()
    report_killed(store, project.out, voice.trouble)
    try:
        yield reported
    finally:
        if rounds.run_id:
            with deferred_interrupts():
                reported.page = report(store, rounds.run_id, project.spec.night, voice.trouble)
