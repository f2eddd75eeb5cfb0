"""``r2s2r status``: what runs, what waits, what failed."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from r2s2r.artifacts.pulse import Pulse
    from r2s2r.artifacts.run_state import NodeState, RunState
    from r2s2r.artifacts.store import Store
    from r2s2r.cli.watched_runs import WatchedRuns

EXAMPLE = "example: r2s2r status, or: r2s2r status scenes --json"

_LOOK_S = 1.0
# A driver beats twice a second; who was not heard so long may still live, if it is on another machine.
_LISTEN_S = 2.0
# Between two rounds a night decides anew, and for some seconds seems to have ended.
_PAUSE_S = 10.0
# Where there is no terminal, whose height would say it.
_ROWS = 40


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = verbs.add_parser(
        "status",
        help="show what runs, what waits and what failed",
        description="Show the runs and nights of a project that go on, wherever they were started, and the last one "
        "that ended: how many shots are done, what runs where and how far it is, what failed, what comes next. On a "
        "terminal the table is kept up to date until nothing goes on any more; Ctrl-C ends it, and no run. Only reads "
        "the store.",
        epilog=EXAMPLE,
    )
    parser.add_argument("folder", nargs="?", type=Path, default=Path(), help="a folder of the project (default: here)")
    parser.add_argument("--once", action="store_true", help="print it once, also on a terminal")
    parser.add_argument("--json", action="store_true", help="machine-readable, on stdout, once")


def run(args: argparse.Namespace) -> int:
    """Show the runs of the project's store."""
    from r2s2r.artifacts.store import Store
    from r2s2r.cli.watched_runs import WatchedRuns
    from r2s2r.spec.project import project_at

    store = Store(project_at(args.folder).store)
    store.exists()  # one of another format is refused
    watched = WatchedRuns(store)
    if args.json:
        runs = [_as_json(state, pulse, store) for state, pulse in watched.look(listen_s=_LISTEN_S)]
        json.dump({"store": str(store.root), "runs": runs}, sys.stdout, indent=1)
        sys.stdout.write("\n")
    elif args.once or not sys.stdout.isatty():
        _print(watched)
    else:
        _show_live(watched)
    return 0


def _print(watched: WatchedRuns) -> None:
    from rich.console import Console

    from r2s2r.cli.status_table import table

    Console(emoji=False, highlight=False).print(table(watched.look(listen_s=_LISTEN_S), watched.store, rows=_ROWS))


def _show_live(watched: WatchedRuns) -> None:
    from rich.console import Console
    from rich.live import Live

    from r2s2r.cli.status_table import table

    console = Console(emoji=False, highlight=False)
    next_round_by = 0.0
    with Live(console=console, auto_refresh=False, vertical_overflow="ellipsis") as live:
        try:
            while True:
                runs = watched.look()
                live.update(table(runs, watched.store, rows=console.height), refresh=True)
                going_on = [state.run.kind for state, pulse in runs if pulse != "dead"]
                if not going_on and time.monotonic() >= next_round_by:
                    return
                if any(kind != "run" for kind in going_on):
                    next_round_by = time.monotonic() + _PAUSE_S
                time.sleep(_LOOK_S)
        except KeyboardInterrupt:
            return


def _as_json(state: RunState, pulse: Pulse, store: Store) -> dict[str, object]:
    run, now = state.run, state.clock()
    return {
        "id": run.id,
        "kind": run.kind,
        "driver": pulse,
        "machine": run.machine,
        "pid": run.pid,
        "executor": run.executor,
        "started": run.started,
        "begins": run.since,
        "until": run.until,
        "ended": None if state.ended is None else {"at": state.ended.at, "message": state.ended.message},
        "elapsed_s": state.elapsed_s(),
        "left_s": state.left_s() if pulse != "dead" else None,
        "shots": dict(state.shots()),
        "nodes": dict(state.activities()),
        "running": [_running(node, now, store) for node in state.of("running")],
        "queued": [{**_named(node), "job": node.job, "message": node.message} for node in state.of("queued")],
        "failed": [{**_named(node), "message": node.message} for node in state.of("failed", "cancelled")],
        "put_off": [{**_named(node), "message": node.message} for node in state.of("deferred")]
        + [{"shot": f"{shot.scene}/{shot.shot}", "message": shot.put_off} for shot in run.shots if shot.put_off],
        "next": [f"{shot.scene}/{shot.shot}" for shot in state.next_shots()],
        "refused": [{"scene": path, "message": words} for path, words in run.refused],
    }


def _named(node: NodeState) -> dict[str, object]:
    return {"node": node.name, "shots": node.shots, "key": node.key, "tries": node.tries}


def _running(node: NodeState, now: float, store: Store) -> dict[str, object]:
    from r2s2r.artifacts.run_state import headway

    work = headway(store, node.key)
    return {
        **_named(node),
        "where": node.where or work.machine,
        "job": node.job,
        "done": work.done,
        "total": work.total,
        "elapsed_s": max(0.0, now - node.since),
        "message": node.message,
    }
