"""Kills, crowds, full and read-only disks: the next run finishes, and nothing wrong is served."""

import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path

import numpy as np
import pytest

from r2s2r.artifacts.lease import holders
from tests.pipelines.conftest import SCENE, Project, new_project

NODES = ["footage", "mask:left", "entity:left", "plate", "edit", "render", "diffuse", "encode"]


def _results(project: Project) -> dict[str, str]:
    actions = [json.loads(path.read_bytes()) for path in (project.store / "actions").glob("*.json")]
    return {action["key"]: action["result"] for action in actions}


def _start(project: Project, *words: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        project.command("run", "scene.yaml", *words),
        cwd=project.folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _kill_group(process: "subprocess.Popen[bytes]") -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _stage(project: Project, key: str) -> str:
    """Return the stage of a request; empty of what is none."""
    request = project.store / "requests" / f"{key}.json"
    return str(json.loads(request.read_bytes())["stage"]) if request.exists() else ""


def _wait_until_at(project: Project, node: str, process: "subprocess.Popen[bytes]") -> None:
    """Wait until a worker holds the lease of a node's request, or has built it: who waits may have no turn for long."""
    stage = node.partition(":")[0]
    while process.poll() is None:
        held = [folder.name for folder in (project.store / "leases").glob("*") if holders(folder)]
        built = [path.stem for path in (project.store / "actions").glob("*.json")]
        if any(_stage(project, key) == stage for key in (*held, *built)):
            return
        time.sleep(0.002)


def _wait_until_group_is_gone(group: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    pytest.fail("workers outlived the run")


def _run_with(project: Project, store: Path) -> "subprocess.CompletedProcess[str]":
    """Run with a store of another place."""
    return subprocess.run(
        project.command("run", "scene.yaml"),
        cwd=project.folder,
        env={**os.environ, "R2S2R_STORE": str(store)},
        capture_output=True,
        text=True,
        check=False,
    )


def _assert_sound(project: Project, expected: dict[str, str]) -> None:
    assert _results(project) == expected
    assert project.call("verify").code == 0
    assert project.call("gc").code == 0
    assert list((project.store / "tmp").iterdir()) == []
    assert [path for path in project.store.rglob(".*") if path.is_file()] == []


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project of which one shot was made."""
    project = new_project(tmp_path_factory.mktemp("still") / "project")
    assert project.run("--shot", "still").code == 0
    return project


@pytest.mark.parametrize("node", NODES)
def test_a_run_killed_in_any_node_is_finished_by_the_next(still: Project, project: Project, node: str) -> None:
    process = _start(project, "--shot", "still")
    _wait_until_at(project, node, process)
    _kill_group(process)
    assert project.run("--shot", "still").code == 0
    _assert_sound(project, _results(still))


def test_runs_killed_at_random_moments_are_finished_by_the_next(built: Project, project: Project) -> None:
    moments = np.random.default_rng(7)
    for _ in range(8):
        process = _start(project)
        time.sleep(moments.uniform(0.1, 1.5))
        _kill_group(process)
    assert project.run().code == 0
    _assert_sound(project, _results(built))


def _kill_workers(project: Project, process: "subprocess.Popen[str]", stage: str, *, count: int) -> int:
    """Kill so many workers, one after the other, at a stage's one request; return how many there were to kill."""
    killed: set[str] = set()
    while process.poll() is None and len(killed) < count:
        folders = [path for path in (project.store / "leases").glob("*") if _stage(project, path.name) == stage]
        for holder in chain.from_iterable(map(holders, folders)):
            if holder.owns and holder.pid and holder.nonce not in killed:
                os.kill(holder.pid, signal.SIGKILL)
                killed.add(holder.nonce)
        time.sleep(0.002)
    return len(killed)


@pytest.mark.parametrize(("kills", "code"), [(1, 0), (2, 1)])
def test_what_a_killed_worker_did_is_tried_once_more_and_the_run_says_so(
    project: Project, kills: int, code: int
) -> None:
    process = subprocess.Popen(
        project.command("run", "scene.yaml", "--shot", "still"),
        cwd=project.folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert _kill_workers(project, process, "render", count=kills) == kills  # it takes longer than others
    _, err = process.communicate(timeout=120)
    assert process.returncode == code
    assert "died unexpectedly" in err
    assert project.run("--shot", "still").code == 0


def test_two_runs_at_once_both_finish_and_agree(built: Project, project: Project) -> None:
    first, second = _start(project), _start(project)
    assert (first.wait(timeout=120), second.wait(timeout=120)) == (0, 0)
    _assert_sound(project, _results(built))


def test_ctrl_c_ends_the_run_and_its_workers(built: Project, project: Project) -> None:
    process = _start(project)
    _wait_until_at(project, "mask:left", process)
    os.kill(process.pid, signal.SIGINT)
    assert process.wait(timeout=120) == 130
    _wait_until_group_is_gone(process.pid)
    assert project.run().code == 0
    _assert_sound(project, _results(built))


def test_a_terminated_run_ends_its_workers(project: Project) -> None:
    process = _start(project)
    _wait_until_at(project, "mask:left", process)
    os.kill(process.pid, signal.SIGTERM)
    assert process.wait(timeout=120) == 143
    _wait_until_group_is_gone(process.pid)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 400 kB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("needs the right to mount a tmpfs")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_is_named_and_the_next_run_with_room_finishes(
    built: Project, project: Project, small_disk: Path
) -> None:
    store = small_disk / "store"
    full = _run_with(project, store)
    assert full.returncode == 1
    assert re.search(r"^tiny/orbit: .*the disk is full", full.stderr, re.MULTILINE)
    assert "Traceback" not in full.stderr
    subprocess.run(["mount", "-o", "remount,size=40m", str(small_disk)], check=True)
    assert _run_with(project, store).returncode == 0
    actions = [json.loads(path.read_bytes()) for path in (store / "actions").glob("*.json")]
    assert {action["key"]: action["result"] for action in actions} == _results(built)


def test_a_read_only_store_serves_what_it_has_and_says_why_it_cannot_build(built: Project, small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,size=40m", str(small_disk)], check=True)
    store = small_disk / "store"
    shutil.copytree(built.store, store)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    assert _run_with(built, store).returncode == 0
    built.scene.write_text(SCENE.replace("degrees: 24", "degrees: 12"))
    refused = _run_with(built, store)
    built.scene.write_text(SCENE)
    assert refused.returncode == 1
    assert "R2S2R_STORE" in refused.stderr
    assert "Traceback" not in refused.stderr
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)


def test_a_damaged_result_is_found_and_made_again(built: Project, project: Project) -> None:
    assert project.run().code == 0
    found = project.call("path", "scene.yaml", "orbit", "diffuse").out.strip()
    frames = Path(found) / "frames.mkv"
    frames.write_bytes(frames.read_bytes()[:100])
    assert project.call("verify").code == 1
    assert "diffuse" in project.not_fresh()["orbit"]
    assert project.run().code == 0
    assert _results(project) == _results(built)


def test_a_new_project_is_the_same_wherever_it_stands(built: Project, tmp_path: Path) -> None:
    other = new_project(tmp_path / "with space & ünïcode")
    assert other.run().code == 0
    assert _results(other) == _results(built)
