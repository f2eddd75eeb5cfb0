"""Live progress of a run: a line for each node that is done, bars for those at work, a bar for the whole."""

import threading
import time
from collections.abc import Callable
from types import TracebackType

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from pipelines.node import Node
from pipelines.plan import ShotPlan
from pipelines.tracker import NodeProgress, Tracker
from r2s2r.artifacts.run_state import Activity
from r2s2r.cli.plain import plain
from r2s2r.report.times import duration

_POLL_S = 0.2
# How far nodes are is read from the store, which may be another machine's: so much of the time goes into that at most.
_SHARE = 0.2
_LONG_S = 30.0
_MARKS: dict[Activity, str] = {"done": "[green]✓[/]", "failed": "[red]✗[/]", "deferred": "[yellow]–[/]"}


class RunDisplay:
    """Watches a tracker from its own thread and draws on stderr; without a terminal it only prints finished nodes."""

    def __init__(
        self, plans: list[ShotPlan], tracker: Tracker, console: Console, *, findings: Callable[[Node], tuple[str, ...]]
    ) -> None:
        self._tracker, self._console, self._findings = tracker, console, findings
        self._nodes, self._labels = _nodes_and_labels(plans)
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._bar_of: dict[str, TaskID] = {}
        self._printed: set[str] = set()
        self._told: dict[str, int] = {}
        self._retries = 0
        self._held_up: dict[str, int] = {}
        self._reasons: set[str] = set()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "RunDisplay":
        """Start drawing."""
        self._bars.start()
        self._whole = self._bars.add_task("[bold]nodes", total=len(self._nodes))
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Draw the last state and leave the terminal as it was."""
        self._stop.set()
        self._thread.join()
        try:
            self._draw()
        finally:
            self._bars.stop()

    def _watch(self) -> None:
        pause_s = _POLL_S
        while not self._stop.wait(pause_s):
            began = time.monotonic()
            self._draw()
            pause_s = max(_POLL_S, (time.monotonic() - began) / _SHARE)

    def _draw(self) -> None:
        self._tell_retries()
        self._tell_held_up()
        for recipe in self._tracker.begun() - self._printed:
            node = self._nodes.get(recipe)
            if node is not None:
                self._draw_node(recipe, node, self._tracker.progress(recipe))
        self._bars.update(self._whole, completed=len(self._printed))

    def _draw_node(self, recipe: str, node: Node, progress: NodeProgress) -> None:
        if progress.activity == "running":
            bar = self._bar_of.get(recipe)
            if bar is None:
                where = f" [bright_black]{escape(progress.where)}[/]" if progress.where else ""
                label = f"{escape(self._labels[recipe])}{where}"
                bar = self._bar_of[recipe] = self._bars.add_task(label, total=None)
            self._bars.update(bar, completed=progress.done, total=progress.total or None)
            if not self._console.is_terminal:
                self._tell(recipe, progress)
        elif progress.activity in _MARKS:
            self._finish(recipe, node, progress.activity, progress.seconds)
        elif recipe in self._bar_of:  # back in the queue
            self._bars.remove_task(self._bar_of.pop(recipe))

    def _tell_retries(self) -> None:
        for recipe, why in self._tracker.retries[self._retries :]:
            self._retries += 1
            said = escape(plain(f"{self._labels[recipe]}: {why}"))
            self._console.print(f"{time.strftime('%H:%M:%S')} [yellow]↻[/] {said}", highlight=False, soft_wrap=True)

    def _tell_held_up(self) -> None:
        """Print each reason why jobs do not start or go on once, when its jobs are as many as at the look before."""
        found = self._tracker.held_up()
        before, self._held_up = self._held_up, {why: len(recipes) for why, recipes in found.items()}
        for why, recipes in found.items():
            if why not in self._reasons and len(recipes) == before.get(why):
                self._reasons.add(why)
                more = f" (and {len(recipes) - 1} more)" if len(recipes) > 1 else ""
                said = escape(plain(f"{self._labels[recipes[0]]}{more}: {why}"))
                self._console.print(f"{time.strftime('%H:%M:%S')} [yellow]…[/] {said}", highlight=False, soft_wrap=True)

    def _tell(self, recipe: str, progress: NodeProgress) -> None:
        """Print how far a long node is, each tenth of it: for logs that are read while a night goes on."""
        tenth = 10 * progress.done // progress.total if progress.total else 0
        if progress.seconds < _LONG_S or tenth <= self._told.get(recipe, 0):
            return
        self._told[recipe] = tenth
        left_s = progress.seconds * (progress.total - progress.done) / max(1, progress.done)
        clock, label = time.strftime("%H:%M:%S"), escape(self._labels[recipe])
        said = f"{clock} … {label} {progress.done} of {progress.total}, about {duration(left_s)} left"
        self._console.print(said, highlight=False, soft_wrap=True)

    def _finish(self, recipe: str, node: Node, activity: Activity, seconds: float) -> None:
        self._printed.add(recipe)
        if recipe in self._bar_of:
            self._bars.remove_task(self._bar_of[recipe])
        label = self._labels[recipe]
        clock = time.strftime("%H:%M:%S")
        self._console.print(
            f"{clock} {_MARKS[activity]} {escape(label)} [bright_black]{seconds:.1f} s[/]", highlight=False
        )
        if node.stage == "edit" and activity == "done":
            for finding in self._findings(node):
                said = f"[yellow]! {escape(plain(label.removesuffix(node.name) + finding))}[/]"
                self._console.print(said, highlight=False, soft_wrap=True)


def _nodes_and_labels(plans: list[ShotPlan]) -> tuple[dict[str, Node], dict[str, str]]:
    """Return the nodes to do, by recipe, and what to call any: after its shot, or its scene when several share it.

    One that is there may turn out to be lost, and be made after all.
    """
    nodes: dict[str, Node] = {}
    labels: dict[str, str] = {}
    for plan in plans:
        for planned in plan.nodes:
            recipe, scene = planned.node.recipe, plan.shot.scene.name
            of = scene if recipe in labels else f"{scene}/{plan.shot.shot.name}"
            labels[recipe] = f"{of} {planned.node.name}"
            if planned.state != "fresh":
                nodes[recipe] = planned.node
    return nodes, labels
