"""``r2s2r cancel``: end what runs, from any machine."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from r2s2r.cli.plain import plain
from r2s2r.cli.spinner import sign_of_life
from r2s2r.errors import InputError, R2S2RError

if TYPE_CHECKING:
    from r2s2r.artifacts.run_state import RunState

EXAMPLE = "example: r2s2r cancel bunny orbit, or: r2s2r cancel --all"

_LISTEN_S = 2.0


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = verbs.add_parser(
        "cancel",
        help="end what runs, from any machine",
        description="End shots that are being made or wait for it, in all runs of the project that go on. What other "
        "shots need, too, is left to them. The run's driver does it; where that is gone, the jobs that it left with "
        "the farm are ended. Results that are there stay. Exit: 0 it has ended, 1 nothing of it runs, or it has not "
        "ended yet.",
        epilog=EXAMPLE,
    )
    parser.add_argument("scene", nargs="?", metavar="SCENE", help="scene file, or name of a scene")
    parser.add_argument("shot", nargs="?", metavar="SHOT", help="only this shot")
    parser.add_argument("--all", action="store_true", help="whatever runs")
    parser.add_argument("--run", metavar="ID", help="only in this run, which `r2s2r status` names")


def run(args: argparse.Namespace) -> int:
    """Ask drivers to end what is meant, or end it where there is no driver; say what became of it."""
    from r2s2r.artifacts.store import Store
    from r2s2r.cli.asked_to_end import ask_driver
    from r2s2r.cli.left_jobs import end_left
    from r2s2r.cli.watched_runs import WatchedRuns
    from r2s2r.spec.project import find_project

    if not (args.scene or args.all or args.run):
        raise InputError("say what: a SCENE, a run with --run, or --all for whatever runs; `r2s2r status` shows it")
    path = Path(args.scene or ".")
    project = find_project(path if path.is_file() else Path())
    store = Store(project.store)
    store.exists()  # one of another format is refused
    said = []
    with sign_of_life("asking for its end"):
        for state, pulse in WatchedRuns(store).unended(listen_s=_LISTEN_S):
            recipes = _meant(state, args)
            if recipes and pulse != "dead":
                said.append(ask_driver(state, recipes, store, is_whole=args.scene is None))
            elif recipes:
                said += end_left(state, recipes, store, project.spec.farm)
    for one in said:
        (sys.stdout if one.has_ended else sys.stderr).write(plain(f"{one.words}\n"))
    if not said:
        what = " ".join(filter(None, (args.scene, args.shot, args.run and f"run {args.run}"))) or str(store.root)
        sys.stderr.write(plain(f"{what}: nothing of it runs or waits; `r2s2r status` shows what does\n"))
    return 0 if said and all(one.has_ended for one in said) else R2S2RError.exit_code


def _meant(state: RunState, args: argparse.Namespace) -> set[str]:
    """Return the recipes of a run that are to end."""
    from r2s2r.artifacts.run_state import shots_named

    if args.run not in (None, state.run.id):
        return set()
    if args.scene is None:
        return state.only_theirs(state.run.shots)
    path = Path(args.scene)
    scene = str(path.absolute()) if path.is_file() else args.scene
    return state.only_theirs(shots_named(state.run, scene, args.shot))
