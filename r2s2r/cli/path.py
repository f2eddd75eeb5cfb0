"""``r2s2r path``: the folder of a node's result, for a look with other programs."""

import argparse
import sys
from pathlib import Path

from r2s2r.cli.select import selected_shots
from r2s2r.errors import InputError, R2S2RError

EXAMPLE = 'example: ls "$(r2s2r path scenes/bunny.yaml orbit render)/normal"'


def add(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    parser = verbs.add_parser("path", help="print the folder of a node's result", epilog=EXAMPLE)
    parser.add_argument("scene", type=Path, help="scene file")
    parser.add_argument("shot", help="shot of the scene")
    parser.add_argument(
        "node", help="e.g. mask:bunny or render; control and reference where a video model is chosen (--profile final)"
    )
    parser.add_argument("--profile", metavar="NAME", help="as for run")


def run(args: argparse.Namespace) -> int:
    """Print the folder. Errors when the node is not built, or stale: nothing old is ever served."""
    from pipelines.node import Ledger
    from r2s2r.artifacts.remote_store import store_of

    args.scenes, args.tag, args.shot = [args.scene], [], [args.shot]
    project, (shot,) = selected_shots(args)
    try:
        node = shot[args.node]
    except KeyError as error:
        names = ", ".join(node.name for node in shot.nodes)
        raise InputError(f"{args.node}: no such node in {shot.shot.name}; there are {names}") from error
    ledger = Ledger(store_of(project))
    is_here = ledger.fetch(node)
    action = ledger.action(node)
    if action is None or not is_here:
        raise R2S2RError(
            f"{args.node} is not built; `r2s2r run {args.scene} --shot {shot.shot.name} --until {args.node}`"
        )
    sys.stdout.write(f"{ledger.store.object(action.result)}\n")
    return 0
