"""Which runs are of one night, and what the night is called."""

from datetime import date
from itertools import takewhile

from r2s2r.artifacts.journal import JournalRun, journals
from r2s2r.artifacts.store import Store
from r2s2r.report.times import local

_DAY_S = 86_400


def night_of(run: JournalRun) -> date:
    """Return a night's date: that of the beginning of its window, or, where it may work for ever, of its start.

    So a driver that is started again after midnight goes on with the same night.
    """
    return local(run.started if run.since is None else run.since).date()


def runs_of_night(store: Store, run: JournalRun) -> list[JournalRun]:
    """Return all runs of a run's night into the same folder, the earliest first; of what is no night, the run alone."""
    if run.kind != "night":
        return [run]
    lately = takewhile(lambda one: one.started >= run.started - _DAY_S, journals(store))
    found = [one for one in lately if (one.kind, one.out, night_of(one)) == (run.kind, run.out, night_of(run))]
    return sorted(found, key=lambda one: one.started)
