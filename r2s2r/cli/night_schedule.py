"""`night --install` and `--uninstall`: see to it that there is a night each evening, or no more."""

from __future__ import annotations

import argparse
import sys
from glob import escape, glob, has_magic
from pathlib import Path
from typing import TYPE_CHECKING

from r2s2r.cli.plain import plain
from r2s2r.errors import InputError, R2S2RError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipelines.night.schedule.plan import NightPlan
    from pipelines.night.schedule.scheduler import Entry, Scheduler
    from pipelines.night.window import Window
    from r2s2r.spec.project import Project


def schedule(args: argparse.Namespace) -> int:
    """Install or uninstall, and show what was done; with ``--dry-run`` what would be."""
    from r2s2r.spec.project import find_project

    project = find_project(_anchor(args.scenes))
    return _uninstall(args, project) if args.uninstall else _install(args, project)


def _install(args: argparse.Namespace, project: Project) -> int:
    from pipelines.night.schedule.scheduler import scheduler_for, schedulers

    _check(args)
    spec = project.spec.farm
    scheduler, plan = scheduler_for(args.executor or spec.executor, spec.slurm), _plan(args, project)
    entries = scheduler.entries(plan)
    _show("would write" if args.dry_run else "writing", entries)
    if not args.dry_run:
        for words in scheduler.install(plan):
            sys.stdout.write(f"{plain(words)}\n")
        sys.stdout.write(plain(f"`r2s2r night --uninstall` in {project.root} ends it\n"))
    others = (one for one in schedulers(spec.slurm) if type(one) is not type(scheduler))  # one night an evening
    _remove(others, plan.name, is_dry=args.dry_run)
    return 0


def _check(args: argparse.Namespace) -> None:
    """Raises InputError when what is asked for would not do each night what it says."""
    if not args.scenes:
        raise InputError("name the scenes that are to be made each night, best as a pattern in quotes: 'scenes/*.yaml'")
    if args.now or args.json:
        word = "--now" if args.now else "--json"
        raise InputError(f"{word} is for a night that is made now, and --install for those to come: leave one out")
    for scene in args.scenes:
        # Only told: it may be written by then, and a job of Slurm installs the next one as this one was.
        if not Path(scene).exists() and not glob(scene, recursive=True):  # noqa: PTH207 - it may be absolute
            sys.stderr.write(plain(f"{scene}: there is no such file yet\n"))


def _uninstall(args: argparse.Namespace, project: Project) -> int:
    from pipelines.night.schedule.plan import name_of
    from pipelines.night.schedule.scheduler import schedulers

    found, failed = _remove(schedulers(project.spec.farm.slurm), name_of(project), is_dry=args.dry_run)
    if not (found or failed):
        sys.stdout.write(plain(f"nothing is installed for {project.root}\n"))
    return R2S2RError.exit_code if failed and not found else 0


def _remove(schedulers: Iterable[Scheduler], name: str, *, is_dry: bool) -> tuple[int, int]:
    """Remove what is installed; return how much was, and how many schedulers could not be asked, or would not.

    These are told of, and hold no other up.
    """
    found = failed = 0
    for scheduler in schedulers:
        try:
            entries = scheduler.installed(name)
            _show("would remove" if is_dry else "removing", entries)
            if entries and not is_dry:
                for words in scheduler.uninstall(name):
                    sys.stdout.write(f"{plain(words)}\n")
        except R2S2RError as error:
            sys.stderr.write(plain(f"{error}; what may be installed there stays\n"))
            failed += 1
        else:
            found += len(entries)
    return found, failed


def _plan(args: argparse.Namespace, project: Project) -> NightPlan:
    from pipelines.night.schedule.plan import NightPlan

    return NightPlan.of(project, _words(args), _chosen_window(args, project))


def _chosen_window(args: argparse.Namespace, project: Project) -> Window:
    from pipelines.night.window import Window

    if args.window is not None:
        chosen: Window = args.window
        return chosen
    if project.spec.night.window is None:
        raise InputError(
            "--install has to know when nights begin: give --window 22:00-07:00, or `night.window` in r2s2r.yaml"
        )
    return Window.parse(project.spec.night.window)


def _words(args: argparse.Namespace) -> tuple[str, ...]:
    """Return the verb's own words again, with absolute paths."""
    valued = {"--window": args.window, "--gpu-hours": args.gpu_hours, "--executor": args.executor,
              "--profile": args.profile, "--workers": args.workers}  # fmt: skip
    listed = [*(("--shot", name) for name in args.shot), *(("--tag", name) for name in args.tag)]
    return (
        "night",
        *map(_absolute, args.scenes),
        *(word for name, value in valued.items() if value is not None for word in (name, str(value))),
        *(word for pair in listed for word in pair),
    )


def _absolute(scene: str) -> str:
    """Return a file or pattern that is looked up from anywhere; in the current folder's name no letter is a pattern."""
    path = Path(scene)
    if path.is_absolute() or path.exists():
        return str(path.absolute())
    return str(Path(escape(str(Path.cwd())), path))


def _anchor(scenes: list[str]) -> Path:
    """Return what tells the project: the first scene, or the folder of its pattern, or the current one."""
    if not scenes:
        return Path.cwd()
    path = Path(scenes[0])
    while has_magic(path.name) and not path.exists():
        path = path.parent
    return path.absolute()


def _show(what: str, entries: Iterable[Entry]) -> None:
    for entry in entries:
        sys.stdout.write(plain(f"{what} {entry.where}\n"))
        for line in (entry.content or "").splitlines():
            sys.stdout.write(plain(f"    {line}\n"))
