"""``r2s2r logs``: what nodes printed while they were made."""

from __future__ import annotations

import argparse
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from r2s2r.cli.plain import plain
from r2s2r.errors import R2S2RError

if TYPE_CHECKING:
    from r2s2r.artifacts.run_state import NodeState
    from r2s2r.cli.log_lines import LogLines
    from r2s2r.cli.logged import Logged

EXAMPLE = "example: r2s2r logs scenes/bunny.yaml orbit diffuse --follow, or: r2s2r logs 3f9a"

_LINES = 50
_LOOK_S = 0.5


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = verbs.add_parser(
        "logs",
        help="show what nodes printed while they were made",
        description="Show the last lines of the logs of a scene's nodes, as its latest run left them or writes "
        "them, on whichever machine. Escape codes are left out; the file with all is named above its lines. "
        "Exit: 0, or 1 where there is no log.",
        epilog=EXAMPLE,
    )
    parser.add_argument("scene", metavar="SCENE", help="scene file, name of a scene, or the first digits of a key")
    parser.add_argument("shot", nargs="?", metavar="SHOT", help="only this shot")
    parser.add_argument("node", nargs="?", metavar="NODE", help="only this node, e.g. diffuse or mask:bunny")
    parser.add_argument("--follow", action="store_true", help="go on until these nodes have ended; Ctrl-C ends it")
    parser.add_argument(
        "--lines", type=_count, default=_LINES, metavar="N", help=f"so many of each log (default {_LINES}; 0: all)"
    )
    parser.add_argument("--profile", metavar="NAME", help="as for run, where the scene has not been run lately")


def run(args: argparse.Namespace) -> int:
    """Show the logs."""
    from r2s2r.artifacts.store import Store
    from r2s2r.cli.logged import Choice, logged
    from r2s2r.spec.project import find_project

    path = Path(args.scene)
    store = Store(find_project(path if path.is_file() else Path()).store)
    store.exists()  # one of another format is refused
    found = logged(Choice(args.scene, args.shot, args.node, args.profile), store)
    logs: dict[str, LogLines] = {}
    _show_begun(found, logs, most=args.lines or None)
    if args.follow:
        _follow(found, logs)
    _write([f"== {plain(node.label)}: {_why_none(node)}" for node in found.nodes if node.recipe not in logs])
    return 0 if logs else R2S2RError.exit_code


def _show_begun(found: Logged, logs: dict[str, LogLines], *, most: int | None) -> bool:
    """Print the logs that are there and were not yet; return whether there was one."""
    from r2s2r.cli.log_lines import LogLines

    begun = [node for node in found.nodes if node.recipe not in logs and node.key and found.path(node).exists()]
    for node in begun:
        logs[node.recipe] = LogLines(found.path(node))
        _write([f"== {plain(node.label)}: {plain(str(found.path(node)))}", *logs[node.recipe].last(most)])
    return bool(begun)


def _follow(found: Logged, logs: dict[str, LogLines]) -> None:
    """Print what is added until none of the nodes goes on."""
    last = ""
    with suppress(KeyboardInterrupt):
        goes_on = True
        while goes_on:
            found.read()
            goes_on = any(found.goes_on(node) for node in found.nodes)
            last = "" if _show_begun(found, logs, most=None) else last
            for node in found.nodes:
                log = logs.get(node.recipe)
                added = [] if log is None else log.added() if goes_on else log.last(None)
                if added:
                    _write([f"== {plain(node.label)}"] if last != node.recipe and len(logs) > 1 else [])
                    _write(added)
                    last = node.recipe
            if goes_on:
                time.sleep(_LOOK_S)


def _write(lines: list[str]) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def _why_none(node: NodeState) -> str:
    if node.activity in ("waiting", "queued"):
        return "no log: it was not begun yet"
    if node.activity == "fresh":
        return "no log: it was made before or elsewhere, and its log is not here"
    return f"no log: {node.activity}{f' ({plain(node.message)})' if node.message else ''}"


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of lines")
    return int(text)
