"""``r2s2r doctor --farm`` on a cluster: a small job for each environment, answers in seconds."""

import json
import time

import pytest

from pipelines.farm import asking
from r2s2r.cli import main
from tests.slurm.cluster import Cluster

pytestmark = [pytest.mark.slurm, pytest.mark.timeout(400)]


@pytest.fixture
def states(cluster: Cluster, tmp_path, monkeypatch, capsys):
    """Asks the farm of a project on the cluster; returns name -> (state, said)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("R2S2R_STORE", raising=False)
    for name, value in cluster.environment.items():
        monkeypatch.setenv(name, value)

    def ask(**stages):
        farm = {"version": 1, "farm": {"executor": "slurm", "stages": stages}}
        (tmp_path / "r2s2r.yaml").write_text(json.dumps(farm))
        main(["doctor", "--farm", "--json"])
        checks = json.loads(capsys.readouterr().out)["checks"]
        return {one["name"]: (one["state"], one["said"]) for one in checks}

    return ask


def test_each_environment_answers_from_its_node(states, cluster):
    found = states(
        diffuse={"gpus": 1},
        mask={"launch": ["sh", "-c", "exit 3"]},
        plate={"python": "nowhere/bin/python"},
    )
    for name in ("diffuse", "all other stages"):
        assert f"{name}: store" in found, found.get(name)
        assert found[f"{name}: store"][0] == found[f"{name}: r2s2r"][0] == "ok"
    assert found["diffuse: GPU"][0] == "missing", "it is a fake one"
    assert "Exited with exit code 3" in found["mask"][1]
    assert "No such file or directory" in found["plate"][1]
    cluster.wait_until(lambda: not {"PENDING", "RUNNING"} & set(cluster.jobs().values()), 60)


def test_what_the_cluster_has_not_is_said_before_it_is_asked(states):
    assert "`farm.stages.render.partition: gpus`" in states(render={"partition": "gpus"})["slurm"][1]


def test_a_full_cluster_is_not_waited_for(states, cluster, monkeypatch):
    monkeypatch.setattr(asking, "_FREE_S", 2)
    cluster.ask("sbatch", "--array=0-3", "--gres=gpu:1", "--mem=100", "--output=/dev/null", "--wrap", "sleep 300")
    cluster.wait_until(lambda: list(cluster.jobs().values()).count("RUNNING") == 4, 60)
    found = states(diffuse={"gpus": 1})
    assert found["diffuse"][0] == "warning"
    assert "no node was free within 2 s" in found["diffuse"][1]


def test_a_controller_that_is_gone_is_told_in_seconds(states, cluster):
    cluster.stop_controller()
    began = time.monotonic()
    found = states(diffuse={"gpus": 1})
    assert time.monotonic() - began < 60
    assert list(found) == ["slurm"]
    assert found["slurm"][0] == "missing"
