"""Kills its process at a random one of the calls that put data, manifest or name in their place.

Python imports this by itself where the folder it lies in is in PYTHONPATH. ``FAULTS_FOLDER`` is where each death claims
a file of its own, ``FAULTS_MOST`` how many there may be, ``FAULTS_CHANCE`` how likely one is at each call.
"""

import os
import random
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

_CALLS = ("fsync", "mkdir", "rename", "replace", "rmdir", "unlink", "utime")
_DICE = random.SystemRandom()


def claim(folder: Path, most: int, words: str) -> bool:
    """Take one of the deaths that are left; whether there was one."""
    for number in range(most):
        try:
            with (folder / f"death-{number:04}").open("x") as file:
                file.write(words)
        except FileExistsError:
            continue
        return True
    return False


def kind(words: list[str]) -> str:
    """Return what a process of r2s2r is, by its command line."""
    if any("multiprocessing" in word for word in words):
        return "worker"
    return "stage process" if "stage" in words else "driver"


def _deadly(call: Callable[..., Any], *, chance: float, die: Callable[[str], None]) -> Callable[..., Any]:
    def called(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - as the call's own
        if _DICE.random() < chance / 2:
            die(f"before {call.__name__}")
        result = call(*arguments, **options)
        if _DICE.random() < chance / 2:
            die(f"after {call.__name__}")
        return result

    return called


def _inject(folder: Path, most: int, chance: float) -> None:
    def die(where: str) -> None:
        words = Path("/proc/self/cmdline").read_text().split("\0")
        if claim(folder, most, f"{kind(words)} {where}"):
            os.kill(os.getpid(), signal.SIGKILL)

    for name in _CALLS:
        setattr(os, name, _deadly(getattr(os, name), chance=chance, die=die))


if "FAULTS_FOLDER" in os.environ and sys.platform == "linux":
    _inject(Path(os.environ["FAULTS_FOLDER"]), int(os.environ["FAULTS_MOST"]), float(os.environ["FAULTS_CHANCE"]))
