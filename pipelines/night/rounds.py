"""Rounds: what is decided is made; what was put off and now fits after all is made next."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from pipelines.night.candidates import Candidates, estimator_for, gpus_of, places
from pipelines.night.clock import Clock
from pipelines.night.decision import Decision, Limits, decide
from pipelines.night.gate import Budget, Closes, NightGate
from pipelines.night.unfit import unfit
from pipelines.night.wish import Found
from pipelines.node import Ledger
from pipelines.plan import ShotPlan, plan_shot
from pipelines.results import ShotResult, result_of, results_of
from pipelines.run import Display, RunOptions, journal_of, journal_shot, lacking, run
from r2s2r.artifacts.journal import Journal, JournalRun, JournalShot, cancelled_shots, new_run_id
from r2s2r.artifacts.store import Store
from r2s2r.errors import MissingError

# Long enough that what is asked to stop reaches a segment's end, but most of the night is for work.
_LONGEST_NOTICE = 0.25
# A farm that does not answer is asked so often.
_AGAIN_S = 60.0


@dataclass(frozen=True)
class Terms:
    """What a night is held to.

    Attributes:
        options: How its shots are made.
        since_s: Its window began, in seconds since 1970; None where it has none.
        end_s: It ends, likewise; None: when all is done.
        budget: GPU hours.
        clock: Its clock.
        cancelled: Shots that others cancelled before it began, as (scene file, name).
    """

    options: RunOptions
    since_s: float | None
    end_s: float | None
    budget: Budget
    clock: Clock
    cancelled: frozenset[tuple[str, str]]


class RoundVoice(Protocol):
    """Tells people of rounds. A seam, so that nothing here knows a terminal."""

    def decided(self, decision: Decision) -> None:
        """Tell what is begun and what is put off."""

    def display(self, plans: list[ShotPlan], store: Store) -> Display:
        """Return what shows the progress of a run."""

    def trouble(self, words: str) -> None:
        """Tell what went wrong beside the shots."""


class Rounds:
    """The rounds of one night on one store; ``results`` has what became of each shot so far."""

    def __init__(self, store: Store, terms: Terms, voice: RoundVoice) -> None:
        self._store, self._terms, self._voice = store, terms, voice
        self._results: dict[tuple[str, str], ShotResult] = {}
        self._cancelled = terms.cancelled
        self._is_waited_for = False
        self._is_cancelled = False
        self.run_id = ""

    @property
    def results(self) -> list[ShotResult]:
        """What became of each shot."""
        return list(self._results.values())

    def make(self, found: Found) -> None:
        """Make what fits into the night."""
        self._store.prepare()
        plans: tuple[ShotPlan, ...] = found.plans
        while True:
            before = self._made()
            put_off = self._round(plans, found)
            # What was put off may fit after all: others took less than was thought, and every run teaches something.
            if not put_off or self._made() == before or self._is_cancelled:
                return
            ledger = Ledger(self._store)
            plans = tuple(plan_shot(plan.shot, ledger).until(["encode"]) for plan in put_off)
            wanted = [plan for plan in plans if not self._is_unwanted(plan)]
            if not self._decision(self._candidates(wanted, ledger, self._terms.options)[0]).begun:
                return

    def _made(self) -> int:
        return sum(len(result.seconds) for result in self._results.values())

    def _round(self, plans: tuple[ShotPlan, ...], found: Found) -> list[ShotPlan]:
        """Make what is decided; return what was put off."""
        ledger = Ledger(self._store)
        unwanted = [plan for plan in plans if self._is_unwanted(plan)]
        able = [plan for plan in plans if not self._is_unwanted(plan)]
        options = replace(self._terms.options, unfit=self._unfit(able, ledger, found))
        candidates, others = self._candidates(able, ledger, options)
        decision = self._decision(candidates)
        self._voice.decided(decision)
        wanted = [*(one.candidate.plan for one in decision.begun), *others]
        begun = [*wanted, *unwanted]
        needed = {one.node.recipe for plan in wanted for one in plan.nodes}
        cancelled = {one.node.recipe for plan in unwanted for one in plan.nodes} - needed
        journal = Journal(self._store, self._journal(decision, [*others, *unwanted], found), cancelled)
        self.run_id = journal.run.id
        options = replace(options, gate=self._gate(candidates))
        if all(plan.is_fresh for plan in begun):
            with journal:
                results = results_of(begun, ledger, options.project.out, None)
        else:
            results = run(begun, ledger, options, display=self._voice.display(begun, self._store), journal=journal)
        late = [replace(result_of(one.candidate.plan, ledger, options.project.out, None), put_off=one.why)
                for one in decision.put_off]  # fmt: skip
        heard = set(journal.wanted())
        self._is_cancelled = "*" in heard
        self._cancelled |= cancelled_shots(journal.run, heard)
        for result in (*results, *late):
            self._results[str(result.plan.shot.scene.path), result.plan.shot.shot.name] = result
        return [result.plan for result in (*results, *late) if result.put_off]

    def _is_unwanted(self, plan: ShotPlan) -> bool:
        """Whether others cancelled what is not made yet."""
        return not plan.is_fresh and (str(plan.shot.scene.path), plan.shot.shot.name) in self._cancelled

    def _unfit(self, plans: list[ShotPlan], ledger: Ledger, found: Found) -> dict[str, str]:
        """Return what the farm cannot build; while it does not answer, wait for it as long as the window is open.

        Raises MissingError when it never does; there is a journal that says so.
        """
        terms = self._terms
        while True:
            try:
                return unfit(plans, ledger, terms.options)
            except MissingError as error:
                if terms.end_s is None or terms.clock.now() + _AGAIN_S > terms.end_s:
                    run = self._journal(self._decision(Candidates((), {})), plans, found)
                    self.run_id = run.id
                    with Journal(self._store, run):
                        raise
                if not self._is_waited_for:
                    self._voice.trouble(f"{error}; asked again each minute")
                    self._is_waited_for = True
                terms.clock.sleep(_AGAIN_S)

    def _candidates(
        self, plans: Iterable[ShotPlan], ledger: Ledger, options: RunOptions
    ) -> tuple[Candidates, list[ShotPlan]]:
        """Return what may be begun, and the others: what is fresh, and what lacks something, which its run tells."""
        lacks = {plan: bool(lacking(plan, ledger, options)) for plan in plans if not plan.is_fresh}
        able = [plan for plan, is_lacking in lacks.items() if not is_lacking]
        others = [plan for plan in plans if lacks.get(plan, True)]
        return Candidates.of(able, estimator_for(ledger, options), options), others

    def _decision(self, candidates: Candidates) -> Decision:
        terms = self._terms
        limits = Limits(
            begin_s=terms.clock.now(),
            end_s=terms.end_s,
            gpu_s=terms.budget.left_s,
            places=places(candidates, terms.options),
        )
        return decide(candidates.shots, limits)

    def _gate(self, candidates: Candidates) -> NightGate:
        terms = self._terms
        closes = None
        if terms.end_s is not None:
            stride_s = max((guess.stride_s for guess in candidates.guesses.values()), default=0.0)
            room_s = max(0.0, terms.end_s - terms.clock.now())
            own_s = float(terms.options.project.spec.farm.slurm.stop_s)
            closes = Closes(terms.end_s, min(max(own_s, stride_s), _LONGEST_NOTICE * room_s))
        return NightGate(
            closes=closes,
            budget=terms.budget,
            guesses=candidates.guesses,
            gpus=lambda node: gpus_of(node, terms.options),
            now=terms.clock.now,
        )

    def _journal(self, decision: Decision, others: Iterable[ShotPlan], found: Found) -> JournalRun:
        terms = self._terms
        limit_s = terms.budget.limit_s
        return replace(
            journal_of(new_run_id(), (), terms.options),
            kind="night",
            started=terms.clock.now(),
            until=terms.end_s,
            since=terms.since_s,
            refused=tuple((one.path, one.message) for one in found.refused),
            shots=journal_shots(decision, others),
            gpu_hours=None if limit_s is None else limit_s / 3600,
        )


def journal_shots(decision: Decision, others: Iterable[ShotPlan]) -> tuple[JournalShot, ...]:
    """Return what the journal says of shots that were decided about, and of others."""
    return (
        *(journal_shot(one.candidate.plan, estimate_s=one.candidate.work_s()) for one in decision.begun),
        *(journal_shot(one.candidate.plan, estimate_s=one.candidate.work_s(), put_off=one.why)
          for one in decision.put_off),
        *(journal_shot(plan) for plan in others),
    )  # fmt: skip
