"""``r2s2r stage``: build requests by key. What a farm job runs; a person hardly ever does."""

import argparse
import sys
from pathlib import Path

EXAMPLE = "example: r2s2r stage --store .r2s2r 3f9a..."


def add(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    parser = verbs.add_parser("stage", help="build requests that a run has written to the store", epilog=EXAMPLE)
    parser.add_argument("keys", nargs="+", metavar="KEY", help="keys of requests")
    parser.add_argument("--store", type=Path, required=True, help="the store's folder")


def run(args: argparse.Namespace) -> int:
    """Build the requests one after the other."""
    from pipelines.build import asked, build
    from r2s2r.artifacts.store import Store
    from r2s2r.artifacts.sweep import in_use

    store = Store(args.store)
    with in_use(store):
        for key in args.keys:
            build(store, asked(store, key))
            sys.stderr.write(f"{key}: done\n")
    return 0
