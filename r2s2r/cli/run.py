"""``r2s2r run``: make what is stale."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from typing import TYPE_CHECKING

from r2s2r.cli.select import add_selection, selected_shots
from r2s2r.errors import InputError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from pipelines.plan import ShotPlan
    from pipelines.run import ShotResult
    from pipelines.tracker import Tracker

EXAMPLE = "example: r2s2r run scenes/*.yaml --shot orbit"


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = verbs.add_parser(
        "run",
        help="make what is stale",
        description="Make what is stale. Exit: 0 all done, 1 a shot failed (the others were finished), 2 the input is "
        "wrong, 3 this machine lacks something.",
        epilog=EXAMPLE,
    )
    add_selection(parser)
    parser.add_argument(
        "--until", default="encode", metavar="NODE", help="stop after this node, e.g. render or mask:bunny"
    )
    parser.add_argument("--workers", type=_workers, default=os.cpu_count() or 1, metavar="N", help="processes at once")
    parser.add_argument("--fail-fast", action="store_true", help="start nothing more after the first failure")
    parser.add_argument("--json", action="store_true", help="machine-readable results, on stdout")


def run(args: argparse.Namespace) -> int:
    """Run the selected shots and report what became of each."""
    from pipelines.node import Ledger
    from pipelines.plan import plan_shot
    from pipelines.run import RunOptions
    from pipelines.run import run as run_shots
    from r2s2r.artifacts.store import Store

    project, shots = selected_shots(args)
    _check_until(args.until, {node.name for shot in shots for node in shot.nodes})
    _end_on_signals()
    store = Store(project.store)
    ledger = Ledger(store)
    plans = [plan_shot(shot, ledger).until(args.until) for shot in shots]
    options = RunOptions(workers=args.workers, fail_fast=args.fail_fast, out=project.out)
    with store.explained():
        results = run_shots(plans, store, options, display=lambda tracker: _display(plans, tracker))
    if args.json:
        json.dump({"shots": [_as_json(result) for result in results]}, sys.stdout, indent=1)
        sys.stdout.write("\n")
    else:
        from r2s2r.cli.summary import show

        show(results)
    return _exit_code(results)


def _end_on_signals() -> None:
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:  # under nohup, a hang-up stays ignored
            signal.signal(number, _end)


def _end(number: int, frame: object) -> None:
    """End as Ctrl-C does, so that workers are ended too."""
    sys.exit(128 + number)


def _display(plans: list[ShotPlan], tracker: Tracker) -> AbstractContextManager[object]:
    from rich.console import Console

    from r2s2r.cli.display import RunDisplay

    return RunDisplay(plans, tracker, Console(stderr=True))


def _check_until(until: str, names: set[str]) -> None:
    if until not in names and until not in {name.partition(":")[0] for name in names}:
        raise InputError(f"--until {until}: no such node; there are {', '.join(sorted(names))}")


def _workers(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of processes; give 1 or more")
    return int(text)


def _exit_code(results: list[ShotResult]) -> int:
    """Wrong input (2) and a lack of the machine (3) only when nothing worse happened; else 1 for a failed shot."""
    codes = {failure.exit_code for result in results for failure in result.failures}
    if all(result.is_complete for result in results):
        return 0
    return codes.pop() if len(codes) == 1 else 1


def _as_json(result: ShotResult) -> dict[str, object]:
    from r2s2r.cli.plan import as_json

    return {
        **as_json(result.plan),
        "state": "done" if result.is_complete else "failed",
        "video": str(result.video) if result.video else None,
        "seconds": result.seconds,
        "errors": [{"node": failure.node.name, "message": failure.message} for failure in result.failures],
    }
