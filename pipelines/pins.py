"""Pins: which weights a project uses, by their contents, written into its project file.

With them a laptop without the weights knows the same keys as the farm, and weights that are not the same are noticed.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from r2s2r.artifacts.atomic import write_atomically
from r2s2r.artifacts.fingerprint import FileDigests
from r2s2r.errors import MissingError
from r2s2r.models.weights import locate
from r2s2r.spec.project import PROJECT_FILE, Project
from r2s2r.spec.resolved import Scene
from r2s2r.spec.weights import is_path


@dataclass(frozen=True)
class Pin:
    """Weights as the project file names them, and what their contents are.

    Attributes:
        name: A path relative to the project file, or a name on the hub.
        sha256: Of their contents; None where they are not on this machine.
        before: What the project file said; None where it said nothing.
    """

    name: str
    sha256: str | None
    before: str | None


def pins_of(scenes: Iterable[Scene], project: Project, digests: FileDigests) -> list[Pin]:
    """Return the pins of all weights that the scenes name, sorted by name; reads weights that were not read before."""
    found = {}
    for written in {written for scene in scenes for written in _weights(scene)}:
        name = _relative(written, project.root) if is_path(written) else written
        found[name] = Pin(name, _digest(written, digests), project.spec.pins.get(name))
    return [found[name] for name in sorted(found)]


def write_pins(pins: Iterable[Pin], project: Project) -> Path:
    """Write those that are here into the project file, which is made if there is none; all else in it stays as it is.

    Pins of weights that no scene named stay too. Returns its path.
    """
    path = project.root / PROJECT_FILE
    text = path.read_text(encoding="utf-8") if path.exists() else "version: 1\n"
    kept = dict(project.spec.pins) | {pin.name: pin.sha256 for pin in pins if pin.sha256 is not None}
    write_atomically(path, _with_pins(text, kept).encode())
    return path


def _weights(scene: Scene) -> Iterable[str]:
    yield from scene.weights.values()
    for entity in scene.entities.values():
        yield from entity.weights.values()
    for shot in scene.shots.values():
        yield from (written for role, written in shot.files.items() if role != "reference")


def _relative(folder: str, root: Path) -> str:
    relative = os.path.relpath(folder, root.resolve())
    return relative if relative.startswith(".") else f"./{relative}"


def _digest(written: str, digests: FileDigests) -> str | None:
    try:
        return digests.digest(locate(written, folder=Path()))
    except MissingError:
        return None


def _with_pins(text: str, pins: Mapping[str, str | None]) -> str:
    """Return a project file's text with other pins; comments and order stay."""
    block = yaml.safe_dump({"pins": pins}, sort_keys=True, allow_unicode=True, width=1000)
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    assert isinstance(root, yaml.MappingNode), "the project file was read before"
    for key, value in root.value:
        if key.value == "pins":
            is_block = isinstance(value, yaml.MappingNode) and value.value and not value.flow_style
            last = value.value[-1][1] if is_block else value  # a block's own mark is at what follows it
            return text[: key.start_mark.index] + block.rstrip("\n") + text[last.end_mark.index :]
    return text.rstrip("\n") + "\n" + block
