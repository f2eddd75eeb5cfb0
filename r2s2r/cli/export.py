"""``r2s2r export``: a shot as files for other programs."""

import argparse
import sys
from pathlib import Path

from r2s2r.cli.plain import plain
from r2s2r.cli.select import selected_shots
from r2s2r.errors import InputError

EXAMPLE = (
    "example: r2s2r export passes scenes/bunny.yaml --shot orbit passes/orbit, or: "
    "r2s2r export release scenes/bunny.yaml --shot orbit --profile final samples/bunny/orbit"
)


def add(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    parser = verbs.add_parser(
        "export",
        help="write a shot as files for other programs",
        description="Write a shot as files for other programs. Forms: `release`, a sample folder of the published "
        "Real2SAM2Real: source_image.png, object_animation_normal.mp4, caption.json; `passes`, what the renderer drew, "
        "frame by frame (PNG and EXR), and a mask of each entity.",
        epilog=EXAMPLE,
    )
    parser.add_argument("form", choices=["release", "passes"], help="what to write")
    parser.add_argument("scene", type=Path, metavar="SCENE", help="scene file")
    parser.add_argument("--shot", required=True, metavar="NAME", help="shot of the scene")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where to")
    parser.add_argument("--profile", metavar="NAME", help="as for run")
    parser.add_argument("--force", action="store_true", help="write into a folder that is not empty")


def run(args: argparse.Namespace) -> int:
    """Export the shot. Errors when what is exported is not built, or stale: nothing old is ever exported."""
    from pipelines.export import export_passes, export_release
    from pipelines.node import Ledger
    from r2s2r.artifacts.store import Store

    args.scenes, args.tag, args.shot = [args.scene], [], [args.shot]
    project, (shot,) = selected_shots(args)
    _check_target(args.folder, project.store, force=args.force)
    export = export_release if args.form == "release" else export_passes
    for finding in export(shot, Ledger(Store(project.store)), args.folder):
        sys.stderr.write(plain(f"note: {finding}\n"))
    advice = f"; `r2s2r diffuse --sample {args.folder}` runs it" if args.form == "release" else ""
    sys.stdout.write(f"wrote {args.folder}{advice}\n")
    return 0


def _check_target(folder: Path, store: Path, *, force: bool) -> None:
    """Raise InputError for a folder that must not be written into."""
    from pipelines.export import UNFINISHED

    if folder.is_symlink() and not folder.exists():
        raise InputError(f"{folder}: is a link to a folder that does not exist; make that, or name another folder")
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder}: is a file; name a folder")
    if folder.resolve().is_relative_to(store.resolve()):
        raise InputError(f"{folder}: is in the store, where nothing is ever changed; name a folder elsewhere")
    if not force and folder.is_dir() and any(not path.name.startswith(UNFINISHED) for path in folder.iterdir()):
        raise InputError(f"{folder}: is not empty; name another folder, or add --force")
