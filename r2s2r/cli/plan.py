"""``r2s2r plan``: what a run would build, and why."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from r2s2r.cli.plain import plain
from r2s2r.cli.select import add_selection, selected_shots

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.forecast import Forecast, Forecaster
    from pipelines.node import Ledger
    from pipelines.plan import ShotPlan

EXAMPLE = "example: r2s2r plan scenes/bunny.yaml --shot orbit"
_MANY = 50  # More stale shots than this get a line each.


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = verbs.add_parser(
        "plan",
        help="show what a run would build, and why",
        description="Show what a run would build, and why; for a video model also its prompt, segments, memory and "
        "minutes, and what to look at. Builds and loads nothing.",
        epilog=EXAMPLE,
    )
    add_selection(parser)
    parser.add_argument("--all", action="store_true", help="list the fresh nodes of stale shots, too")
    parser.add_argument("--json", action="store_true", help="machine-readable, on stdout")


def run(args: argparse.Namespace) -> int:
    """Plan the selected shots; builds nothing."""
    from pipelines.forecast import Forecaster
    from pipelines.node import Ledger
    from pipelines.plan import plan_shot, sizes
    from r2s2r.artifacts.remote_store import store_of

    project, shots = selected_shots(args)
    ledger = Ledger(store_of(project))
    forecaster = Forecaster(ledger)
    plans = [plan_shot(shot, ledger) for shot in shots]
    if args.json:
        shots_json = [
            {
                **as_json(plan),
                "findings": _findings(plan, ledger),
                "sizes": asdict(sizes(plan, ledger)),
                "forecast": _forecast_json(forecaster.forecast(plan)),
            }
            for plan in plans
        ]
        json.dump({"shots": shots_json}, sys.stdout, indent=1)
        sys.stdout.write("\n")
    else:
        _show(plans, forecaster, with_fresh=args.all)
    return 0


def as_json(plan: ShotPlan) -> dict[str, object]:
    """Return a shot's plan in the documented form."""
    nodes = [{"node": one.node.name, "key": one.key, "state": one.state, "why": list(one.why)} for one in plan.nodes]
    return {"scene": plan.shot.scene.name, "shot": plan.shot.shot.name, "nodes": nodes}


def _findings(plan: ShotPlan, ledger: Ledger) -> list[str]:
    """Return what the edit of a shot found; nothing where that is stale: `run --until edit` tells in a second."""
    return [finding for one in plan.nodes if one.node.stage == "edit" for finding in ledger.findings(one.node)]


def _forecast_json(found: Forecast | None) -> dict[str, object] | None:
    return None if found is None else {**asdict(found), "generated_frames": found.segments.padded}


def _show(plans: list[ShotPlan], forecaster: Forecaster, *, with_fresh: bool) -> None:
    stale = [plan for plan in plans if not plan.is_fresh]
    if len(stale) > _MANY and not with_fresh:
        _show_many(stale)
    elif stale:
        _show_stale(stale, forecaster, with_fresh=with_fresh)
    for plan in plans:
        for finding in _findings(plan, forecaster.ledger):
            sys.stdout.write(plain(f"note: {plan.shot.scene.name}/{plan.shot.shot.name} {finding}\n"))
    fresh = len(plans) - len(stale)
    if fresh:
        sys.stdout.write(f"{fresh} of {len(plans)} shots are fresh: nothing to do for them\n")


def _show_many(plans: list[ShotPlan]) -> None:
    """Show a line for each shot: a night's worth of tables is neither read nor made in a moment."""
    for plan in plans:
        left = [one for one in plan.nodes if one.state != "fresh"]
        causes = "; ".join(f"{one.node.name}: {'; '.join(one.why)}" for one in left if one.state == "stale")
        label = f"{plan.shot.scene.name}/{plan.shot.shot.name}"
        sys.stdout.write(plain(f"{label}: {len(left)} of {len(plan.nodes)} nodes to make ({causes})\n"))
    sys.stdout.write(f"{len(plans)} shots are to be made; plan fewer of them, or add --all, to see nodes and costs\n")


def _show_stale(plans: list[ShotPlan], forecaster: Forecaster, *, with_fresh: bool) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table("shot", "node", "state", "why", box=None, header_style="bold")
    colours = {"fresh": "green", "stale": "yellow", "unknown": "bright_black"}
    for plan in plans:
        table.add_row(f"{plan.shot.scene.name}/{plan.shot.shot.name}", "", "", _framing(plan, forecaster.ledger))
        for word, line in _forecast_lines(forecaster.forecast(plan)):
            table.add_row("", word, "", escape(plain(line)))
        for one in plan.nodes:
            if one.state != "fresh" or with_fresh:
                colour = colours[one.state]
                table.add_row("", one.node.name, f"[{colour}]{one.state}[/]", escape(plain("; ".join(one.why))))
    Console(emoji=False).print(table)


def _forecast_lines(found: Forecast | None) -> Iterator[tuple[str, str]]:
    """Yield what a video model will be told and cost, each with a word for it."""
    from r2s2r.models.estimate import describe

    if found is None:
        return
    yield "prompt", found.prompt
    segments, each = found.segments, f", {found.variants} times" if found.variants > 1 else ""
    cut = f"{segments.count} segments of" if segments.count > 1 else "one segment of"
    more = f": {segments.padded} are generated for {segments.frames}" if segments.padded > segments.frames else ""
    kept = f"; {found.kept} kept of a run that was ended" if found.kept else ""
    yield "segments", f"{cut} {segments.length} frames{each}{more}{kept}"
    yield "cost", f"{'' if found.gpu_is_here else 'no GPU here; '}{describe(found.estimate)}{each}"
    for warning in found.warnings:
        yield "warning", warning


def _framing(plan: ShotPlan, ledger: Ledger) -> str:
    from pipelines.plan import sizes

    found, edit = sizes(plan, ledger), plan.shot.shot.edit
    source = "x".join(map(str, found.source)) if found.source else "(not decoded yet)"
    made, delivered = ("x".join(map(str, size)) for size in (found.generation, found.delivery))
    return (
        f"source {source} -> generated {made} -> delivered {delivered}, {edit.frames} frames at {edit.output.fps} fps"
    )
