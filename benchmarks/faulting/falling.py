"""Death from outside, at random moments, for as long as it lasts: of processes, and of parts of a cluster."""

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from benchmarks.faulting.injected.sitecustomize import claim, kind
from tests.slurm.cluster import Cluster
from tests.slurm.settings import NODES

_PART = 0.2  # of the deaths from outside
_DICE = random.SystemRandom()


@dataclass(frozen=True)
class Faults:
    """How often death comes.

    Attributes:
        folder: Where each death has a file.
        most: How many there may be, in all rounds.
        chance: How likely one is at each call that writes.
        pause_s: Mean time between two that come from outside.
        parts: What a part of the cluster is called -> ends it for a while.
        look_after: Done between deaths: by then a cluster may have set nodes aside until somebody has a look.
    """

    folder: Path
    most: int
    chance: float
    pause_s: float
    parts: Mapping[str, Callable[[], None]] = field(default_factory=dict)
    look_after: Callable[[], None] = lambda: None

    @property
    def variables(self) -> dict[str, str]:
        """What ``sitecustomize`` is told."""
        return {"FAULTS_FOLDER": str(self.folder), "FAULTS_MOST": str(self.most), "FAULTS_CHANCE": str(self.chance)}

    def deaths(self) -> list[str]:
        """Return who died, and where."""
        return [path.read_text() for path in sorted(self.folder.glob("death-*"))]

    def processes(self) -> dict[int, list[str]]:
        """Return the processes that drivers of these faults have started, and the drivers, with their command lines."""
        found, mark = {}, f"FAULTS_FOLDER={self.folder}\0".encode()
        for path in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if mark in (path / "environ").read_bytes() + b"\0":
                    found[int(path.name)] = (path / "cmdline").read_text().split("\0")
        return found

    @contextmanager
    def falling(self) -> Iterator[None]:
        """Let death come from outside, too."""
        is_over = threading.Event()
        thread = threading.Thread(target=self._fall, args=(is_over,))
        thread.start()
        try:
            yield
        finally:
            is_over.set()
            thread.join()

    def end(self) -> None:
        """Kill all that is left."""
        for pid in self.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _fall(self, is_over: threading.Event) -> None:
        while not is_over.wait(_DICE.expovariate(1 / self.pause_s)):
            self.look_after()
            if self.parts and _DICE.random() < _PART:
                name = _DICE.choice(sorted(self.parts))
                if claim(self.folder, self.most, name):
                    self.parts[name]()
            elif found := self.processes():
                pid = _DICE.choice(sorted(found))
                with suppress(ProcessLookupError):
                    if claim(self.folder, self.most, f"{kind(found[pid])} from outside"):
                        os.kill(pid, signal.SIGKILL)


def parts_of(cluster: Cluster) -> dict[str, Callable[[], None]]:
    """Return the parts of a cluster that may die, and how each does; it comes back a little later."""

    def controller() -> None:
        cluster.kill_controller()
        time.sleep(_DICE.uniform(0.5, 3))
        cluster.start_controller()

    def node(*, spare: tuple[str, ...]) -> None:
        name = _DICE.choice(NODES)
        cluster.kill_node(name, spare=spare)
        time.sleep(_DICE.uniform(0.5, 3))
        cluster.start_node(name)

    return {"slurmctld": controller, "slurmd": partial(node, spare=("jobs",)), "a node": partial(node, spare=())}
