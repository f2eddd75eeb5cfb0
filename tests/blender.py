"""Blender: its Python module, ``bpy``, in whichever Python has it."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest


def in_blender(script: Path, *words: object) -> str:
    """Run a script where ``bpy`` is, and return what it prints; skips where there is none.

    ``R2S2R_BPY_PYTHON`` names a Python that has it, if not this one: it wants a Python of its own version.
    """
    python = os.environ.get("R2S2R_BPY_PYTHON") or (sys.executable if importlib.util.find_spec("bpy") else None)
    if python is None:
        pytest.skip(
            "needs Blender's bpy: pip install bpy, into any environment, and name its Python in R2S2R_BPY_PYTHON"
        )
    done = subprocess.run(
        [python, str(script), *map(str, words)], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
