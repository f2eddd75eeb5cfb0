"""A folder with a scene, and the command line run in it."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from r2s2r.artifacts.store import Store
from r2s2r.cli import main

SCENE = """\
version: 1
name: {name}
source: {{clip: clip.mp4}}
entities:
  bunny: {{select: {{box_px: [1, 2, 30, 40]}}}}
shots:
  orbit:
    camera: [{{type: orbit, around: bunny, degrees: {degrees}}}]
"""


@dataclass(frozen=True)
class Ended:
    """What a command ended with."""

    code: int
    out: str
    err: str


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The current folder: ``clip.mp4``, ``good.yaml`` and ``bad.yaml``."""
    for variable in ("R2S2R_STORE", "R2S2R_OUT"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "clip.mp4").write_bytes(b"clip")
    (tmp_path / "good.yaml").write_text(SCENE.format(name="good", degrees="24"), encoding="utf-8")
    (tmp_path / "bad.yaml").write_text(SCENE.format(name="bad", degrees="fast"), encoding="utf-8")
    return tmp_path


@pytest.fixture
def r2s2r(folder: Path, capsys):
    """Runs a command line."""

    def run(*arguments: str) -> Ended:
        code = main(arguments)
        return Ended(code, *capsys.readouterr())

    return run


@pytest.fixture
def store(folder: Path) -> Store:
    """Give the store of the scenes in ``folder``."""
    store = Store(folder / ".r2s2r")
    store.prepare()
    return store
