"""Which runs are of one night, and what the night is called."""

from datetime import date

from r2s2r.artifacts.journal import JournalRun, read_journal
from r2s2r.artifacts.pulse import latest_runs
from r2s2r.artifacts.store import Store
from r2s2r.report.times import local

_DAY_S = 86_400


def night_of(run: JournalRun) -> date:
    """Return a night's date: of the evening before its end, or, where it may work for ever, of its start.

    So a driver that is started again after midnight goes on with the same night.
    """
    return local(run.started if run.until is None else run.until - _DAY_S / 2).date()


def runs_of_night(store: Store, run: JournalRun) -> list[JournalRun]:
    """Return all runs of a run's night into the same folder, the earliest first; of what is no night, the run alone."""
    if run.kind != "night":
        return [run]
    found = []
    for run_id in latest_runs(store):
        one = run if run_id == run.id else read_journal(store, run_id)
        if one is not None and one.started < run.started - _DAY_S:
            break
        if one is not None and (one.kind, one.out, night_of(one)) == (run.kind, run.out, night_of(run)):
            found.append(one)
    return sorted(found, key=lambda one: one.started)
