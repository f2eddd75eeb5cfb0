"""``r2s2r run``: make what is stale."""

import argparse

from r2s2r.cli.run_plans import add_run_options, run_options, run_plans
from r2s2r.cli.select import add_selection, selected_shots
from r2s2r.errors import InputError

EXAMPLE = "example: r2s2r run scenes/*.yaml --shot orbit"


def add(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
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
        "--until",
        action="append",
        metavar="NODE",
        help="make this node and what it needs, e.g. render (may be repeated)",
    )
    add_run_options(parser)


def run(args: argparse.Namespace) -> int:
    """Run the selected shots and report what became of each."""
    from pipelines.node import Ledger
    from pipelines.plan import plan_shot
    from r2s2r.artifacts.remote_store import store_of

    project, shots = selected_shots(args)
    until = args.until or ["encode"]
    _check_until(until, {node.name for shot in shots for node in shot.nodes})
    store = store_of(project)
    ledger = Ledger(store)
    plans = [plan_shot(shot, ledger).until(until) for shot in shots]
    return run_plans(plans, ledger, run_options(args, project), as_json=args.json)


def _check_until(until: list[str], names: set[str]) -> None:
    for name in until:
        if name not in names | {known.partition(":")[0] for known in names}:
            raise InputError(f"--until {name}: no such node; there are {', '.join(sorted(names))}")
