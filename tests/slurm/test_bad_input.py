"""What a cluster does not have is said within seconds, before anything is handed over."""

import time

import pytest

from tests.slurm.farm import FarmProject

pytestmark = [pytest.mark.slurm, pytest.mark.timeout(400)]


@pytest.mark.parametrize(
    ("needs", "named"),
    [
        ({"partition": "nowhere"}, "nowhere"),
        ({"gpu_type": "h100"}, "h100"),
        ({"gpus": 3}, "3"),
        ({"memory_gb": 10_000}, "10000"),
        ({"constraint": "infiniband"}, "infiniband"),
    ],
)
def test_what_the_cluster_does_not_have_is_named(farm: FarmProject, needs: dict[str, object], named: str):
    farm.needs = needs
    farm.write(shots=1)
    started, jobs = time.monotonic(), set(farm.cluster.jobs())
    ended = farm.start().end()
    assert ended.code == 2, ended
    assert named in ended.err
    assert "r2s2r.yaml" in ended.err
    assert time.monotonic() - started < 60
    assert set(farm.cluster.jobs()) == jobs


def test_a_dead_controller_answers_in_seconds(farm: FarmProject):
    farm.write(shots=1)
    farm.cluster.stop_controller()
    started = time.monotonic()
    ended = farm.start().end()
    assert ended.code == 3, ended
    assert "Slurm does not answer" in ended.err
    assert time.monotonic() - started < 60


def test_a_cluster_that_is_not_configured_is_said(farm: FarmProject, monkeypatch: pytest.MonkeyPatch):
    farm.write(shots=1)
    nowhere = farm.folder / "no.conf"
    monkeypatch.setattr(type(farm.cluster), "environment", {**farm.cluster.environment, "SLURM_CONF": str(nowhere)})
    ended = farm.start().end()
    assert ended.code == 3, ended
