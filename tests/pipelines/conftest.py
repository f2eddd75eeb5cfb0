"""A tiny project: two discs before a textured wall, small enough that a whole shot takes a second or two."""

import contextlib
import json
import signal
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from fractions import Fraction
from io import StringIO
from pathlib import Path

import numpy as np
import pytest

from r2s2r.cli import main
from r2s2r.media.video import LosslessWriter

HEIGHT, WIDTH, FRAMES = 96, 160, 6

SCENE = """\
version: 1
name: tiny
source:
  clip: clip.mkv
  frame: 2
  camera: {fov_deg: 45}
  ground: {camera_height_m: 1.2, pitch_deg: -4}
entities:
  left: {select: {polygon_px: [[30, 30], [60, 30], [60, 80], [30, 80]]}}
  right: {select: {polygon_px: [[100, 30], [130, 30], [130, 80], [100, 80]]}}
shots:
  orbit:
    frames: 3
    camera:
      - {type: orbit, around: left, degrees: 24, ease: in_out}
  still:
    frames: 2
output: {width: 96, height: 64, fps: 16}
"""


@dataclass(frozen=True)
class Run:
    """What a command ended with."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Project:
    """A folder with ``scene.yaml``, its clip, and a store of its own."""

    folder: Path

    @property
    def scene(self) -> Path:
        return self.folder / "scene.yaml"

    @property
    def store(self) -> Path:
        return self.folder / ".r2s2r"

    def change(self, old: str, new: str) -> None:
        text = self.scene.read_text()
        assert old in text
        self.scene.write_text(text.replace(old, new))

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "r2s2r", *words]

    def call(self, *words: str, timeout: float = 120) -> Run:
        done = subprocess.run(
            self.command(*words), cwd=self.folder, capture_output=True, text=True, timeout=timeout, check=False
        )
        return Run(done.returncode, done.stdout, done.stderr)

    def ask(self, *words: str) -> Run:
        """Run a command that starts no stage, in this process: quicker by the second that imports take."""
        out, err = StringIO(), StringIO()
        with contextlib.chdir(self.folder), redirect_stdout(out), redirect_stderr(err):
            code = main(words)
        return Run(code, out.getvalue(), err.getvalue())

    def run(self, *words: str) -> Run:
        return self.call("run", "scene.yaml", *words)

    def plan(self) -> dict[str, dict[str, tuple[str, list[str]]]]:
        """Shot -> node -> (state, why)."""
        planned = self.ask("plan", "scene.yaml", "--json")
        assert planned.code == 0, planned.err
        shots = json.loads(planned.out)["shots"]
        return {shot["shot"]: {one["node"]: (one["state"], one["why"]) for one in shot["nodes"]} for shot in shots}

    def not_fresh(self) -> dict[str, list[str]]:
        """Shot -> names of the nodes that are stale or unknown; fresh shots are left out."""
        shots = self.plan()
        names = {
            shot: [name for name, (state, _) in nodes.items() if state != "fresh"] for shot, nodes in shots.items()
        }
        return {shot: missing for shot, missing in names.items() if missing}


def write_clip(path: Path) -> None:
    """Write a clip of two bright boxes before a textured wall."""
    noise = np.random.default_rng(0).integers(60, 120, (HEIGHT, WIDTH, 3)).astype(np.uint8)
    noise[30:80, 30:60] = (220, 60, 40)
    noise[30:80, 100:130] = (40, 90, 220)
    with LosslessWriter(path, height=HEIGHT, width=WIDTH, fps=Fraction(25)) as writer:
        for _ in range(FRAMES):
            writer.write(noise)


def new_project(folder: Path) -> Project:
    folder.mkdir(exist_ok=True)
    write_clip(folder / "clip.mkv")
    (folder / "scene.yaml").write_text(SCENE)
    return Project(folder)


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> None:
    """Let the commands take SIGINT, also where the tests run in the background of a shell, which ignores it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return new_project(tmp_path / "project")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose shots were all made. Shared: copy it before a change."""
    project = new_project(tmp_path_factory.mktemp("built") / "project")
    done = project.run()
    assert done.code == 0, done.err
    return project
