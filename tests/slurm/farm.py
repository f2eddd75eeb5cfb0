"""A project whose stages run on a cluster, with troubles on its nodes, and what was seen of its work."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

import yaml

from r2s2r.artifacts.journal import Event, events, journals
from r2s2r.artifacts.store import Store
from r2s2r.spec.farm import StageName
from tests.pipelines.conftest import Run, write_clip
from tests.slurm import interpreter
from tests.slurm.cluster import Cluster

_SCENE = """\
version: 1
name: many
source: {clip: clip.mkv, frame: 2, camera: {fov_deg: 45}, ground: {camera_height_m: 1.2, pitch_deg: -4}}
entities: {box: {select: {polygon_px: [[30, 30], [60, 30], [60, 80], [30, 80]]}}}
output: {width: 96, height: 64, fps: 16}
shots:
"""
_SHOT = "  shot{number}: {{frames: 1, camera: [{{type: orbit, around: box, degrees: {number}}}]}}\n"


class Driver:
    """``r2s2r run`` in a process of its own."""

    def __init__(self, command: list[str], folder: Path, environment: Mapping[str, str]) -> None:
        self._said = (folder / f"run-{time.monotonic_ns()}.out", folder / f"run-{time.monotonic_ns()}.err")
        with self._said[0].open("w") as out, self._said[1].open("w") as err:
            self.process = subprocess.Popen(
                command, cwd=folder, env=environment, stdout=out, stderr=err, start_new_session=True
            )

    def end(self, timeout: float = 170) -> Run:
        """Wait for its end."""
        try:
            code = self.process.wait(timeout)
        except subprocess.TimeoutExpired as error:
            self.kill()
            raise AssertionError(f"it still ran after {timeout} s; it said: {self.said}") from error
        return Run(code, *(path.read_text() for path in self._said))

    @property
    def said(self) -> str:
        """What it printed so far."""
        return "".join(path.read_text() for path in self._said)

    def interrupt(self) -> None:
        """Press Ctrl-C: the terminal sends it to all of its processes."""
        os.killpg(self.process.pid, signal.SIGINT)

    def kill(self) -> None:
        """Kill it with all of its processes, without a chance to say anything."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@dataclass
