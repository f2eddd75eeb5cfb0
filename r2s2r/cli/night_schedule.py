"""`night --install` and `--uninstall`: see to it that there is a night each evening, or no more."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING

from r2s2r.cli.plain import plain
from r2s2r.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipelines.night.schedule.plan import NightPlan
    from pipelines.night.schedule.scheduler import Entry
    from pipelines.night.window import Window
    from r2s2r.spec.project import Project


def schedule(args: argparse.Namespace) -> int:
    """Install or uninstall, and show what was done; with ``--dry-run`` what would be."""
    from r2s2r.spec.project import find_project

    project = find_project(_anchor(args.scenes))
    return _uninstall(args, project) if args.uninstall else _install(args, project)


def _install(args: argparse.Namespace, project: Project) -> int:
    from pipelines.night.schedule.scheduler import scheduler_for

    if not args.scenes:
        raise InputError("name the scenes that are to be made each night, best as a pattern in quotes: 'scenes/*.yaml'")
    scheduler = scheduler_for(args.executor or project.spec.farm.executor, project.spec.farm.slurm)
    plan = _plan(args, project)
    entries = scheduler.entries(plan)
    _show("would write" if args.dry_run else "writing", entries)
    if not args.dry_run:
        for words in scheduler.install(plan):
            sys.stdout.write(f"{plain(words)}\n")
        sys.stdout.write(f"`r2s2r night --uninstall{_executor(args, project)}` ends it\n")
    return 0


def _uninstall(args: argparse.Namespace, project: Project) -> int:
    from pipelines.night.schedule.plan import name_of
    from pipelines.night.schedule.scheduler import schedulers

    name, found = name_of(project), False
    for scheduler in schedulers(args.executor or project.spec.farm.executor, project.spec.farm.slurm):
        entries = scheduler.installed(name)
        found = found or bool(entries)
        _show("would remove" if args.dry_run else "removing", entries)
        if not args.dry_run:
            scheduler.uninstall(name)
    if not found:
        sys.stdout.write(f"nothing is installed for {project.root}{_unasked(args, project)}\n")
    return 0


def _executor(args: argparse.Namespace, project: Project) -> str:
    """Return the word without which another scheduler would be asked."""
    own = args.executor or project.spec.farm.executor
    return "" if own == project.spec.farm.executor else f" --executor {own}"


def _unasked(args: argparse.Namespace, project: Project) -> str:
    """Say that Slurm was not asked, where there may be one."""
    is_asked = (args.executor or project.spec.farm.executor) == "slurm"
    return "" if is_asked or not which("squeue") else "; a job of Slurm is found with --executor slurm"


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
