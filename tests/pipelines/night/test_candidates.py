"""How much of a cluster a night reckons with."""

from typing import Any

import pytest

from pipelines.farm.needs import Needs
from pipelines.farm.slurm.client import UnansweredError
from pipelines.farm.slurm.cluster import Cluster, read_cluster
from pipelines.night import candidates

CLUSTER = """\
gpu*|infinite|nodeA|gpu:h100:2|16|257000|big|idle
gpu*|infinite|nodeB|gpu:a100:8,gpu:h100:1|64|515000|(null)|mixed
gpu*|infinite|nodeD|gpu:h100:8|64|515000|(null)|drained
theirs|infinite|nodeC|gpu:h100:40|128|640000|big|allocated
"""


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates, "ask_cluster", lambda: read_cluster(CLUSTER))


def needs(**settings: Any) -> Needs:
    least = {"gpus": 1, "cpus": 2, "memory_gb": 8.0, "minutes": 120.0, "keys": 1, "python": ("python",)}
    none = dict.fromkeys(("gpu_type", "partition", "account", "constraint"))
    return Needs(**{"stage": "diffuse", "environment": (), **least, **none, **settings})


@pytest.mark.usefixtures("cluster")
@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ([needs()], 11),
        ([needs(gpu_type="h100")], 3),
        ([needs(gpu_type="h100", constraint="big")], 2),
        ([needs(gpu_type="h100", gpus=2)], 2),
        ([needs(gpu_type="a100"), needs(gpu_type="h100", constraint="big")], 10),
        ([needs(partition="theirs")], 40),
        ([needs(partition="nowhere")], 0),
        ([], 0),
    ],
)
def test_only_gpus_count_that_its_jobs_may_have(wanted: list[Needs], count: int):
    assert candidates._gpus_of_cluster(wanted) == count


def test_a_cluster_that_does_not_answer_is_reckoned_without(monkeypatch: pytest.MonkeyPatch):
    def nobody() -> Cluster:
        raise UnansweredError("away", may_have_arrived=False)

    monkeypatch.setattr(candidates, "ask_cluster", nobody)
    assert candidates._gpus_of_cluster([needs()]) == 0
