"""``r2s2r watch``: a preview again each time the scene is saved."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from r2s2r.cli.plain import plain
from r2s2r.cli.run_plans import end_on_signals, watched_by, workers
from r2s2r.errors import InputError, R2S2RError, SceneError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pipelines.results import ShotResult

EXAMPLE = "example: r2s2r watch scenes/bunny.yaml --shot hop"

# Editors write a file in several steps; what comes within this is one save.
_SAVE_MS = 200
_LOOK_MS = 1000

# Of a file: when it was written, its size, its inode; None of one that is not there.
_Stamp: TypeAlias = tuple[int, int, int] | None


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = verbs.add_parser(
        "watch",
        help="preview a scene again each time it is saved",
        description="Preview a scene's shots, as `r2s2r preview` does, now and each time the scene or a file that it "
        "names is saved; show what was rebuilt, how long that took and what it looks like. A scene with mistakes is "
        "told, and waited for. Ctrl-C ends it.",
        epilog=EXAMPLE,
    )
    parser.add_argument("scene", type=Path, metavar="SCENE", help="scene file")
    parser.add_argument("--shot", action="append", default=[], metavar="NAME", help="only this shot (may be repeated)")
    parser.add_argument("--profile", metavar="NAME", help="as for run")
    parser.add_argument("--workers", type=workers, default=os.cpu_count() or 1, metavar="N", help="processes at once")


def run(args: argparse.Namespace) -> int:
    """Preview, wait for a save, and so on, until Ctrl-C."""
    if not args.scene.is_file():
        raise InputError(f"{args.scene}: file not found; `r2s2r new {args.scene} --clip FILE` writes one to start from")
    end_on_signals()
    args.scenes, args.tag = [args.scene], []
    files = frozenset({args.scene.resolve()})
    try:
        while True:
            before = _stamps(files)
            files |= _preview(args)
            sys.stdout.write(f"watching {args.scene}; Ctrl-C ends it\n")
            sys.stdout.flush()
            _wait({**_stamps(files), **before})
    except KeyboardInterrupt:
        return 0


def _preview(args: argparse.Namespace) -> frozenset[Path]:
    """Preview the shots and show what was rebuilt; return the files to watch, or those with mistakes."""
    from pipelines.node import Ledger
    from pipelines.plan import plan_shot
    from pipelines.preview import preview_nodes
    from pipelines.run import RunOptions, run
    from pipelines.watched import watched_files
    from r2s2r.artifacts.remote_store import store_of
    from r2s2r.cli.select import selected_shots

    started = time.monotonic()
    try:
        project, shots = selected_shots(args, preview_nodes)
        store = store_of(project)
        ledger = Ledger(store)
        plans = [plan_shot(shot, ledger) for shot in shots]
        options = RunOptions(project, args.workers, project.spec.farm.executor)
        with store.explained():
            results = run(plans, ledger, options, display=lambda tracker: watched_by(plans, tracker, store))
    except R2S2RError as error:
        sys.stderr.write(plain(f"{error}\n"))
        wrong = error.findings if isinstance(error, SceneError) else ()
        return frozenset(finding.path.resolve() for finding in wrong)
    _show(results, seconds=time.monotonic() - started)
    return watched_files(args.scene, shots[0].scene)


def _show(results: list[ShotResult], *, seconds: float) -> None:
    from rich.console import Console

    from r2s2r.artifacts.video import CONTACT
    from r2s2r.cli.rebuilt import rebuilt
    from r2s2r.cli.summary import show
    from r2s2r.cli.thumbnail import thumbnail

    console = Console(emoji=False)
    for result in results:
        console.print(rebuilt(result))
        picture = result.delivered.get("encode")
        if picture is not None and console.is_terminal and result.seconds:
            console.print(thumbnail(picture.with_name(CONTACT), columns=min(console.width, 120)))
    show(results)
    console.print(f"[bright_black]{time.strftime('%H:%M:%S')}[/] {seconds:.1f} s", highlight=False)


def _stamps(files: Iterable[Path]) -> dict[Path, _Stamp]:
    return {path: _stamp(path) for path in files}


def _stamp(path: Path) -> _Stamp:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _wait(stamps: Mapping[Path, _Stamp]) -> None:
    """Return when one of the files is not as it was. Their folders are watched, since editors replace files."""
    from watchfiles import watch

    names = {str(path) for path in stamps}
    folders = sorted({str(path.parent) for path in stamps if path.parent.is_dir()})
    # What was saved between the look at it and the start of this shows at the first timeout.
    ticks = watch(
        *folders,
        watch_filter=lambda _, path: path in names,
        debounce=_SAVE_MS,
        rust_timeout=_LOOK_MS,
        yield_on_timeout=True,
        recursive=False,
        ignore_permission_denied=True,  # of the folders above, where a project file might come to be
    )
    for _ in ticks:
        if any(_stamp(path) != stamp for path, stamp in stamps.items()):
            return
