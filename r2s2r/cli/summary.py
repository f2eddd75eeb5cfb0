"""The table at the end of a run: what was rebuilt and why, how long it took, where the results are, what failed."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from r2s2r.cli.plain import plain

if TYPE_CHECKING:
    from pipelines.failure import Failure
    from pipelines.results import ShotResult

_MANY = 12  # More unchanged shots than this are counted, not listed.


def show(results: list[ShotResult]) -> None:
    """Print the summary on stdout, failures and findings on stderr."""
    idle = [result for result in results if result.is_complete and not result.seconds]
    busy = [result for result in results if not (result.is_complete and not result.seconds)]
    if busy:
        _show_busy(busy)
    if len(idle) > _MANY:
        sys.stdout.write(f"{len(idle)} shots are fresh: nothing was rebuilt for them\n")
    else:
        for result in idle:
            sys.stdout.write(f"{_label(result)}: fresh, nothing rebuilt  {_where(result)}".rstrip() + "\n")


def _show_busy(results: list[ShotResult]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table("shot", "rebuilt", "because", "seconds", box=None, header_style="bold")
    for result in results:
        mark = "[green]✓[/]" if result.is_complete else "[yellow]–[/]" if result.put_off else "[red]✗[/]"
        rebuilt = ", ".join(result.seconds) or "nothing"
        took = f"{sum(result.seconds.values()):.1f}"
        table.add_row(f"{mark} {escape(_label(result))}", rebuilt, escape(plain(_because(result))), took)
    Console(emoji=False).print(table)
    for result in results:
        for name, path in result.delivered.items():
            node = "" if name == "encode" else f" {name}"
            sys.stdout.write(f"{_label(result)}{node}: {_relative(path)}\n")
        for name, folder in result.folders.items():
            sys.stdout.write(f"{_label(result)} {name}: {_relative(folder)}\n")
    _show_put_off(results)
    sys.stdout.flush()
    _show_findings(results)
    _show_failures(results)


def _show_put_off(results: list[ShotResult]) -> None:
    """Say what was left for another time, once for each reason."""
    shots: dict[str, list[str]] = {}
    for result in results:
        if result.put_off:
            shots.setdefault(result.put_off, []).append(_label(result))
    for why, labels in shots.items():
        more = f" and {len(labels) - _MANY} more" if len(labels) > _MANY else ""
        sys.stdout.write(plain(f"put off: {', '.join(labels[:_MANY])}{more}: {why}\n"))


def _because(result: ShotResult) -> str:
    """The first causes: reasons of stale nodes, without those that only follow from another."""
    reasons = [f"{one.node.name}: {'; '.join(one.why)}" for one in result.plan.nodes if one.state == "stale"]
    return "\n".join(reasons)


def _show_findings(results: list[ShotResult]) -> None:
    """Name a finding of a node that several shots share once, by the scene."""
    shots: dict[tuple[str, str], list[str]] = {}
    for result in results:
        for line in result.findings:
            shots.setdefault((result.plan.shot.scene.name, line), []).append(_label(result))
    for (scene, line), labels in shots.items():
        sys.stderr.write(plain(f"note: {labels[0] if len(labels) == 1 else scene} {line}\n"))


def _show_failures(results: list[ShotResult]) -> None:
    from r2s2r.spec.locate import locate

    shown: set[str] = set()
    for result in results:
        for failure in result.failures:
            if failure.node.recipe not in shown:
                shown.add(failure.node.recipe)
                path, words = Path(_relative(result.plan.shot.scene.path)), _words(failure)
                said = locate(path, failure.field, words) if failure.field else f"{_label(result)}: {words}"
                sys.stderr.write(plain(f"{said}\n"))


def _words(failure: Failure) -> str:
    words = f"{failure.node.name}: {failure.message}"
    return words if failure.is_expected else f"{words}\n{failure.details.rstrip()}"


def _where(result: ShotResult) -> str:
    return ", ".join(_relative(path) for path in result.delivered.values())


def _relative(path: Path) -> str:
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)


def _label(result: ShotResult) -> str:
    return f"{result.plan.shot.scene.name}/{result.plan.shot.shot.name}"
