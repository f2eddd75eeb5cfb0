"""``r2s2r gc``: keep the store to a size and an age."""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from r2s2r.artifacts.store import Store
    from r2s2r.artifacts.sweep import Swept

EXAMPLE = "example: r2s2r gc --max-size 20GB --keep-days 30 --dry-run"
_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_SIZE, _DAYS = "50GB", 90.0
# What takes less shows no bar.
_LONG_S = 2.0


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = verbs.add_parser(
        "gc",
        help="remove left-overs, and old results no scene uses",
        description="Remove what killed workers left, requests, logs and journals older than a month (those of the 20 "
        "latest runs stay), and results that no scene used in its last run: all that were not used for --keep-days, "
        "and of the others the least recently used, until the store fits --max-size. What existing scenes used last "
        "is always kept. Nothing is removed while a run goes on.",
        epilog=EXAMPLE,
    )
    parser.add_argument("folder", nargs="?", type=Path, default=Path(), help="a folder of the project (default: here)")
    parser.add_argument(
        "--max-size", type=_bytes, default=_bytes(_SIZE), metavar="SIZE", help=f"e.g. 20GB (default {_SIZE})"
    )
    parser.add_argument(
        "--keep-days", type=_days, default=_DAYS, metavar="N", help=f"days without use (default {_DAYS:g})"
    )
    parser.add_argument("--dry-run", action="store_true", help="only say what would be removed")
    parser.add_argument("--json", action="store_true", help="machine-readable, on stdout")


def run(args: argparse.Namespace) -> int:
    """Sweep the project's store."""
    from r2s2r.artifacts.store import Store
    from r2s2r.spec.project import project_at

    store = Store(project_at(args.folder).store)
    swept = _swept(store, args) if store.exists() else None
    if args.json:
        said = {"store": str(store.root), "dry_run": args.dry_run, **(asdict(swept) if swept else {})}
        sys.stdout.write(json.dumps(said, indent=1) + "\n")
    elif swept is None:
        sys.stdout.write(f"{store.root}: there is no store yet\n")
    else:
        verb = "would remove" if args.dry_run else "removed"
        sys.stdout.write(
            f"{store.root}: {verb} {swept.objects} results ({swept.freed / 1e6:.1f} MB), {swept.rubbish} left-overs "
            f"and {swept.notes} old notes; {swept.kept_objects} results ({swept.kept / 1e6:.1f} MB) stay\n"
        )
    return 0


def _swept(store: Store, args: argparse.Namespace) -> Swept:
    """Sweep, with a bar on stderr for what takes long."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from r2s2r.artifacts.sweep import sweep

    console = Console(stderr=True, emoji=False)
    columns = TextColumn("store"), BarColumn(), MofNCompleteColumn()
    bars = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
    bar, began = bars.add_task("store", total=None), time.monotonic()

    def tell(done: int, total: int) -> None:
        bars.update(bar, completed=done, total=total)
        if time.monotonic() - began > _LONG_S:
            bars.start()

    try:
        with store.explained():
            return sweep(store, max_size=args.max_size, keep_days=args.keep_days, dry_run=args.dry_run, progress=tell)
    finally:
        bars.stop()


def _bytes(text: str) -> int:
    parts = re.fullmatch(r"(\d{1,15}(?:\.\d+)?) ?([KMGT]?)B?", text.strip().upper())
    if parts is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not a size; write 500MB, 20GB or a number of bytes")
    return int(float(parts[1]) * _UNITS[parts[2]])


def _days(text: str) -> float:
    if not re.fullmatch(r"\d{1,6}(\.\d+)?", text.strip()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of days; write 30")
    return float(text)
