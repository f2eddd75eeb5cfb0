"""The table of ``r2s2r status``: of a run with thousands of shots, only what matters now."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from rich.console import Group
from rich.markup import escape
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from r2s2r.artifacts.journal import WAITING
from r2s2r.artifacts.run_state import ENDED, headway
from r2s2r.cli.plain import plain
from r2s2r.report.times import duration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from r2s2r.artifacts.pulse import Pulse
    from r2s2r.artifacts.run_state import Activity, NodeState, RunState
    from r2s2r.artifacts.store import Store

_WORDS: dict[Activity, str] = {
    "done": "[green]{} done[/]", "fresh": "{} fresh", "running": "[cyan]{} running[/]", "queued": "{} queued",
    "waiting": "{} waiting", "failed": "[red]{} failed[/]", "deferred": "[yellow]{} put off[/]",
    "cancelled": "[yellow]{} cancelled[/]",
}  # fmt: skip
_GOING_ON: tuple[Activity, ...] = ("running", "queued", "waiting")
_PULSES: dict[Pulse, str] = {"alive": "[green]alive[/]", "silent": "[yellow]no sign of life yet[/]"}
_FEW = 5
_LEAST_ROWS = 3
# Lines of a run that are no rows: its name and counts, which may take several, titles, what waits.
_FRAME = 10


def table(runs: list[tuple[RunState, Pulse]], store: Store, *, rows: int) -> Group:
    """Return the table, in about so many lines."""
    if not runs:
        return Group(Text(f"{store.root}: nothing was run yet; `r2s2r run SCENE` makes a scene's shots"))
    each = rows // len(runs) - _FRAME
    few = min(_FEW, max(1, each // 4))
    parts: list[RenderableType] = []
    for number, (state, pulse) in enumerate(runs):
        parts += [Text("")] if number else []
        parts += _run(state, pulse, store, rows=max(_LEAST_ROWS, each - few), few=few)
    return Group(*parts)


def _run(state: RunState, pulse: Pulse, store: Store, *, rows: int, few: int) -> Iterator[RenderableType]:
    yield Text.from_markup(_title(state, pulse))
    is_over = pulse == "dead"
    yield Text.from_markup(_counts(state, is_over=is_over))
    running = [] if is_over else state.of("running")
    if running:
        yield _running(running[:rows], state, store)
    if len(running) > rows:
        yield Text(f"  and {len(running) - rows} more run")
    if not is_over:
        yield from _waiting(state)
        yield from _held_up(state, few)
    yield from _told("failed", state.of("failed"), few)
    yield from _told("cancelled", state.of("cancelled"), few)
    yield from _told("put off", state.of("deferred"), few)


def _title(state: RunState, pulse: Pulse) -> str:
    run = state.run
    words = [f"{_safe(run.machine)} process {run.pid}", _safe(run.executor)]
    if pulse == "dead":
        words.append(_ended(state))
    else:
        words.append(f"{_PULSES[pulse]} since {_hour(run.started)} ({duration(state.elapsed_s())})")
        words += [f"begins at {_hour(run.since)}"] if run.kind == WAITING and run.since else []
        left = state.left_s()
        words += [f"about {duration(left)} left"] if left else []
        words += [f"until {_hour(run.until)}"] if run.until else []
    kind = "night" if run.kind == WAITING else _safe(run.kind)
    return f"[bold]{kind} {_safe(run.id)}[/]  {', '.join(words)}"


def _ended(state: RunState) -> str:
    if state.ended is None:
        return f"[red]its driver is gone[/] after {duration(state.elapsed_s())}; to go on, run again"
    why = f": {escape(_first_line(state.ended.message))}" if state.ended.message else ""
    return f"ended at {_hour(state.ended.at)} after {duration(state.elapsed_s())}{why}"


def _counts(state: RunState, *, is_over: bool) -> str:
    shots = state.shots()
    count, unfinished = shots.total(), sum(shots.pop(activity, 0) for activity in _GOING_ON if is_over)
    said = [words.format(shots[activity]) for activity, words in _WORDS.items() if shots[activity]]
    said += [f"{unfinished} not finished"] if unfinished else []
    return f"{count} {'shot' if count == 1 else 'shots'}: {', '.join(said)}"


def _running(nodes: list[NodeState], state: RunState, store: Store) -> Table:
    found = Table("runs", "where", "", "", "took", "left", box=None, header_style="bold", padding=(0, 1), expand=True)
    for column, ratio in zip(found.columns, (6, 3, 2, None, None, None), strict=True):
        column.no_wrap, column.overflow, column.ratio = True, "ellipsis", ratio
    now = state.clock()
    for node in nodes:
        work, took_s = headway(store, node.key), max(0.0, now - node.since)
        bar = ProgressBar(work.total, work.done, width=None) if work.total else ""
        units = f"{work.done}/{work.total}" if work.total else ""
        left = duration(took_s * (work.total - work.done) / work.done) if work.done else ""
        where = plain(node.where or work.machine)
        found.add_row(Text(_label(node)), Text(where), bar, units, duration(took_s), left)
    return found


def _waiting(state: RunState) -> Iterator[Text]:
    queued, waiting = state.of("queued"), state.next_shots()
    for title, count, names in (
        ("queued", len(queued), [_label(node) for node in queued[:_FEW]]),
        ("next", len(waiting), [plain(f"{shot.scene}/{shot.shot}") for shot in waiting[:_FEW]]),
    ):
        if names:
            more = ", ..." if count > len(names) else ""
            yield Text(f"{title} ({count}): {', '.join(names)}{more}", no_wrap=True, overflow="ellipsis")


def _held_up(state: RunState, few: int) -> Iterator[Text]:
    """Say why jobs do not start or go on, each reason once and in full."""
    found = state.held_up()
    for why, nodes in list(found.items())[:few]:
        more = f" (and {len(nodes) - 1} more)" if len(nodes) > 1 else ""
        line = Text("held up: ", style="yellow", overflow="fold")
        yield line.append(f"{_label(nodes[0])}{more}: {_first_line(why)}", style="default")
    if len(found) > few:
        yield Text(f"  and {len(found) - few} more reasons")


def _told(title: str, nodes: list[NodeState], few: int) -> Iterator[Text]:
    for node in nodes[-few:]:
        line = Text(f"{title}: ", style="red" if title == "failed" else "yellow", no_wrap=True, overflow="ellipsis")
        yield line.append(f"{_label(node)}: {_first_line(node.message)}", style="default")
    if len(nodes) > few:
        yield Text(f"  and {len(nodes) - few} more {title}")


def _label(node: NodeState) -> str:
    return plain(node.label) + (f" (try {node.tries + 1})" if node.tries and node.activity not in ENDED else "")


def _first_line(text: str) -> str:
    return plain(text.strip().partition("\n")[0])


def _safe(text: str) -> str:
    return escape(plain(text))


def _hour(at: float) -> str:
    return time.strftime("%H:%M", time.localtime(at))
