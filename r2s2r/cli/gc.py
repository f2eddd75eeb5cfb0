"""``r2s2r gc``: keep the store to a size."""

import argparse
import re
import sys
from pathlib import Path

EXAMPLE = "example: r2s2r gc --max-size 20GB --dry-run"
_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


def add(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    parser = verbs.add_parser(
        "gc",
        help="remove left-overs, and old results no scene uses",
        description="Remove what killed workers left, and results that no scene used in its last run, least recently "
        "used first, until the store fits --max-size. What existing scenes used last is always kept.",
        epilog=EXAMPLE,
    )
    parser.add_argument("folder", nargs="?", type=Path, default=Path(), help="a folder of the project (default: here)")
    parser.add_argument(
        "--max-size", type=_bytes, default=_bytes("50GB"), metavar="SIZE", help="e.g. 20GB (default 50GB)"
    )
    parser.add_argument("--dry-run", action="store_true", help="only say what would be removed")


def run(args: argparse.Namespace) -> int:
    """Sweep the project's store."""
    from r2s2r.artifacts.store import Store
    from r2s2r.artifacts.sweep import sweep
    from r2s2r.spec.project import find_project

    store = Store(find_project(args.folder).store)
    if not store.exists():
        sys.stdout.write(f"{store.root}: there is no store yet\n")
        return 0
    with store.explained():
        swept = sweep(store, max_size=args.max_size, dry_run=args.dry_run)
    verb = "would remove" if args.dry_run else "removed"
    sys.stdout.write(
        f"{store.root}: {verb} {swept.objects} results ({swept.freed / 1e6:.1f} MB) and {swept.rubbish} left-overs; "
        f"{swept.kept / 1e6:.1f} MB stay\n"
    )
    return 0


def _bytes(text: str) -> int:
    parts = re.fullmatch(r"(\d{1,15}(?:\.\d+)?) ?([KMGT]?)B?", text.strip().upper())
    if parts is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not a size; write 500MB, 20GB or a number of bytes")
    return int(float(parts[1]) * _UNITS[parts[2]])
