"""What `run` and `diffuse` share: run planned shots, and report what became of each."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from pipelines.node import Ledger
    from pipelines.plan import ShotPlan
    from pipelines.results import ShotResult
    from pipelines.run import RunOptions
    from pipelines.tracker import Tracker
    from r2s2r.artifacts.store import Store
    from r2s2r.spec.project import Project


def add_run_options(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of both verbs: processes, what a failure stops, the form of the report."""
    parser.add_argument("--workers", type=workers, default=os.cpu_count() or 1, metavar="N", help="processes at once")
    parser.add_argument(
        "--executor",
        choices=("local", "slurm"),
        help="where goes what runs a model, or all that is worth a job (default: the project's, else local)",
    )
    parser.add_argument("--fail-fast", action="store_true", help="start nothing more after the first failure")
    parser.add_argument("--json", action="store_true", help="machine-readable results, on stdout")


def run_options(args: argparse.Namespace, project: Project) -> RunOptions:
    """Return how to run, by the arguments of ``add_run_options``."""
    from pipelines.run import RunOptions

    executor = args.executor or project.spec.farm.executor
    return RunOptions(project, args.workers, executor, fail_fast=args.fail_fast)


def run_plans(plans: list[ShotPlan], ledger: Ledger, options: RunOptions, *, as_json: bool) -> int:
    """Make what is stale in the plans, with progress on stderr, and report; return the exit code."""
    from pipelines.run import run

    end_on_signals()
    with ledger.store.explained():
        results = run(plans, ledger, options, display=lambda tracker: watched_by(plans, tracker, ledger.store))
    if as_json:
        json.dump({"shots": [result_json(result) for result in results]}, sys.stdout, indent=1)
        sys.stdout.write("\n")
    else:
        from r2s2r.cli.summary import show

        show(results)
    return exit_code(results)


def end_on_signals() -> None:
    """End on TERM and HUP as on Ctrl-C."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:  # under nohup, a hang-up stays ignored
            signal.signal(number, _end)


def _end(number: int, frame: object) -> None:
    """End as Ctrl-C does, so that workers are ended too."""
    raise _SignalledExit(number)


class _SignalledExit(SystemExit):
    """The end that a signal asked for; the journal, and so the report, have its words."""

    def __init__(self, number: int) -> None:
        super().__init__(128 + number)
        self._number = number

    def __str__(self) -> str:
        return f"was ended by {signal.Signals(self._number).name}"


def watched_by(plans: list[ShotPlan], tracker: Tracker, store: Store) -> AbstractContextManager[object]:
    """Return the display of a run, on stderr. What edits are told to look at is said at once, before anything dear."""
    from rich.console import Console

    from pipelines.node import Ledger
    from r2s2r.cli.display import RunDisplay

    return RunDisplay(
        plans, tracker, Console(stderr=True, emoji=False), findings=lambda node: Ledger(store).findings(node)
    )


def workers(text: str) -> int:
    """Return a number of processes, as written. Raises argparse's error for what is none."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of processes; give 1 or more")
    return int(text)


def exit_code(results: list[ShotResult]) -> int:
    """Wrong input (2) and a lack of the machine (3) only when nothing worse happened; else 1 for a failed shot.

    What was put off did not fail.
    """
    codes = {failure.exit_code for result in results for failure in result.failures}
    if all(result.is_complete or (result.put_off and not result.failures) for result in results):
        return 0
    return codes.pop() if len(codes) == 1 else 1


def result_json(result: ShotResult) -> dict[str, object]:
    """Return what became of a shot in the documented form."""
    from r2s2r.cli.plan import as_json

    return {
        **as_json(result.plan),
        "state": "done" if result.is_complete else "put off" if result.put_off else "failed",
        "put_off": result.put_off,
        "video": str(video) if (video := result.delivered.get("encode")) else None,
        "delivered": {name: str(path) for name, path in result.delivered.items()},
        "seconds": result.seconds,
        "errors": [{"node": failure.node.name, "message": failure.message} for failure in result.failures],
    }
