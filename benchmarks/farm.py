"""A farm's driver: 1,000 scenes of three shots, all fresh, planned, run and decided on; what a task costs to schedule.

Whole processes, in turn, the median; then the same decisions when nothing is made yet. Last, shots whose ten nodes take
no time at all, through the worker and its scheduler, in processor time: the machine may have other things to do.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.farming.forged import forge, written
from benchmarks.farming.scheduling import scheduling_ms

SCENES, ROUNDS = 1000, 3
SHOTS = (100, 1000, 3000)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        _fresh(Path(folder) / "fresh")
        _stale(Path(folder) / "stale")
    for shots in SHOTS:
        tasks, milliseconds = scheduling_ms(shots)
        print(f"scheduling {tasks:6} tasks: {milliseconds:.2f} ms each, processor time", flush=True)


def _fresh(root: Path) -> None:
    paths = forge(root, SCENES)
    _call(root, ["run", *paths])  # puts the videos where people look for them
    print(f"{len(paths)} scenes of three shots, all fresh; whole process, median of {ROUNDS}")
    _measure(root, {"plan": ["plan", *paths], "run": ["run", *paths], "night": ["night", *paths, "--dry-run"]})


def _stale(root: Path) -> None:
    paths = written(root, SCENES)
    print(f"{len(paths)} scenes of three shots, none made yet")
    window = ["--window", "00:00-23:59", "--now"]
    _measure(root, {"plan": ["plan", *paths], "night": ["night", *paths, *window, "--dry-run"]})


def _measure(root: Path, commands: dict[str, list[str]]) -> None:
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, words in commands.items():
            seconds[name].append(_call(root, words))
    for name, times in seconds.items():
        print(f"  r2s2r {name:6} {statistics.median(times):6.2f} s  ({min(times):.2f} to {max(times):.2f})", flush=True)


def _call(root: Path, words: list[str]) -> float:
    began = time.perf_counter()
    command = [sys.executable, "-m", "r2s2r", *words]
    subprocess.run(command, cwd=root, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
