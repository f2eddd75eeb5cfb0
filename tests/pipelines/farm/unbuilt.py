"""Stores with requests that can be built at once, because all that they read is there."""

import json
import shutil
from pathlib import Path

from tests.pipelines.conftest import new_project

REQUESTS = 6
_SHOT = "  shot{number}:\n    frames: 1\n    camera: [{{type: orbit, around: left, degrees: {number}}}]\n"


def write_ready(folder: Path) -> Path:
    """Make six animations in a project in this folder; return its store."""
    project = new_project(folder / "project")
    head, _, _ = project.scene.read_text().partition("shots:")
    shots = "".join(_SHOT.format(number=number) for number in range(1, REQUESTS + 1))
    project.scene.write_text(f"{head}shots:\n{shots}output: {{width: 96, height: 64, fps: 16}}\n")
    done = project.run("--until", "edit")
    assert done.code == 0, done.err
    return project.store


def take_out(ready: Path, store: Path, *, stage: str = "edit") -> list[str]:
    """Copy a store, and take out what a stage has made, with its logs; return the keys of the requests for that."""
    shutil.copytree(ready, store, symlinks=True)
    keys = []
    for path in sorted((store / "actions").glob("*.json")):
        if json.loads(path.read_bytes())["request"]["stage"] == stage:
            keys.append(path.stem)
            path.unlink()
            (store / "logs" / f"{path.stem}.log").unlink()
    return keys
