"""The morning report: written when a night ends, whatever ends it, and for those that could not write theirs."""

from collections.abc import Callable
from itertools import islice, takewhile
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from r2s2r.artifacts.journal import JournalRun, journals, read_journal
from r2s2r.artifacts.store import Store
from r2s2r.errors import R2S2RError
from r2s2r.spec.night import NightSpec

if TYPE_CHECKING:
    from r2s2r.report.content import NightReport  # reports are for the end

# So many of the last nights are looked at: of an older one nobody waits for the report.
_LATEST = 7
_DAY_S = 86_400


TellTrouble: TypeAlias = Callable[[str], None]
"""Is told why there is no report, or why somebody could not be told of it."""


def report(store: Store, run_id: str, spec: NightSpec, tell: TellTrouble) -> Path | None:
    """Write the report of the night that a run belongs to, tell whom the project file names; return its page.

    What keeps any of that from being done is told, and no more: it must not end the night otherwise than it ended.
    """
    from r2s2r.report.notify import notify
    from r2s2r.report.write import PAGE

    written = _write(store, run_id, tell)
    if written is None:
        return None
    for words in notify(spec, *written):
        tell(words)
    return written[1].with_name(PAGE)


def report_killed(store: Store, out: Path, tell: TellTrouble) -> None:
    """Write the reports of those of the last nights into ``out`` that were killed before they could.

    Nowhere else: others may write journals, too, and say in them where the report is to be.
    """
    nights = (run for run in journals(store) if (run.kind, run.out) == ("night", str(out)))
    for run in reversed(list(islice(nights, _LATEST))):
        if _is_unreported(store, run):
            _write(store, run.id, tell)


def spent_s(store: Store, *, since_s: float) -> float:
    """Return the GPU seconds that nights took from a moment on, also those of drivers that were killed."""
    from r2s2r.report.work import Work

    lately = takewhile(lambda run: run.started >= since_s - _DAY_S, journals(store))  # clocks of drivers may differ
    runs = [run for run in lately if run.kind == "night" and run.started >= since_s]
    return sum(node.gpu_seconds for node in Work.read(store, runs[::-1]).nodes.values())


def _write(store: Store, run_id: str, tell: TellTrouble) -> "tuple[NightReport, Path] | None":
    from r2s2r.report.write import write_report

    if read_journal(store, run_id) is None:
        return None  # it ended before it began
    try:
        return write_report(store, run_id)
    except R2S2RError as error:
        tell(str(error))
        return None


def _is_unreported(store: Store, run: JournalRun) -> bool:
    """Whether something happened in a night after its report was written, or there is none."""
    from r2s2r.report.nights import night_of
    from r2s2r.report.write import DATA

    try:
        happened = (store.root / "runs" / run.id / "events.jsonl").stat().st_mtime
    except OSError:
        return False
    try:
        return (Path(run.out) / "night" / night_of(run).isoformat() / DATA).stat().st_mtime < happened
    except OSError:
        return True
