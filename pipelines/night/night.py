"""The night, from what is asked for to the report. Read this page first."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
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
from pipelines.night.unfit import unfit
from pipelines.night.waiting import waiting, waiting_run
from pipelines.night.window import Span, Window
from pipelines.night.wish import Found, Reader, Refused, Wish
from pipelines.node import Ledger
from pipelines.plan import ShotPlan
from pipelines.results import ShotResult
from pipelines.run import RunOptions, lacking
from r2s2r.artifacts.progress import Progress
from r2s2r.artifacts.remote_store import store_of
from r2s2r.artifacts.store import Store
from r2s2r.errors import InputError, MissingError
from r2s2r.spec.project import Project


class Voice(RoundVoice, Protocol):
    """Tells people what goes on. A seam, so that nothing here knows a terminal."""

    def bar(self, what: str) -> AbstractContextManager[Progress]:
        """Show how far something is that takes a while."""

    def refused(self, refused: tuple[Refused, ...]) -> None:
        """Tell what cannot be taken."""

    def waiting(self, until_s: float) -> None:
        """Tell that the window has not begun."""


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
        unfit: What the farm has not of what shots ask for, in words.
    """

    found: Found
    options: RunOptions
    span: Span | None
    begin_s: float
    limit_s: float | None
    decision: Decision
    unfit: tuple[str, ...]

    def check(self) -> None:
        """Raises InputError when nothing can be made: all scenes are wrong, or no shot fits into a whole night."""
        if not self.found.plans:
            raise InputError("\n".join(one.message for one in self.found.refused))
        if self.unfit and not self.decision.candidates:
            raise InputError("\n".join(self.unfit))
        length_s = None if self.span is None else self.span.length_s
        check_holds(self.decision.candidates, length_s=length_s, gpu_s=self.limit_s)


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
    with store.explained(), _reported(rounds, outlook.found.project, voice) as reported:
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
    options = replace(options, unfit=_unfit(found.plans, ledger, options, voice))
    able = [plan for plan in found.plans if not (plan.is_fresh or lacking(plan, ledger, options))]
    candidates = Candidates.of(able, estimator_for(ledger, options), options)
    limits = Limits(
        begin_s=begin_s,
        end_s=None if span is None else span.end_s,
        gpu_s=None if hours is None else hours * 3600,
        places=places(candidates, options),
    )
    wrong = tuple(dict.fromkeys(options.unfit.values()))
    return Outlook(found, options, span, begin_s, limits.gpu_s, decide(candidates.shots, limits), wrong)


def _unfit(plans: Sequence[ShotPlan], ledger: Ledger, options: RunOptions, voice: Voice) -> dict[str, str]:
    """Return what the farm has not, and tell of it; a farm that does not answer now may when the night begins."""
    try:
        found = unfit(plans, ledger, options)
    except MissingError as error:
        voice.trouble(str(error))
        return {}
    for why in dict.fromkeys(found.values()):
        voice.trouble(why)
    return found


def _at_its_begin(night: Night, voice: Voice, clock: Clock) -> tuple[Outlook, frozenset[tuple[str, str]]]:
    """Wait for the window if there is anything to do; return the outlook then, and which shots others cancelled."""
    outlook, cancelled = foresee(night, voice, clock), frozenset[tuple[str, str]]()
    # Again where the window was moved meanwhile, or the machine slept until it was over.
    while outlook.span is not None and outlook.begin_s > clock.now():
        outlook.check()
        if not outlook.decision.candidates:
            break
        voice.waiting(outlook.begin_s)
        run = waiting_run(outlook.found, outlook.decision, outlook.span, outlook.options, clock)
        with waiting(run, store_of(outlook.found.project), clock) as waited:
            outlook = foresee(night, voice, clock)  # scenes may have changed meanwhile
        cancelled |= waited.cancelled
    return outlook, cancelled


def _terms(outlook: Outlook, store: Store, clock: Clock, cancelled: frozenset[tuple[str, str]]) -> Terms:
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

    def tell() -> None:
        if rounds.run_id:
            with deferred_interrupts():
                reported.page = report(store, rounds.run_id, project.spec.night, voice.trouble)

    try:
        yield reported
    except BaseException:
        tell()
        if reported.page is not None:
            voice.trouble(f"report: {reported.page}")
        raise
    else:
        tell()
