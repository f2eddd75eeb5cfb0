"""``r2s2r export``: a shot as files for other programs."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from r2s2r.cli.plain import plain
from r2s2r.cli.select import selected_shots
from r2s2r.errors import InputError

if TYPE_CHECKING:
    from pipelines.node import Ledger
    from pipelines.shot import ShotNodes

EXAMPLE = """\
examples:
  r2s2r export passes scenes/bunny.yaml --shot orbit passes/orbit
  r2s2r export chan scenes/bunny.yaml --shot orbit orbit.chan
  r2s2r export release scenes/bunny.yaml --shot orbit --profile final samples/bunny/orbit"""
FORMS = """\
what to write, and as what:
  release      folder    a sample of the published Real2SAM2Real: source_image.png,
                         object_animation_normal.mp4, caption.json
  passes       folder    what the renderer drew, frame by frame (PNG, EXR), and a mask of each entity
  usd          folder    camera and entities, their textures too; shot.usda is the one to open
  glb          .glb      the same in one file
  camera_path  .json     the camera for nerfstudio's viewer and ns-render
  transforms   .json     the camera as nerfstudio's transforms.json
  colmap       folder    the camera as COLMAP's cameras.txt, images.txt and points3D.txt
  chan         .chan     the camera for Nuke
  blender      .py       a script that makes the camera in Blender
  gen3c        .npz      the camera for GEN3C
  recammaster  .json     the camera for ReCamMaster"""
_Form = Literal[
    "release", "passes", "usd", "colmap", "glb", "camera_path", "transforms", "chan", "blender", "gen3c", "recammaster"
]
_FOLDERS = ("release", "passes", "usd", "colmap")
_SUFFIXES = {
    "glb": ".glb",
    "camera_path": ".json",
    "transforms": ".json",
    "chan": ".chan",
    "blender": ".py",
    "gen3c": ".npz",
    "recammaster": ".json",
}


def add(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    parser = verbs.add_parser(
        "export",
        help="write a shot, or its camera, as files for other programs",
        description=f"Write a shot, or its camera, as files for other programs.\n\n{FORMS}",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("form", choices=[*_FOLDERS, *_SUFFIXES], metavar="FORM", help="what to write, see above")
    parser.add_argument("scene", type=Path, metavar="SCENE", help="scene file")
    parser.add_argument("--shot", required=True, metavar="NAME", help="shot of the scene")
    parser.add_argument("target", type=Path, metavar="TARGET", help="folder or file to write")
    parser.add_argument("--profile", metavar="NAME", help="as for run")
    parser.add_argument("--force", action="store_true", help="write into a folder that is not empty, or over a file")


def run(args: argparse.Namespace) -> int:
    """Export the shot. Errors when what is exported is not built, or stale: nothing old is ever exported."""
    from pipelines.node import Ledger
    from r2s2r.artifacts.remote_store import store_of

    args.scenes, args.tag, args.shot = [args.scene], [], [args.shot]
    project, (shot,) = selected_shots(args)
    if args.form in _FOLDERS:
        _check_folder(args.target, force=args.force)
    else:
        _check_file(args.target, _SUFFIXES[args.form], force=args.force)
    if args.target.resolve().is_relative_to(project.store.resolve()):
        raise InputError(f"{args.target}: is in the store, where nothing is ever changed; name another place")
    for finding in _export(args.form, shot, Ledger(store_of(project)), args.target):
        sys.stderr.write(plain(f"note: {finding}\n"))
    advice = f"; `r2s2r diffuse --sample {args.target}` runs it" if args.form == "release" else ""
    sys.stdout.write(f"wrote {args.target}{advice}\n")
    return 0


def _export(form: _Form, shot: "ShotNodes", ledger: "Ledger", target: Path) -> tuple[str, ...]:
    match form:
        case "release":
            from pipelines.export.release import export_release

            return export_release(shot, ledger, target)
        case "passes":
            from pipelines.export.passes import export_passes

            return export_passes(shot, ledger, target)
        case "usd":
            from pipelines.export.animation import export_usd

            return export_usd(shot, ledger, target)
        case "glb":
            from pipelines.export.animation import export_glb

            return export_glb(shot, ledger, target)
        case "colmap":
            from pipelines.export.cameras import export_colmap

            return export_colmap(shot, ledger, target)
        case _:
            from pipelines.export.cameras import export_camera

            return export_camera(shot, ledger, target, form)


def _check_folder(folder: Path, *, force: bool) -> None:
    """Raise InputError for a folder that must not be written into."""
    from pipelines.export.unfinished import UNFINISHED

    if folder.is_symlink() and not folder.exists():
        raise InputError(f"{folder}: is a link to a folder that does not exist; make that, or name another folder")
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder}: is a file; name a folder")
    if not force and folder.is_dir() and any(not path.name.startswith(UNFINISHED) for path in folder.iterdir()):
        raise InputError(f"{folder}: is not empty; name another folder, or add --force")


def _check_file(path: Path, suffix: str, *, force: bool) -> None:
    """Raise InputError for a file that must not be written."""
    if path.is_dir():
        raise InputError(f"{path}: is a folder; name a file in it, e.g. {path / f'camera{suffix}'}")
    if path.suffix.lower() != suffix:
        raise InputError(f"{path}: has to end with {suffix}, by which other programs know it")
    if not force and (path.exists() or path.is_symlink()):
        raise InputError(f"{path}: is there already; name another file, or add --force")
