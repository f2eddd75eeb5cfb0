"""Looking at runs on a cluster, and ending them, from another process."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.pipelines.conftest import Run
from tests.slurm.farm import Driver, FarmProject

pytestmark = [pytest.mark.slurm, pytest.mark.timeout(400)]


def ask(farm: FarmProject, *words: str) -> Run:
    """Run a command in the project's folder."""
    done = subprocess.run(
        [sys.executable, "-m", "r2s2r", *words],
        cwd=farm.folder,
        env=farm.environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Run(done.returncode, done.stdout, done.stderr)


def status(farm: FarmProject) -> dict[str, Any]:
    """Return what is said of the latest run."""
    latest: dict[str, Any] = json.loads(ask(farm, "status", "--json").out)["runs"][0]
    return latest


def test_node_and_job_are_shown_and_one_shot_is_cancelled(farm: FarmProject):
    farm.write(3)
    farm.hold()
    driver = farm.start()
    farm.wait_for_work("began", 3, driver)
    farm.cluster.wait_until(lambda: len(status(farm)["running"]) == 3, 120)
    running = status(farm)["running"]
    assert {one["where"].partition(" ")[0] for one in running} <= {"nodeA", "nodeB"}
    assert {one["job"].partition("_")[0] for one in running} <= {job.partition("_")[0] for job in farm.running()}
    cancelled = ask(farm, "cancel", "many", "shot2")
    assert cancelled.code == 0, cancelled.err
    assert "cancelled many/shot2 render" in cancelled.out
    farm.release()
    assert driver.end().code == 1
    assert status(farm)["shots"] == {"done": 2, "cancelled": 1}
    farm.wait_for_no_jobs()


def test_it_shows_why_jobs_do_not_start_while_all_nodes_are_drained(farm: FarmProject):
    farm.write(3)
    farm.cluster.ask("scontrol", "update", "NodeName=nodeA,nodeB", "State=DRAIN", "Reason=test")
    driver = farm.start()
    farm.cluster.wait_until(lambda: all_say_why(farm), 120)
    assert status(farm)["shots"] == {"queued": 3}
    assert status(farm)["left_s"] is None
    shown = " ".join(ask(farm, "status").out.split())
    assert "held up: many/shot" in shown
    assert shown.count("held up: ") == shown.count("nodes that could hold it are down, or reserved for others")
    farm.cluster.wait_until(lambda: bool(reasons(driver)), 60)
    farm.cluster.ask("scontrol", "update", "NodeName=nodeA,nodeB", "State=RESUME")
    assert driver.end().code == 0
    assert status(farm)["shots"] == {"done": 3}
    # Slurm has two names for it, and may have both for jobs of one array.
    assert len(set(reasons(driver))) == len(reasons(driver)) <= 2


def all_say_why(farm: FarmProject) -> bool:
    """Whether status says of three jobs that nodes are down."""
    runs = json.loads(ask(farm, "status", "--json").out)["runs"]
    return ["are down" in one["message"] for run in runs[:1] for one in run["queued"]] == [True] * 3


def reasons(driver: Driver) -> list[str]:
    """Return why jobs do not start, as a driver printed it."""
    return [line.partition(": ")[2] for line in driver.said.splitlines() if " … many/" in line]


def test_jobs_that_a_killed_driver_has_left_are_cancelled(farm: FarmProject):
    farm.write(2)
    farm.hold()
    driver = farm.start()
    farm.wait_for_work("began", 2, driver)
    farm.cluster.wait_until(lambda: len(status(farm)["running"]) == 2, 120)
    driver.kill()
    assert len(farm.running()) == 2
    cancelled = ask(farm, "cancel", "--all")
    assert cancelled.code == 0, cancelled.err
    assert "whose driver is gone: cancelled many/shot1 render, many/shot2 render, which it had left" in cancelled.out
    farm.wait_for_no_jobs()
