"""Blender, which is never installed beside r2s2r: its Python is another process."""

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from r2s2r.geometry.transforms import Array

NEEDED = "needs Blender: `make tools` installs it; or name a Python that has bpy in R2S2R_BPY_PYTHON"
_PIXELS = Path(__file__).with_name("blender_pixels.py")
_LIMIT_S = 120


def blenders_python() -> str | None:
    """Return a Python that has ``bpy``; None where there is none."""
    if named := os.environ.get("R2S2R_BPY_PYTHON"):
        return named
    beside = Path(sys.prefix) / "blender"  # where `make tools` puts it, unless that was interrupted
    if any(beside.glob("lib/python*/site-packages/bpy/__init__.*")):
        return str(beside / "bin" / "python")
    return sys.executable if importlib.util.find_spec("bpy") is not None else None


def run_in_blender(python: str, script: Path, *words: str) -> str:
    """Run a script by Blender's Python; return what it wrote. Raises AssertionError, with that, when it fails."""
    done = subprocess.run([python, str(script), *words], capture_output=True, text=True, timeout=_LIMIT_S, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def pixels(python: str, file: Path, points: Array, frames: Sequence[int], *, fps: int, size: tuple[int, int]) -> Array:
    """Return where Blender's camera sees points [P, 3] of our world once a file is in: [frames, P, 2], y down.

    ``size`` is height and width of the picture.
    """
    height, width = size
    asked = {"points": points.tolist(), "frames": list(frames), "fps": fps, "height": height, "width": width}
    said = run_in_blender(python, _PIXELS, str(file), json.dumps(asked))
    return np.array(json.loads(said.strip().splitlines()[-1]))
