"""Scenes written by tests, with the files they name."""

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from r2s2r.errors import SceneError
from r2s2r.spec.load import load_scene
from r2s2r.spec.resolved import Scene

HEAD = """\
version: 1
name: test
source: {clip: clip.mp4}
entities:
  bunny: {select: {box_px: [1, 2, 30, 40]}}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for scenes, with a clip (nobody opens it here); also the current one, so that findings are short."""
    for variable in ("R2S2R_STORE", "R2S2R_OUT"):
        monkeypatch.delenv(variable, raising=False)
    scenes = tmp_path / "scenes"
    scenes.mkdir()
    (scenes / "clip.mp4").write_bytes(b"clip")
    monkeypatch.chdir(scenes)
    return scenes


@pytest.fixture
def write(folder: Path) -> Callable[..., Path]:
    """Writes a file and returns its path as a user would give it, relative."""

    def write(text: str, name: str = "scene.yaml") -> Path:
        (folder / name).write_text(textwrap.dedent(text), encoding="utf-8")
        return Path(name)

    return write


@pytest.fixture
def load(write: Callable[..., Path]) -> Callable[..., Scene]:
    """Loads a scene from its text, which follows HEAD."""

    def load(text: str, *, head: str = HEAD, profile: str | None = None) -> Scene:
        return load_scene(write(head + textwrap.dedent(text)), profile=profile)

    return load


@pytest.fixture
def findings(load: Callable[..., Scene]) -> Callable[..., list[str]]:
    """Returns what is wrong with a scene, whose text follows HEAD, as lines without the scene file's name."""

    def findings(text: str, *, head: str = HEAD) -> list[str]:
        with pytest.raises(SceneError) as caught:
            load(text, head=head)
        return [str(finding).removeprefix("scene.yaml:") for finding in caught.value.findings]

    return findings
