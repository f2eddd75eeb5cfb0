"""``r2s2r import``: what was changed in another program, back into a scene."""

import argparse
import sys
from pathlib import Path

from r2s2r.cli.plain import plain
from r2s2r.cli.select import selected_shots
from r2s2r.errors import InputError

EXAMPLE = "example: r2s2r import moved.usda scenes/bunny.yaml --shot hop"
_FOLDER = "animations"


def add(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    parser = verbs.add_parser(
        "import",
        help="take back an animation that was changed in another program",
        description="Take back an animation that `r2s2r export usd | glb` wrote and somebody changed in Blender, "
        "usdview or elsewhere. Checks the file against the shot, says what it moves, copies it beside the scene, and "
        "prints the lines to put into the scene file, which is never changed by itself.",
        epilog=EXAMPLE,
    )
    parser.add_argument("file", type=Path, metavar="FILE", help=".usd, .usda, .usdc, .usdz, .gltf or .glb")
    parser.add_argument("scene", type=Path, metavar="SCENE", help="scene file")
    parser.add_argument("--shot", required=True, metavar="NAME", help="shot of the scene")
    parser.add_argument("--profile", metavar="NAME", help="as for run")
    parser.add_argument(
        "--to", type=Path, metavar="FOLDER", help=f"where to copy it, beside SCENE (default: {_FOLDER}/<shot>)"
    )
    parser.add_argument("--force", action="store_true", help="replace what is there already")


def run(args: argparse.Namespace) -> int:
    """Check the file, copy it, and say what to write."""
    from pipelines.importing.copied import copied
    from pipelines.importing.examined import examined
    from pipelines.importing.written import written
    from pipelines.node import Ledger
    from r2s2r.artifacts.remote_store import store_of

    if not args.file.is_file():
        raise InputError(f"{args.file}: no such file")
    args.scenes, args.tag, args.shot = [args.scene], [], [args.shot]
    project, (shot,) = selected_shots(args)
    folder = _folder(args.scene, args.to, shot.shot.name)
    found = examined(args.file, shot, Ledger(store_of(project)))
    for note in found.notes:
        sys.stderr.write(plain(f"note: {note}\n"))
    for line in found.sentences():
        sys.stdout.write(plain(f"{line}\n"))
    if found.camera is None and not found.moves_entities:
        sys.stdout.write("nothing is moved: there is nothing to import\n")
        return 0
    copy = copied(args.file, folder, force=args.force)
    sys.stdout.write(plain(f"copied to {copy}; in {args.scene}, under `shots`:\n"))
    for line in written(found, shot.shot, copy.resolve().relative_to(args.scene.resolve().parent).as_posix()):
        sys.stdout.write(plain(f"{line}\n"))
    return 0


def _folder(scene: Path, given: Path | None, shot: str) -> Path:
    """Return where to copy to. Raises InputError for a folder that the scene cannot read."""
    beside = scene.resolve().parent
    folder = (beside / _FOLDER / shot if given is None else given).resolve()
    if not folder.is_relative_to(beside):
        raise InputError(f"{folder}: has to lie in the scene's folder, {beside}, so that the scene can name it")
    return folder
