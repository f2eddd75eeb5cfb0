"""`night --install` and `--uninstall`: see to it that there is a night each evening, or no more."""

from __future__ import annotations

import argparse
import sys
from glob import glob
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
        sys.stdout.write("`r2s2r night --uninstall` ends it\n")
    # One night an evening is enough.
    _remove((one for one in schedulers(spec.slurm) if type(one) is not type(scheduler)), plan.name, is_dry=args.dry_run)
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

    if not _remove(schedulers(project.spec.farm.slurm), name_of(project), is_dry=args.dry_run):
        sys.stdout.write(f"nothing is installed for {project.root}\n")
    return 0


def _remove(schedulers: Iterable[Scheduler], name: str, *, is_dry: bool) -> bool:
    """Remove what is installed; return whether anything was. Who does not answer is told, and holds no other up."""
    found = False
    for scheduler in schedulers:
        try:
            entries = scheduler.installed(name)
        except R2S2RError as error:
            sys.stderr.write(plain(f"{error}; what may be installed there stays\n"))
            continue
        found = found or bool(entries)
        _show("would remove" if is_dry else "removing", entries)
        if entries and not is_dry:
            scheduler.uninstall(name)
    return found


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
        *(str(Path(scene).absolute()) for scene in args.scenes),
        *(word for name, value in valued.items() if value is not None for word in (name, str(value))),
        *(word for pair in listed for word in pair),
    )


def _anchor(scenes: list[str]) -> Path:
    """Return what tells the project: the first scene, or the folder of its pattern, or the current one."""
    if not scenes:
        return Path.cwd()
    path = Path(scenes[0]).absolute()
    while any(letter in path.name for letter in "*?["):
        path = path.parent
    return path


def _show(what: str, entries: Iterable[Entry]) -> None:
    for entry in entries:
        sys.stdout.write(plain(f"{what} {entry.where}\n"))
        for line in (entry.content or "").splitlines():
            sys.stdout.write(plain(f"    {line}\n"))
