"""Kernels that are kept on disk: taken up while they fit, compiled anew where they do not, and never in the way."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TUPLES = """\
from typing import NamedTuple

class Pair(NamedTuple):
    first: float
    second: float
"""
KERNEL = """\
from r2s2r.stages.render.compiled import kernel
from tuples import Pair

@kernel
def first(pair):
    return pair.first

print(first(Pair(first=1.0, second=2.0)), sum(first.stats.cache_hits.values()))
"""


class Program:
    """A program with one kernel, which reads a named tuple of another file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "tuples.py").write_text(TUPLES)
        (folder / "program.py").write_text(KERNEL)

    def change(self, old: str, new: str) -> None:
        for file in self.folder.glob("*.py"):
            file.write_text(file.read_text().replace(old, new))

    def kept(self, kind: str) -> Path:
        (file,) = (self.folder / "__pycache__").glob(f"program.first-*.{kind}")
        return file

    def run(self, **environment: str) -> list[str]:
        """Return the number that it computes, how many kernels it took from the disk, and what it said."""
        done = subprocess.run(
            [sys.executable, "program.py"],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(Path.cwd()), **environment},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return [*done.stdout.split(), *done.stderr.splitlines()]


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path)


def test_a_kernel_is_compiled_once_for_all_processes(program):
    assert program.run() == ["1.0", "0"]
    assert program.run() == ["1.0", "1"]


def test_a_kernel_is_compiled_anew_when_a_named_tuple_of_another_file_changes(program):
    program.run()
    program.change("    first: float\n    second: float", "    second: float\n    first: float")
    assert program.run() == ["1.0", "0"]
    assert program.run() == ["1.0", "1"]


def test_a_kernel_of_a_named_tuple_that_is_gone_is_no_error(program):
    program.run()
    program.change("Pair", "Couple")
    assert program.run() == ["1.0", "0"]


@pytest.mark.parametrize("kind", ["nbi", "nbc"])
def test_a_damaged_file_is_made_again(program, kind):
    program.run()
    file = program.kept(kind)
    file.write_bytes(file.read_bytes()[:-100])
    assert program.run() == ["1.0", "0"]
    assert program.run() == ["1.0", "1"]


def test_where_nothing_can_be_written_it_is_said_and_compiled_all_the_same(program):
    (program.folder / "__pycache__").write_text("in the way")
    told = "each process compiles its kernels anew: set NUMBA_CACHE_DIR to a folder that can be written"
    nowhere = {"HOME": "/dev/null", "XDG_CACHE_HOME": "/dev/null/cache"}
    assert program.run(**nowhere) == ["1.0", "0", told]
