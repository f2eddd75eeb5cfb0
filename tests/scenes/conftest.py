"""A project of its own for the example scenes: copied, small, with one store for all of them."""

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "scenes" / "examples"
# A quarter of the pictures a second, and so of the frames: the same seconds, the same moves.
_SLOWER = 4
_FRAMES = re.compile(r"^(    frames: )(\d+)", re.MULTILINE)
_PROJECT = f"version: 1\noutput: {{width: 208, height: 120, fps: {16 // _SLOWER}}}\n"
# Its camera file has a pose for each of the 33 frames that are written.
_AS_WRITTEN = "camera_file.yaml"


@dataclass(frozen=True)
class Ended:
    """What a command ended with."""

    code: int
    said: str


@dataclass(frozen=True)
class Studio:
    """A folder with ``r2s2r.yaml`` and ``examples/``."""

    folder: Path

    def r2s2r(self, *words: str) -> Ended:
        command = [sys.executable, "-m", "r2s2r", *words]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=900, check=False)
        return Ended(done.returncode, done.stdout + done.stderr)

    @property
    def scenes(self) -> list[str]:
        return sorted(path.name for path in (self.folder / "examples").glob("*.yaml"))


@pytest.fixture(scope="session")
def studio(tmp_path_factory):
    """The examples, at 208x120 and four frames a second."""
    folder = tmp_path_factory.mktemp("studio")
    shutil.copytree(EXAMPLES, folder / "examples", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    (folder / "r2s2r.yaml").write_text(_PROJECT, encoding="utf-8")
    for path in (folder / "examples").glob("*.yaml"):
        if path.name != _AS_WRITTEN:
            path.write_text(_FRAMES.sub(_fewer, path.read_text(encoding="utf-8")), encoding="utf-8")
    return Studio(folder)


def _fewer(found: re.Match[str]) -> str:
    return f"{found[1]}{(int(found[2]) - 1) // _SLOWER + 1}"
