import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.slurm.cluster import Cluster
from tests.slurm.machine import program_of

pytestmark = [pytest.mark.slurm, pytest.mark.timeout(400)]
SLEEPERS = ("sbatch", "--array=0-4", "--gres=gpu:1", "--mem=100", "--output=/dev/null", "--wrap", "sleep 300")


def test_each_of_four_gpus_takes_a_job(cluster: Cluster):
    cluster.ask(*SLEEPERS)
    cluster.wait_until(lambda: list(cluster.jobs().values()).count("RUNNING") == 4, 60)
    assert list(cluster.jobs().values()).count("PENDING") == 1


def test_a_node_without_power_takes_its_jobs_along(cluster: Cluster):
    cluster.ask(*SLEEPERS)
    cluster.wait_until(lambda: len(_asleep(cluster)) == 2, 60)
    asleep = _asleep(cluster)
    cluster.kill_node("nodeA")
    assert {program_of(pid) for pid in asleep} == {""}


def test_jobs_of_a_killed_daemon_go_on(cluster: Cluster):
    cluster.ask(*SLEEPERS)
    cluster.wait_until(lambda: len(_asleep(cluster)) == 2, 60)  # a job that has the nodes need not have begun there
    asleep = _asleep(cluster)
    cluster.kill_node("nodeA", spare=("jobs",))
    assert _asleep(cluster) == asleep


@pytest.mark.usefixtures("slurm_cluster")
def test_what_a_cluster_started_ends_with_its_test():
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-m", "tests.slurm.cluster"], cwd=root, stdout=subprocess.PIPE, text=True
    ) as test:
        assert test.stdout is not None
        folder = test.stdout.readline().partition("=")[2].removesuffix("/slurm.conf\n")
        assert _naming(folder)
        os.kill(test.pid, signal.SIGKILL)
    deadline = time.monotonic() + 60
    while _naming(folder) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert _naming(folder) == []
    shutil.rmtree(folder)


def _asleep(cluster: Cluster) -> list[int]:
    """Return the processes of nodeA's jobs."""
    return [pid for pid in cluster.processes("nodeA") if program_of(pid) == "sleep"]


def _naming(folder: str) -> list[str]:
    """Return the command lines of living processes that name a folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        found += [line] if folder in line else []
    return found
