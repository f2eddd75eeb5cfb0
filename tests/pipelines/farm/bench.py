"""Requests to be built, and an executor that is watched while it builds them."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.failure_file import told
from pipelines.farm.chosen import ExecutorName, executor_for
from pipelines.farm.executor import Executor
from pipelines.farm.job import Job, Report
from pipelines.farm.needs import Needs
from r2s2r.artifacts.store import Store
from r2s2r.spec.farm import FarmSpec, LocalSpec, SlurmSpec
from tests.pipelines.farm import stand_in

_FARM = FarmSpec(local=LocalSpec(gpus=(0, 1)), slurm=SlurmSpec(poll_s=0.3, stop_s=5))
_DRIVER = """\
import sys, time
from tests.pipelines.farm.bench import Bench
bench = Bench.again(*sys.argv[1:3])
executor = bench.executor()
executor.submit([bench.job(key) for key in sys.argv[3:]])
while not (bench.folder / "leave").exists():
    executor.poll()
    time.sleep(0.05)
executor.close()
"""


@dataclass
class Bench:
    """Requests of one stage that are ready to be built, in a store of their own.

    Attributes:
        name: Of the executors that build them.
        folder: Of the store, and of the stand-in's notes.
        keys: Of the requests.
        settings: Of every job's needs, where they differ from the least.
    """

    name: ExecutorName
    folder: Path
    keys: tuple[str, ...]
    settings: dict[str, Any] = field(default_factory=dict)
    reports: list[Report] = field(default_factory=list)
    _executors: list[Executor] = field(default_factory=list)

    @classmethod
    def again(cls, name: str, folder: str) -> "Bench":
        """Open what another process has made."""
        bench = cls("slurm" if name == "slurm" else "local", Path(folder), ())
        bench.settings = json.loads((bench.folder / "settings.json").read_text())
        return bench

    @property
    def store(self) -> Store:
        return Store(self.folder / "store")

    def executor(self) -> Executor:
        """Return a new executor; it is closed with the test."""
        self._executors.append(executor_for(self.name, self.store, _FARM))
        return self._executors[-1]

    def driver(self, *keys: str) -> "subprocess.Popen[bytes]":
        """Start a process that has the requests built."""
        (self.folder / "settings.json").write_text(json.dumps(self.settings))
        root = str(Path(__file__).resolve().parents[3])
        command = [sys.executable, "-c", _DRIVER, self.name, str(self.folder), *keys]
        return subprocess.Popen(command, cwd=root, start_new_session=True)

    def job(self, key: str, *, affinity: str = "", **settings: Any) -> Job:
        least = {"gpus": 1, "cpus": 1, "memory_gb": 0.8, "minutes": 10.0, "keys": 1}
        plain: dict[str, Any] = dict.fromkeys(("gpu_type", "partition", "account", "constraint")) | {
            "python": (sys.executable, stand_in.__file__, str(self.folder)),
            "environment": (("OMP_NUM_THREADS", "1"),),
        }
        return Job(key, "edit", Needs("edit", **{**least, **plain, **self.settings, **settings}), affinity, key[:6])

    def jobs(self, count: int, **settings: Any) -> list[Job]:
        return [self.job(key, **settings) for key in self.keys[:count]]

    def trouble(self, troubles: dict[str, str]) -> None:
        """Say what happens to the work of some requests: see the stand-in."""
        (self.folder / "troubles.json").write_text(json.dumps(troubles))

    def go(self) -> None:
        """Let the work go on that waits."""
        (self.folder / "go").touch()

    def work(self) -> list[dict[str, Any]]:
        """Return what was begun, in order."""
        with suppress(FileNotFoundError):
            whole, _, _ = (self.folder / "work.jsonl").read_text().rpartition("\n")
            return [json.loads(line) for line in whole.splitlines()]
        return []

    def until(self, executor: Executor, holds: Callable[[], object], seconds: float = 120) -> None:
        """Poll until something holds."""
        end = time.monotonic() + seconds
        while not holds():
            self.reports += executor.poll()
            assert time.monotonic() < end, f"{self.reports} {self.work()} {self.told()} {self.printed()}"
            time.sleep(0.02)

    def until_begun(self, executor: Executor, count: int = 1) -> list[dict[str, Any]]:
        """Poll until the work of so many requests was begun."""
        self.until(executor, lambda: len(self.work()) >= count)
        return self.work()

    def until_running(self, executor: Executor, key: str) -> None:
        """Poll until the executor has told that a machine works on a request."""
        self.until(executor, lambda: "running" in self.states(key))

    def until_ended(self, executor: Executor, keys: Iterable[str], seconds: float = 120) -> dict[str, Report]:
        """Poll until these requests' jobs have ended; return the last report of each."""
        wanted = set(keys)
        self.until(executor, lambda: wanted <= {one.key for one in self.reports if one.state == "ended"}, seconds)
        return {one.key: one for one in self.reports if one.key in wanted and one.state == "ended"}

    def states(self, key: str) -> list[str]:
        return [one.state for one in self.reports if one.key == key]

    def is_built(self, key: str) -> bool:
        return self.store.action(key) is not None

    def kind(self, key: str) -> str | None:
        """Return what kind of failure was told of a request."""
        found = told(self.store, key)
        return None if found is None else str(found.explanation["kind"])

    def told(self) -> dict[str, str | None]:
        return {key[:6]: self.kind(key) for key in self.keys}

    def printed(self) -> str:
        return "\n".join(path.read_text() for path in (self.store.root / "jobs").glob("*.out"))

    def log(self, key: str) -> str:
        return (self.store.root / "logs" / f"{key}.log").read_text()

    def end(self) -> None:
        """End what a test has left."""
        self.go()
        for executor in self._executors:
            executor.cancel(self.keys)
            executor.close()
        for noted in self.work():
            for pid in (noted["pid"], noted["child"]):
                if pid is not None and is_stand_in(pid):
                    os.kill(pid, signal.SIGKILL)


def is_stand_in(pid: int) -> bool:
    """Whether a process that the stand-in noted still lives."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return stand_in.__file__.encode() in words or b"SIG_IGN" in words


def wait_until_gone(pids: Collection[int], seconds: float = 20) -> None:
    """Wait until processes that the stand-in noted are gone."""
    end = time.monotonic() + seconds
    while left := [pid for pid in pids if is_stand_in(pid)]:
        assert time.monotonic() < end, f"processes {left} outlived their job"
        time.sleep(0.05)


def with_requests(name: ExecutorName, folder: Path, keys: Sequence[str]) -> Iterator[Bench]:
    """Give a bench whose store is in ``folder/store``, and end what its test leaves."""
    bench = Bench(name, folder, tuple(keys))
    bench.trouble({})
    yield bench
    bench.end()
