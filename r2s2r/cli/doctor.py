"""``r2s2r doctor``: what this machine and its weights lack, and how to get it."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from r2s2r.cli.checks import exit_code, show_checks
from r2s2r.cli.normals import look_at_normals
from r2s2r.cli.spinner import sign_of_life
from r2s2r.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.doctor import Check, ModelUse
    from r2s2r.spec.project import Project
    from r2s2r.spec.resolved import Scene

EXAMPLE = (
    "examples: r2s2r doctor scenes/bunny.yaml --profile final --hashes; r2s2r doctor --farm; "
    "r2s2r doctor --normals Real2SAM2Real/assets/demo/*"
)


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = verbs.add_parser(
        "doctor",
        help="say what this machine and its weights lack",
        description="Check programs, packages, GPU, memory, disk, and the weights of the scenes' video models (without "
        "scenes: the published ones): that they are here, whole, and those of their model. Loads none of them. "
        "With --normals, look at normal videos instead: which `normal_convention` they have. With --farm, ask the "
        "machines and environments where stages are to run. "
        "Exit: 0 all is there, 2 weights (or normals) are wrong, 3 something is missing.",
        epilog=EXAMPLE,
    )
    parser.add_argument("scenes", nargs="*", type=Path, metavar="SCENE", help="scene files")
    parser.add_argument("--profile", metavar="NAME", help="as for run")
    parser.add_argument(
        "--hashes", action="store_true", help="also read all weights, and compare with the SHA-256 the hub gave"
    )
    parser.add_argument(
        "--pin",
        action="store_true",
        help="write the digests of the scenes' weights into r2s2r.yaml, so that machines without them agree "
        "on keys, and machines with others notice",
    )
    parser.add_argument(
        "--normals",
        nargs="+",
        type=Path,
        metavar="VIDEO",
        help="normal videos, or sample folders of the release: tell by their silhouettes which axes the normals have",
    )
    parser.add_argument(
        "--farm",
        action="store_true",
        help="ask each environment of the project's farm: that it has this r2s2r, shares the store, its GPU, packages, "
        "disk and clock; on Slurm by a small job for each",
    )
    parser.add_argument("--executor", choices=("local", "slurm"), help="as for run; with --farm")
    parser.add_argument("--answer", type=Path, help=argparse.SUPPRESS)  # what --farm runs there
    parser.add_argument("--json", action="store_true", help="machine-readable, on stdout")


def run(args: argparse.Namespace) -> int:
    """Look at everything, or at normal videos, and say it; see the description for the exit code."""
    if args.normals:
        return look_at_normals(args)
    if args.answer:
        from pipelines.farm.probe import answer

        sys.stdout.write(f"{answer(args.answer)}\n")
        return 0
    checks = _look_at_farm(args) if args.farm else _look_at_all(args)
    if args.json:
        json.dump({"checks": [asdict(check) for check in checks]}, sys.stdout, indent=1)
        sys.stdout.write("\n")
    else:
        show_checks(checks)
    return exit_code(checks)


def _look_at_farm(args: argparse.Namespace) -> list[Check]:
    from pipelines.doctor_farm import check_farm
    from r2s2r.artifacts.store import Store
    from r2s2r.spec.project import find_project

    if args.hashes or args.pin or args.profile or len(args.scenes) > 1:
        raise InputError("--farm asks the farm only: give it a scene or folder of the project, or nothing")
    project = find_project(args.scenes[0] if args.scenes else Path())
    with sign_of_life("asking each environment of the farm"):
        return list(check_farm(project, Store(project.store), args.executor or project.spec.farm.executor))


def _look_at_all(args: argparse.Namespace) -> list[Check]:
    from pipelines.doctor import check_cost, check_machine, check_weights, model_uses
    from pipelines.doctor_lift import check_lift
    from pipelines.doctor_remote import check_remote
    from pipelines.doctor_render import check_render
    from r2s2r.artifacts.store import Store
    from r2s2r.spec.load import load_scene
    from r2s2r.spec.project import find_project

    if args.pin and not args.scenes:
        raise InputError("--pin needs scenes, whose weights are to be pinned")
    scenes: list[Scene] = [load_scene(path, profile=args.profile) for path in args.scenes]
    uses = model_uses(scenes)
    project = find_project(args.scenes[0] if args.scenes else Path())
    store = project.store
    checks = [
        *check_machine(uses, store),
        *check_weights(uses),
        *check_lift(scenes),
        *check_render(scenes),
        *check_remote(project),
        *(_hashes(uses) if args.hashes else ()),
    ]
    checks += check_cost(uses, Store(store))
    if args.pin:
        checks += _pinned(scenes, project, store)
    return checks


def _pinned(scenes: list[Scene], project: Project, store: Path) -> list[Check]:
    """Pin the weights of scenes; return what became of each."""
    from pipelines.doctor import Check
    from pipelines.pins import pins_of, write_pins
    from r2s2r.artifacts.store import Store

    pins = pins_of(scenes, project, Store(store).files)
    path = write_pins(pins, project) if any(pin.sha256 for pin in pins) else None
    checks = []
    for pin in pins:
        if pin.sha256 is None:
            checks.append(Check("pins", pin.name, "missing", "is not here, so it is not pinned"))
        else:
            was = f"; was {pin.before[:12]}..." if pin.before not in (None, pin.sha256) else ""
            checks.append(Check("pins", pin.name, "ok", f"{pin.sha256[:12]}... in {path}{was}"))
    return checks


def _hashes(uses: list[ModelUse]) -> Iterator[Check]:
    """Read all weights, with a bar on stderr, and yield what each file's hash says."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    from pipelines.doctor import check_hashes

    console = Console(stderr=True, emoji=False)
    columns = TextColumn("hashing"), BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        bar = bars.add_task("hashing", total=None)
        yield from check_hashes(uses, lambda done, total: bars.update(bar, completed=done, total=total))
