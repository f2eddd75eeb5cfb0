"""A run that somebody looks at, and ends, from another process: real runs of the tiny project."""

import contextlib
import json
import os
import signal
import stat
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

SLOW = """\
#!{python}
import runpy, sys, time

import pipelines.perform

perform = pipelines.perform.perform


def slow(*words):
    print("a slow stage", flush=True)
    time.sleep(300)
    return perform(*words)


pipelines.perform.perform = slow
sys.argv = ["r2s2r", *sys.argv[3:]]
runpy.run_module("r2s2r", run_name="__main__")
"""


@pytest.fixture
def slow(project):
    """A project whose ``render`` takes minutes, in a process of the farm."""
    path = project.folder / "slow-python"
    path.write_text(SLOW.format(python=sys.executable))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    (project.folder / "r2s2r.yaml").write_text("version: 1\nfarm: {stages: {render: {python: slow-python, gpus: 0}}}\n")
    return project


@dataclass(frozen=True)
class Started:
    """A command in the background; a file takes what it says, which a pipe that it leaves to others would not."""

    process: subprocess.Popen[bytes]
    output: Path

    def wait_for(self, words: str) -> None:
        deadline = time.monotonic() + 120
        while words not in self.output.read_text():
            assert time.monotonic() < deadline, self.output.read_text()
            time.sleep(0.05)

    def end(self) -> str:
        self.process.wait(timeout=120)
        return self.output.read_text()


@pytest.fixture
def start(project):
    """Starts a command in the background."""
    started: list[subprocess.Popen[bytes]] = []

    def begin(*words):
        output = project.folder / f"said-{len(started)}"
        with output.open("wb") as file:
            command = project.command(*words)
            process = subprocess.Popen(
                command, cwd=project.folder, stdout=file, stderr=subprocess.STDOUT, start_new_session=True
            )
        started.append(process)
        return Started(process, output)

    yield begin
    for process in started:
        process.kill()
        process.wait()


def status(project):
    """Return what is said of the latest run; None where there is none."""
    runs = json.loads(project.ask("status", "--json").out)["runs"]
    return runs[0] if runs else None


def wait_until_running(project, node, seconds=120):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        seen = status(project)
        if seen and (found := [one for one in seen["running"] if one["node"] == node]):
            return found
        time.sleep(0.2)
    raise AssertionError(f"{node} does not run: {status(project)}")


def stage_processes(project):
    """Return the command lines of the processes that build this project's stages for the farm."""
    lines = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            lines.append(path.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
    return [line for line in lines if f"stage --store {project.store}" in line]


def test_what_runs_is_seen_followed_and_cancelled_from_elsewhere(slow, start):
    run = start("run", "scene.yaml", "--shot", "orbit", "--workers", "2")
    (seen,) = wait_until_running(slow, "render")
    assert seen["shots"] == ["tiny/orbit"]
    assert status(slow)["driver"] == "alive"
    follower = start("logs", "scene.yaml", "orbit", "render", "--follow")
    assert len(stage_processes(slow)) == 1
    follower.wait_for("a slow stage")
    cancelled = slow.call("cancel", "tiny", "orbit")
    assert cancelled.code == 0, cancelled.err
    assert "cancelled tiny/orbit render" in cancelled.out
    said = run.end()
    assert run.process.returncode == 1, said
    assert stage_processes(slow) == []
    follower.end()
    after = status(slow)
    assert (after["driver"], after["shots"]) == ("dead", {"cancelled": 1})
    assert slow.ask("cancel", "--all").code == 1


def test_what_was_cancelled_is_made_by_the_next_run(slow, start):
    run = start("run", "scene.yaml", "--until", "render")
    wait_until_running(slow, "render")
    (slow.folder / "r2s2r.yaml").unlink()
    assert slow.call("cancel", "tiny").code == 0
    run.end()
    assert slow.run().code == 0
    assert status(slow)["shots"] == {"done": 2}


def test_what_a_killed_driver_has_left_is_ended(slow, start):
    run = start("run", "scene.yaml", "--shot", "orbit")
    wait_until_running(slow, "render")
    os.kill(run.process.pid, signal.SIGKILL)
    run.process.wait()
    assert len(stage_processes(slow)) == 1
    assert status(slow)["driver"] == "dead"
    assert "its driver is gone" in slow.ask("status").out
    cancelled = slow.call("cancel", "--all")
    assert cancelled.code == 0, cancelled.err
    assert "whose driver is gone: cancelled tiny/orbit render, which it had left" in cancelled.out
    assert stage_processes(slow) == []


def test_logs_of_what_was_made_are_there_and_those_of_fresh_nodes_are_found(built):
    shown = built.ask("logs", "scene.yaml", "orbit", "render")
    assert shown.code == 0
    assert "started on" in shown.out
    assert "done in" in shown.out