class FarmProject:
    """A scene of one-frame shots, whose stages ``on_farm`` are jobs of one GPU each.

    Attributes:
        folder: Of the project.
        cluster: Where its jobs run.
        on_farm: The stages that are.
        needs: Settings of each of them.
        troubles: What goes wrong on the nodes: ``interpreter.py`` says what there is.
    """

    folder: Path
    cluster: Cluster
    on_farm: tuple[StageName, ...] = ("render",)
    needs: dict[str, Any] = field(default_factory=dict)
    troubles: dict[str, Any] = field(default_factory=dict)
    drivers: list[Driver] = field(default_factory=list)

    def write(self, shots: int) -> None:
        """Write clip, scene and project file."""
        write_clip(self.folder / "clip.mkv")
        scene = _SCENE + "".join(_SHOT.format(number=number) for number in range(1, shots + 1))
        (self.folder / "scene.yaml").write_text(scene)
        self.configure()

    def configure(self) -> None:
        """Write the project file, the nodes' interpreter and its troubles."""
        python = self.folder / "python"
        python.write_text(f'#!/bin/sh\nexec {sys.executable} {interpreter.__file__} {self.folder} "$@"\n')
        python.chmod(python.stat().st_mode | stat.S_IXUSR)
        own = {"gpus": 1, "cpus": 1, "memory_gb": 0.8, "minutes": 5, "python": "python", **self.needs}
        here = [stage for stage in get_args(StageName) if stage not in self.on_farm]
        farm = {"slurm": {"poll_s": 0.3, "stop_s": 5, "here": here}, "stages": dict.fromkeys(self.on_farm, own)}
        (self.folder / "r2s2r.yaml").write_text(yaml.safe_dump({"version": 1, "farm": farm}))
        troubles = {"sleep_s": 0, "of_one": [], "full_disk_on": None, "clock_s": {}, **self.troubles}
        (self.folder / "troubles.json").write_text(json.dumps(troubles))

    def start(self, *words: str) -> Driver:
        """Start ``r2s2r run --executor slurm``."""
        command = [sys.executable, "-m", "r2s2r", "run", "scene.yaml", "--executor", "slurm", *words]
        driver = Driver(command, self.folder, self.environment)
        self.drivers.append(driver)
        return driver

    @property
    def environment(self) -> dict[str, str]:
        """That of the driver; the threads of four jobs at once would be in each other's way."""
        return {**os.environ, **self.cluster.environment, "OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}

    def hold(self) -> None:
        """Let work begin from now on, but not go on, until ``release``."""
        (self.folder / "hold").touch()

    def release(self) -> None:
        """Let work go on."""
        (self.folder / "hold").unlink(missing_ok=True)

    def work(self, what: str) -> list[dict[str, Any]]:
        """Return what was noted of processes that ``started`` and work that ``began`` or is ``done``, in order."""
        try:
            whole, _, _ = (self.folder / "work.jsonl").read_text().rpartition("\n")
        except FileNotFoundError:
            return []
        return [noted for noted in map(json.loads, whole.splitlines()) if noted["what"] == what]

    def times(self, what: str) -> Counter[str]:
        """Return how often the work of each key ``began`` or was ``done``."""
        return Counter(noted["key"] for noted in self.work(what))

    def wait_for_work(self, what: str, count: int, driver: Driver, seconds: float = 120) -> list[dict[str, Any]]:
        """Wait until so many processes ``started``, or so much work ``began`` or is ``done``."""
        end = time.monotonic() + seconds
        while len(noted := self.work(what)) < count:
            if driver.process.poll() is not None or time.monotonic() > end:
                raise AssertionError(f"{noted} {what}; jobs {self.cluster.jobs()}; the driver said: {driver.said}")
            time.sleep(0.05)
        return noted

    def told(self, what: str, driver: Driver | None = None) -> list[Event]:
        """Return the events of this kind in the journals of all drivers, or of one."""
        store = Store(self.folder / ".r2s2r")
        runs = (run for run in journals(store) if driver is None or run.pid == driver.process.pid)
        return [event for run in runs for event in events(store, run.id) if event.what == what]

    def seen_running(self, driver: Driver | None = None) -> int:
        """Return how many jobs drivers, or one of them, have seen to begin."""
        return sum(bool(event.job) for event in self.told("running", driver))

    def results(self, store: Path | None = None) -> dict[str, str]:
        """Return the digest of each key's result."""
        actions = ((store or self.folder / ".r2s2r") / "actions").glob("*.json")
        return {path.stem: json.loads(path.read_text())["result"] for path in actions}

    def local_results(self) -> dict[str, str]:
        """Return the digests that a run on this machine gives, in a store of its own."""
        store = self.folder.parent / "local-store"
        command = [sys.executable, "-m", "r2s2r", "run", "scene.yaml", "--executor", "local"]
        (self.folder / "r2s2r.yaml").rename(self.folder / "r2s2r.yaml.slurm")
        (self.folder / "r2s2r.yaml").write_text("version: 1\n")
        subprocess.run(
            command, cwd=self.folder, env={**self.environment, "R2S2R_STORE": str(store)}, check=True, timeout=120
        )
        (self.folder / "r2s2r.yaml.slurm").rename(self.folder / "r2s2r.yaml")
        return self.results(store)

    def running(self) -> list[str]:
        """Return the cluster's jobs that are queued or at work."""
        busy = ("PENDING", "RUNNING", "COMPLETING")
        return sorted(job for job, state in self.cluster.jobs().items() if state in busy)

    def wait_for_no_jobs(self) -> None:
        """Wait until no job is queued or at work: a driver ends with the results, a moment before Slurm knows."""
        self.cluster.wait_until(lambda: self.running() == [], 60)

    def end(self) -> None:
        """Kill drivers that a test left."""
        self.release()
        for driver in self.drivers:
            if driver.process.poll() is None:
                driver.kill()


def nodes_of(noted: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return the nodes where work was noted."""
    return {one["node"] for one in noted}
