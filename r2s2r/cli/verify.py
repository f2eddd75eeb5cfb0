"""``r2s2r verify``: re-hash the store."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from r2s2r.artifacts.store import Store

EXAMPLE = "example: r2s2r verify scenes"


def add(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    parser = verbs.add_parser(
        "verify", help="re-hash every result; damaged ones are removed and made again by the next run", epilog=EXAMPLE
    )
    parser.add_argument(
        "--rerun", action="store_true", help="also do every finished stage again and compare the bytes (takes as long)"
    )
    parser.add_argument("folder", nargs="?", type=Path, default=Path(), help="a folder of the project (default: here)")


def run(args: argparse.Namespace) -> int:
    """Verify the project's store; exit 1 if anything was damaged, or came out otherwise when done again."""
    from r2s2r.artifacts.store import Store
    from r2s2r.artifacts.verify import verify
    from r2s2r.spec.project import project_at

    store = Store(project_at(args.folder).store)
    count = damaged = 0
    with store.explained():
        for verdict in verify(store):
            count += 1
            if verdict.damage:
                damaged += 1
                sys.stdout.write(f"{verdict.digest}: {'; '.join(verdict.damage)}: removed\n")
    sys.stdout.write(f"{store.root}: {count} results, {damaged} damaged\n")
    differing = _rerun(store) if args.rerun else 0
    return 1 if damaged or differing else 0


def _rerun(store: "Store") -> int:
    """Do everything again, say what differs, and return how much did."""
    from pipelines.rerun import rerun

    store.prepare()
    count = differing = 0
    for one in rerun(store):
        count += 1
        if one.problem:
            differing += 1
            sys.stdout.write(f"{one.action.request.stage} {one.action.key}: {one.problem}\n")
    sys.stdout.write(f"{store.root}: {count} stages done again, {differing} not as they were\n")
    return differing
