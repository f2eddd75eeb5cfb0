"""``r2s2r new``: writes a scene to start from."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from r2s2r.errors import InputError

if TYPE_CHECKING:
    import argparse

_SCHEMA = Path("schemas/scene.schema.json")

_STARTER = """\
# yaml-language-server: $schema={schema}
version: 1
name: {name}
source:
  clip: {clip}
  frame: 0                    # the reference frame: what is lifted, and what the result looks like
  camera: {{fov_deg: 50}}       # horizontal field of view of the clip
  ground: {{camera_height_m: 1.6, pitch_deg: 0}}    # over what the subject stands on, a table too; negative looks down
entities:
  subject:
    select: {{box_px: [0, 0, 0, 0]}}    # TO DO: x0, y0, x1, y1 round it in the reference frame, in pixels
    # or a click on it: points_px: {{inside: [[x, y]]}}
    # motion: keep            # moves as it does in the clip; without this line it stands still
    # lift: {{inflate: {{shape: revolve}}}}     # round as a cup; or box, slab
shots:
  orbit:
    frames: 77
    camera:
      - {{type: orbit, around: subject, degrees: 20, ease: in_out}}
  hop:
    camera:
      - {{type: dolly, towards: subject, distance_m: 0.5}}
    edits:
      subject:
        - type: transform
          keys:               # at: a frame (38), seconds (1.5s) or a share of the shot (50%)
            - {{at: 0}}
            - {{at: 50%, move_m: [0, 0.3, 0], rotate_deg: [0, 20, 0]}}
            - {{at: 100%}}
output: {{width: 832, height: 480, fps: 16, fit: crop}}
"""

EXAMPLE = "example: r2s2r new scenes/cups.yaml --clip scenes/media/cups.mp4"


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    parser = verbs.add_parser("new", help="write a scene to start from", epilog=EXAMPLE)
    parser.add_argument("scene", metavar="SCENE", type=Path, help="the file to write; it must not exist yet")
    parser.add_argument("--clip", required=True, type=Path, metavar="FILE", help="a video or a still")
    parser.add_argument("--name", metavar="NAME", help="the scene's name (default: from the file's name)")


def run(args: argparse.Namespace) -> int:
    """Write the scene; the author has to say where the subject is."""
    scene: Path = args.scene
    name = _name(scene, args.name)
    clip = _clip_from_scene(args.clip, scene)
    text = _STARTER.format(schema=_schema_from(scene), name=_name_as_yaml(name), clip=_as_yaml(clip))
    _write_new(scene, text)
    sys.stdout.write(
        f"wrote {scene}; now set entities.subject.select.box_px in it, then: r2s2r validate {scene}; "
        f"what it finds there is shown by: r2s2r lift {scene}; what its shots do by: r2s2r watch {scene}\n"
    )
    return 0


def _write_new(scene: Path, text: str) -> None:
    try:
        with scene.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise InputError(f"{scene} exists and is not overwritten: name another file, or remove it first") from error
    except OSError as error:
        raise InputError(f"{scene}: cannot be written: {error.strerror}") from error


def _name(scene: Path, given: str | None) -> str:
    from r2s2r.spec.base import NAME_PATTERN

    name = re.sub(r"[^A-Za-z0-9_.-]+", "_", scene.stem) if given is None else given
    if not re.fullmatch(NAME_PATTERN, name):
        raise InputError(f"{name!r} is no name for a scene: give --name, a letter, then letters, digits and _ . -")
    return name


def _clip_from_scene(clip: Path, scene: Path) -> str:
    """Return the clip as the scene has to name it.

    Raises:
        InputError: It is not there, or where scenes may not read it.
    """
    from r2s2r.spec.paths import find_file
    from r2s2r.spec.project import find_project

    folder = scene.parent.resolve()
    if not folder.is_dir():
        raise InputError(f"{scene.parent}: there is no such folder; make it first")
    find_file(str(clip), folder=Path(), roots=(Path("/"),))  # whether it is there comes before where it lies
    written = os.path.relpath(clip.absolute(), scene.parent.absolute())
    find_file(written, folder=scene.parent, roots=(folder, *find_project(scene).media_roots))
    return Path(written).as_posix()


def _schema_from(scene: Path) -> str:
    """Return the path from a scene to the nearest ``schemas/`` above it, as `r2s2r schema --write` makes it."""
    folder = scene.parent.absolute()
    for root in (folder, *folder.parents):
        if (root / _SCHEMA).is_file():
            return Path(os.path.relpath(root / _SCHEMA, folder)).as_posix()
    return _SCHEMA.as_posix()


def _name_as_yaml(name: str) -> str:
    """Return a name as YAML: quoted where it would be read as something else (``no``, ``null``)."""
    from r2s2r.spec.reading.scalars import read_word

    word = read_word(name)
    return name if word.value == name and not word.complaint else json.dumps(name)


def _as_yaml(text: str) -> str:
    """Return text as YAML: quoted, unless it is plainly a path."""
    return text if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_./-]*/?[A-Za-z0-9_.-]+\.[A-Za-z0-9]+", text) else json.dumps(text)
