"""A Slurm cluster on this machine in seconds: munge, a controller, two nodes with two GPUs each that are not there.

``python -m tests.slurm.cluster`` keeps one up until Ctrl-C, and says how to reach it. Any number of them run at once.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.slurm.machine import Machine
from tests.slurm.settings import NODES, write_settings

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol", "scancel", "sinfo")
PACKAGES = "slurmctld slurmd slurm-client slurm-wlm-basic-plugins munge"
_PATH = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"


def missing() -> list[str]:
    """Return the programs that a cluster needs and this machine does not have."""
    return [name for name in PROGRAMS if shutil.which(name, path=_PATH) is None]


class Cluster:
    """A cluster, up while its ``with`` block lasts. All of its processes end with it, and with the test's process.

    Its nodes are ``nodeA`` and ``nodeB``. Its partitions are ``gpu``, the default one, and ``urgent``, whose jobs put
    those of ``gpu`` back into the queue.
    """

    def __init__(self) -> None:
        # Not pytest's folder: a socket's path may have 107 characters.
        self.root = Path(tempfile.mkdtemp(prefix="slurm-", dir="/tmp"))
        self.root.chmod(0o755)
        self._settings = write_settings(self.root)
        self._machines: dict[str, list[Machine]] = {}

    @property
    def environment(self) -> dict[str, str]:
        """What the commands of Slurm need to be told."""
        return {"SLURM_CONF": str(self._settings.slurm), "PATH": _PATH}

    def __enter__(self) -> Self:
        """Start everything and wait until both nodes are idle."""
        try:
            self._start_munge()
            self.mend()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End all processes, those of jobs too."""
        self._end()

    def mend(self) -> None:
        """Cancel all jobs, start what is down, and wait until both nodes are idle."""
        self.start_controller()
        for name in NODES:
            self.start_node(name)
        self.wait_until(lambda: set(self.states()) == set(NODES), 60)
        self.ask("scancel", "--user", str(os.getuid()))
        self.wait_until(self._is_idle, 120)

    def start_controller(self) -> None:
        """Start the controller, if it is down; it takes up the jobs it knew."""
        self._start("slurmctld", "-D", "-f", str(self._settings.slurm), "-L", str(self.root / "slurmctld.log"))

    def stop_controller(self) -> None:
        """End the controller; it knows its jobs again when it is started."""
        for machine in self._machines["slurmctld"]:
            machine.end("slurmctld")

    def kill_controller(self) -> None:
        """Kill the controller; when it is started, it has forgotten what it had not saved: the last seconds."""
        self._switch_off("slurmctld")

    def start_node(self, name: str) -> None:
        """Start a node's daemon, if it is down."""
        log = self.root / f"slurmd.{name}.log"
        self._start("slurmd", "-D", "-N", name, "-f", str(self._settings.slurm), "-L", str(log), node=name)

    def kill_node(self, name: str, *, spare: Collection[str] = ()) -> None:
        """Kill a node.

        Args:
            name: ``nodeA`` or ``nodeB``.
            spare: ``("jobs",)``: only the daemon dies, and jobs go on as orphans; else all dies, as without power.
                ``("disk",)``: what jobs left on the node is still there when it starts again.
        """
        if "jobs" in spare:
            for machine in self._machines[name]:
                machine.kill("slurmd")
            return
        self._switch_off(name)
        if "disk" not in spare:
            shutil.rmtree(self.root / "spool" / name)
            (self.root / "spool" / name).mkdir(mode=0o755)

    def processes(self, name: str) -> list[int]:
        """Return what runs on a node."""
        return [pid for machine in self._machines.get(name, ()) for pid in machine.processes()]

    def states(self) -> dict[str, str]:
        """Return the nodes' states, as Slurm calls them: ``idle``, ``mixed``, ``down*``."""
        return self._table("sinfo", "--noheader", "--Node", "--partition=gpu", "--format=%N %T")

    def jobs(self) -> dict[str, str]:
        """Return the states of all jobs that Slurm remembers."""
        return self._table("squeue", "--noheader", "--array", "--states=all", "--format=%i %T")

    def ask(self, *command: str) -> str:
        """Run a command of Slurm and return what it printed; empty when it failed or did not answer."""
        try:
            done = subprocess.run(
                command, env={**os.environ, **self.environment}, capture_output=True, text=True, timeout=10, check=False
            )
        except subprocess.TimeoutExpired:
            return ""
        return done.stdout if done.returncode == 0 else ""

    def wait_until(self, holds: Callable[[], bool], seconds: float) -> None:
        """Wait until something holds. Raises TimeoutError, with what the daemons said last."""
        end = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > end:
                raise TimeoutError(f"not within {seconds} s; nodes {self.states()}, jobs {self.jobs()}\n{self.logs()}")
            time.sleep(0.05)

    def logs(self) -> str:
        """Return the ends of the daemons' logs."""
        return "\n".join(f"== {path.name}\n{path.read_text()[-1500:]}" for path in sorted(self.root.glob("*.log")))

    def _table(self, *command: str) -> dict[str, str]:
        """Ask until there is an answer: a controller with too much to do leaves some questions without one."""
        said = self.ask(*command) or self.ask(*command) or self.ask(*command)
        return dict(line.split() for line in said.splitlines())

    def _start_munge(self) -> None:
        own = self.root / "munge"
        paths = {"pid-file": "pid", "log-file": "munged.log", "seed-file": "seed"}
        options = [f"--{option}={own / name}" for option, name in paths.items()]
        settings = [f"--socket={self._settings.socket}", f"--key-file={self._settings.key}", "--force", "--foreground"]
        self._start("munged", *settings, *options)
        self.wait_until(self._settings.socket.exists, 60)

    def _start(self, program: str, *arguments: str, node: str | None = None) -> None:
        name, found = node or program, shutil.which(program, path=_PATH)
        if found is None:
            raise FileNotFoundError(f"no {program}; apt-get install {PACKAGES}")
        machines = self._machines.setdefault(name, [])
        if not any(machine.runs(program) for machine in machines):
            output, environment = self.root / f"{name}.out", {**os.environ, "PATH": _PATH}
            machines.append(Machine((found, *arguments), output, environment))

    def _switch_off(self, name: str) -> None:
        for machine in self._machines.pop(name, ()):
            machine.switch_off()

    def resume(self) -> None:
        """Let nodes work again that Slurm has set aside, as who looks after a cluster would."""
        for name, state in self.states().items():
            if state.startswith(("drain", "down")):
                self.ask("scontrol", "update", f"NodeName={name}", "State=RESUME")

    def _is_idle(self) -> bool:
        self.resume()
        ended = {"COMPLETED", "CANCELLED", "FAILED", "TIMEOUT", "NODE_FAIL", "PREEMPTED", "OUT_OF_MEMORY", "BOOT_FAIL"}
        is_idle = set(self.states().values()) == {"idle"} and set(self.jobs().values()) <= ended
        return is_idle and self._frees_gpus()

    def _frees_gpus(self) -> bool:
        """Whether no GPU is in use, when no job is left.

        A controller that was started again may take some for used for half a minute, and jobs that want these fail, or
        wait. It counts anew when it is configured anew.
        """
        used = set(re.findall(r"GresUsed=gpu:fake:(\d)", self.ask("scontrol", "--details", "show", "node")))
        if used - {"0"}:
            self.ask("scontrol", "reconfigure")
        return used == {"0"}

    def _end(self) -> None:
        for name in tuple(self._machines):
            self._switch_off(name)
        shutil.rmtree(self.root, ignore_errors=True)


def main() -> None:
    """Keep a cluster up until Ctrl-C."""
    if lacking := missing():
        sys.exit(f"no {', '.join(lacking)}; apt-get install {PACKAGES}")
    with Cluster() as cluster:
        print(f"export SLURM_CONF={cluster.environment['SLURM_CONF']}", flush=True)  # noqa: T201
        with suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()
