"""A night that Slurm starts: one job waits for the evening, queues the next one's when it runs, and makes the shots."""

import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipelines.night.schedule.plan import NightPlan
from pipelines.night.schedule.slurm import SlurmJobs, script
from pipelines.night.window import Window
from r2s2r.spec.project import find_project
from tests.pipelines.conftest import Project
from tests.slurm.cluster import Cluster

pytestmark = [pytest.mark.slurm, pytest.mark.timeout(400)]


@pytest.fixture
def user(cluster: Cluster, project: Project, monkeypatch) -> Project:
    """A project, and a shell that knows the cluster."""
    for variable in ("R2S2R_STORE", "R2S2R_OUT"):
        monkeypatch.delenv(variable, raising=False)
    for name, value in cluster.environment.items():
        monkeypatch.setenv(name, value)
    (project.folder / "r2s2r.yaml").write_text("version: 1\nfarm: {executor: slurm, slurm: {partition: gpu}}\n")
    return project


def plan_of(project: Project, *, hours: int = 3) -> NightPlan:
    """A night that begins some hours from now, whenever that is."""
    begin = datetime.now() + timedelta(hours=hours)
    window = Window.parse(f"{begin:%H:%M}-{begin + timedelta(hours=8):%H:%M}")
    here = ("--executor", "local", "--workers", "2")  # what it makes is not what this is about
    words = ("night", str(project.folder / "scene.yaml"), "--window", str(window), *here)
    return NightPlan.of(find_project(project.folder), words, window)


def waiting(cluster: Cluster, plan: NightPlan) -> list[str]:
    """When the waiting jobs of a night begin."""
    return cluster.ask("squeue", "--noheader", f"--name={plan.name}", "--states=PENDING", "--format=%S").split()


def test_one_job_waits_for_the_evening_until_it_is_taken_out(cluster, user):
    first, later = plan_of(user), plan_of(user, hours=5)
    SlurmJobs().install(first)
    SlurmJobs().install(later)
    begin = datetime.fromisoformat(waiting(cluster, later)[0])
    assert len(waiting(cluster, later)) == 1
    assert (begin.hour, begin.minute) == (later.window.begin.hour, later.window.begin.minute)
    assert [entry.content for entry in SlurmJobs().installed(first.name)] == [None]
    SlurmJobs().uninstall(first.name)
    assert waiting(cluster, first) == []
    SlurmJobs().uninstall(first.name)


def test_its_job_queues_the_next_one_and_makes_the_shots(cluster, user, tmp_path):
    plan = plan_of(user)
    # Now, rather than in the evening: the words of its script, with --now.
    now = (
        script(plan).replace("\nexec ", "\nexec env R2S2R_OUT=" + str(user.folder / "made") + " ").rstrip() + " --now\n"
    )
    path = tmp_path / "night.sh"
    path.write_text(now.replace(" --install", " --executor slurm --install"))
    cluster.ask("sbatch", f"--output={tmp_path / 'said'}", "--mem=4G", "--cpus-per-task=2", str(path))
    video = user.folder / "made/tiny/orbit/draft/video.mp4"
    deadline = time.monotonic() + 300
    while not (video.exists() and list(Path(user.folder / "made").glob("night/*/index.html"))):
        assert time.monotonic() < deadline, (tmp_path / "said").read_text()
        time.sleep(0.2)
    assert len(waiting(cluster, plan)) == 1
    SlurmJobs().uninstall(plan.name)
