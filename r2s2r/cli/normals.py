"""``r2s2r doctor --normals``: which axes the normals of videos have."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from r2s2r.cli.checks import exit_code, show_checks
from r2s2r.cli.plain import plain
from r2s2r.errors import InputError

if TYPE_CHECKING:
    from pipelines.doctor_normals import NormalsReport
    from r2s2r.stages.diffuse.axes import NormalConvention


def look_at_normals(args: argparse.Namespace) -> int:
    """Look at the videos and say what they are. Raises InputError when something else is asked for besides."""
    from r2s2r.spec.project import find_project

    if args.scenes or args.hashes or args.pin or args.profile:
        raise InputError(
            "--normals looks at videos only; check scenes, --profile, --hashes and --pin by a call of its own"
        )
    report = _watched(args.normals, find_project(Path()).spec.diffuse.animate.normal_convention)
    if args.json:
        json.dump(_as_json(report), sys.stdout, indent=1)
        sys.stdout.write("\n")
    else:
        _show_table(report)
        show_checks(report.checks)
    return exit_code(report.checks)


def _watched(paths: list[Path], chosen: NormalConvention) -> NormalsReport:
    """Look at the videos, a second or two each, with a bar on stderr."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from pipelines.doctor_normals import check_normals

    console = Console(stderr=True, emoji=False)
    columns = TextColumn("videos"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        bar = bars.add_task("videos", total=len(paths))
        return check_normals(paths, chosen, lambda done, total: bars.update(bar, completed=done, total=total))


def _as_json(report: NormalsReport) -> dict[str, Any]:
    videos = [
        {"path": str(video.path), "frames": video.frames, "axes": [asdict(sign) for sign in video.signs]}
        for video in report.videos
        if not video.error
    ]
    axes = [asdict(sign) for sign in report.signs]
    return {
        "checks": [asdict(check) for check in report.checks],
        "normals": {"convention": report.convention, "axes": axes, "videos": videos},
    }


def _show_table(report: NormalsReport) -> None:
    from rich.console import Console
    from rich.table import Table

    from pipelines.doctor_normals import rows

    table = Table(box=None, header_style="bold")
    table.add_column("video", overflow="fold")
    for name in ("axis", "points", "agree", "evidence"):
        table.add_column(name, no_wrap=True)
    for row in rows(report):
        table.add_row(*map(plain, row))
    if table.row_count:
        Console(highlight=False, emoji=False, markup=False).print(table)
