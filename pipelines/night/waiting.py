"""Waiting for the window where everybody sees it: with a journal, as runs have one, and as open to being cancelled."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from pipelines.night.clock import Clock
from pipelines.night.decision import Decision
from pipelines.night.rounds import journal_shots
from pipelines.night.window import Span
from pipelines.night.wish import Found
from pipelines.run import RunOptions, journal_of
from r2s2r.artifacts.journal import WAITING, Event, Journal, JournalRun, cancelled_shots, new_run_id
from r2s2r.artifacts.lease import hold
from r2s2r.artifacts.store import Store
from r2s2r.errors import CancelledError

# Drivers look about twice a second at what others want; here nobody is held up.
_LOOK_S = 1.0


@dataclass
class Waited:
    """What others did while a night waited: the shots that they cancelled, as (scene file, name)."""

    cancelled: frozenset[tuple[str, str]] = frozenset()


@contextmanager
def waiting(run: JournalRun, store: Store, clock: Clock) -> Iterator[Waited]:
    """Wait until the window of a ``waiting_run`` begins; it counts as waiting until the context ends.

    What was cancelled is known for good when it has ended. Raises CancelledError when the whole night was.
    """
    store.prepare()
    waited, noted = Waited(), set[str]()

    def look() -> None:
        wanted = set(journal.wanted())
        if "*" in wanted:
            raise CancelledError("cancelled before its window began")
        for recipe in wanted - noted:
            journal.note(Event(clock.now(), recipe, "cancelled", message="cancelled before the window began"))
        noted.update(wanted)
        waited.cancelled = cancelled_shots(run, noted)

    with hold(store.run_lease(run.id)), Journal(store, run) as journal:
        assert run.since is not None
        while (left_s := run.since - clock.now()) > 0:
            clock.sleep(min(left_s, _LOOK_S))
            look()
        yield waited
        look()


def waiting_run(found: Found, decision: Decision, span: Span, options: RunOptions, clock: Clock) -> JournalRun:
    """Return what the journal says of a night that waits for its window."""
    decided = {one.plan for one in decision.candidates}
    others = [plan for plan in found.plans if plan not in decided]
    return replace(
        journal_of(new_run_id(), (), options),
        kind=WAITING,
        started=clock.now(),
        since=span.begin_s,
        until=span.end_s,
        refused=tuple((one.path, one.message) for one in found.refused),
        shots=journal_shots(decision, others),
    )
