"""Blender, for tests: its Python module, ``bpy``, in whichever Python has it."""

from pathlib import Path

import pytest

from benchmarks.peers.blender import NEEDED, blenders_python, run_in_blender


def in_blender(script: Path, *words: object) -> str:
    """Run a script where ``bpy`` is, and return what it prints; skips where there is none."""
    python = blenders_python()
    if python is None:
        pytest.skip(NEEDED)
    return run_in_blender(python, script, *map(str, words))
