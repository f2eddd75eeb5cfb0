"""What `night` says to people, on stderr: what is wrong, until when it waits, what it decided."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from r2s2r.cli.plain import plain
from r2s2r.report.times import duration

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipelines.night.decision import Chosen, Decision, PutOff
    from pipelines.night.night import Outlook
    from pipelines.night.wish import Refused
    from pipelines.plan import ShotPlan
    from pipelines.run import Display
    from r2s2r.artifacts.progress import Progress
    from r2s2r.artifacts.store import Store

# What takes less is not worth a bar.
_PATIENCE_S = 2.0
_LISTED = 20
_ROWS = 50


class TerminalVoice:
    """A ``Voice`` on stderr."""

    @contextmanager
    def bar(self, what: str) -> Iterator[Progress]:
        """Show a bar, from when it has taken a while."""
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bars

        console = Console(stderr=True, emoji=False)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        bars = Bars(*columns, console=console, transient=True, disable=not console.is_terminal)
        bar, since = bars.add_task(what, total=None), time.monotonic()

        def tell(done: int, total: int) -> None:
            if time.monotonic() - since > _PATIENCE_S:
                bars.start()
                bars.update(bar, completed=done, total=total)

        try:
            yield tell
        finally:
            bars.stop()

    def refused(self, refused: Sequence[Refused]) -> None:
        """Tell all that is wrong with what cannot be taken."""
        for one in refused:
            _say(one.message)
        if refused:
            _say(f"{_count(len(refused), 'scene')} left out; nothing else waits for that")

    def waiting(self, until_s: float) -> None:
        """Tell that the window has not begun."""
        left = duration(until_s - time.time())
        _say(f"waiting until {_moment(until_s)}, {left} from now, when the window begins; Ctrl-C ends this")

    def decided(self, decision: Decision) -> None:
        """Tell what is begun and what is put off, in few lines."""
        if decision.begun:
            gpu = f", {decision.gpu_s / 3600:.2g} GPU hours" if decision.gpu_s else ""
            done = f"done about {_moment(decision.done_s)}{gpu}"
            _say(f"{_count(len(decision.begun), 'shot')} to make, {done}")
        for line in _put_off(decision.put_off):
            _say(line)

    def display(self, plans: list[ShotPlan], store: Store) -> Display:
        """Return what shows the progress of a run."""
        from r2s2r.cli.run_plans import watched_by

        return lambda tracker: watched_by(plans, tracker, store)

    def trouble(self, words: str) -> None:
        """Tell what went wrong beside the shots."""
        _say(words)


def show_outlook(outlook: Outlook) -> None:
    """Print what a night would do, on stdout."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    begin = _moment(outlook.begin_s)
    end = "all is done" if outlook.span is None else _moment(outlook.span.end_s)
    sys.stdout.write(f"from {begin} until {end}\n")
    table = Table("", "shot", "takes", "GPU hours", "done", "rests on", box=None, header_style="bold")
    begun = outlook.decision.begun
    for chosen in begun[:_ROWS]:
        table.add_row("[green]✓[/]", *map(escape, _row(chosen)))
    if begun:
        Console(emoji=False).print(table)
        if len(begun) > _ROWS:
            last = _moment(max(one.done_s for one in begun))
            sys.stdout.write(f"and {_count(len(begun) - _ROWS, 'more shot')}, done at {last}; --json names all\n")
    else:
        sys.stdout.write("nothing would be made\n")
    for line in _put_off(outlook.decision.put_off):
        sys.stdout.write(f"{plain(line)}\n")


def _row(chosen: Chosen) -> tuple[str, str, str, str, str]:
    candidate = chosen.candidate
    gpu_s = candidate.gpu_s()
    longest = max(candidate.tasks, key=lambda task: task.guess.seconds)
    hours = f"{gpu_s / 3600:.2g}" if gpu_s else ""
    return (plain(candidate.label), duration(candidate.work_s()), hours, _moment(chosen.done_s), longest.guess.basis)


def _put_off(put_off: Sequence[PutOff]) -> Iterator[str]:
    """Yield a line for each shot that is put off, and one for those that are too many."""
    for one in put_off[:_LISTED]:
        yield f"put off: {one.candidate.label}: {one.why}"
    if len(put_off) > _LISTED:
        yield f"put off: {len(put_off) - _LISTED} more; the report names them"


def _moment(moment_s: float) -> str:
    moment = datetime.fromtimestamp(moment_s)
    return f"{moment:%H:%M}" if moment.date() == datetime.now().date() else f"{moment:%H:%M on %d %b}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _say(words: str) -> None:
    sys.stderr.write(f"{plain(words)}\n")
    sys.stderr.flush()
