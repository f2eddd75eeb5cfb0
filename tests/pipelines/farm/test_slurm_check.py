"""What a cluster lacks is found in what sinfo tells of it."""

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from pipelines.farm.needs import Needs
from pipelines.farm.slurm.check import check_cluster, lacks
from pipelines.farm.slurm.cluster import ask_cluster, read_cluster
from pipelines.farm.slurm.limits import ClusterLimits, read_limits
from r2s2r.errors import InputError
from r2s2r.spec.farm import SlurmSpec

_SAID = """\
gpu*|infinite|nodeA|gpu:h100:2(S:0-1)|16|257000|big,nvlink|idle
gpu*|infinite|nodeB|gpu:a100:8(S:0-1),gpu:h100:1|64|515000|big|mixed
gpu*|infinite|nodeE|gpu:3090:8(IDX:0-3)|64|515000|80gb,cc=8.6|drained
short|10:00|nodeC|(null)|128|64000|(null)|down*
long|7-12:30:00|nodeC|gpu:4,vgpu:16|128|64000+|(null)|idle~
unmanaged|infinite|nodeF|gpu:a100:no_consume:4|16|1|(null)|idle
"""
_CLUSTER = read_cluster(_SAID)


def _needs(**settings: Any) -> Needs:
    least = {"gpus": 0, "cpus": 2, "memory_gb": 8.0, "minutes": 120.0, "keys": 1, "python": ("python",)}
    none = dict.fromkeys(("gpu_type", "partition", "account", "constraint"))
    return Needs(**{"stage": "diffuse", "environment": (), **least, **none, **settings})


def _found(**settings: Any) -> list[tuple[str, str]]:
    return [(lack.name, lack.words) for lack in lacks(_needs(**settings), _CLUSTER)]


def test_partitions_and_nodes_are_read():
    assert [partition.name for partition in _CLUSTER.partitions] == ["gpu", "short", "long", "unmanaged"]
    default = _CLUSTER.partition(None)
    assert default is not None
    assert default.name == "gpu"
    assert default.nodes[1].gpus == (("a100", 8), ("h100", 1))
    assert [partition.most_minutes for partition in _CLUSTER.partitions] == [
        None, 10, 7 * 1440 + 12 * 60 + 30, None,
    ]  # fmt: skip
    assert _CLUSTER.nodes == {"nodeA", "nodeB", "nodeC", "nodeE", "nodeF"}
    assert [node.is_up for node in default.nodes] == [True, True, False]


@pytest.mark.parametrize(
    "settings",
    [
        {"gpus": 1},
        {"gpus": 2, "gpu_type": "h100", "memory_gb": 257, "constraint": "nvlink&big"},
        {"gpus": 8, "gpu_type": "a100", "cpus": 64},
        {"gpus": 4, "partition": "long"},
        {"partition": "short", "minutes": 10},
        {"gpus": 8, "gpu_type": "3090", "constraint": "80gb&cc=8.6"},
        {"gpus": 4, "gpu_type": "a100", "partition": "unmanaged", "memory_gb": 0},
        {"constraint": "tiny|nvlink"},
        {"constraint": "[tiny*2|big&nvlink]"},
    ],
)
def test_what_a_node_has_is_not_missed(settings: dict[str, Any]):
    assert _found(**settings) == []


@pytest.mark.parametrize(
    ("settings", "name", "words"),
    [
        ({"partition": "gup"}, "partition", "did you mean gpu? there are gpu, long, short, unmanaged"),
        ({"gpus": 1, "gpu_type": "h200"}, "gpu_type", "there are 3090, a100, h100"),
        ({"gpus": 9, "gpu_type": "3090"}, "gpus", "more than 8"),
        ({"gpus": 5, "partition": "long"}, "gpus", "more than 4"),
        ({"partition": "unmanaged"}, "memory_gb", "0 asks for none, where the cluster does not manage memory"),
        ({"gpus": 3, "gpu_type": "h100"}, "gpus", "no node of partition gpu has more than 2"),
        ({"gpus": 1, "partition": "short", "minutes": 10}, "gpus", "more than 0"),
        ({"cpus": 65}, "cpus", "more than 64"),
        ({"memory_gb": 516}, "memory_gb", "more than 515"),
        ({"constraint": "big&nvlnk"}, "constraint", "did you mean nvlink?"),
        ({"minutes": 11, "partition": "short"}, "minutes", "no longer than 10"),
        ({"minutes": 6, "keys": 2, "partition": "short"}, "minutes", "times `keys: 2`"),
        ({"gpus": 8, "gpu_type": "a100", "constraint": "nvlink"}, "", "no node of partition gpu has all of it"),
    ],
)
def test_what_no_node_has_is_named_with_what_there_is(settings: dict[str, Any], name: str, words: str):
    [(found, said)] = _found(**settings)
    assert found == name
    assert words in said


def test_alternatives_are_all_named_where_none_of_them_is_had():
    found = _found(constraint="tiny|big&nvlnk")
    assert [name for name, _ in found] == ["constraint", "constraint"]
    assert "is tiny" in found[0][1]
    assert "did you mean nvlink?" in found[1][1]


def test_a_cluster_without_a_default_partition_says_so():
    cluster = read_cluster("a|infinite|n1|(null)|4|8000|(null)|idle\n")
    assert cluster.partition(None) is None


def test_jobs_that_name_no_partition_have_the_one_that_their_user_chose_for_all(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SBATCH_PARTITION", "long")
    assert _found(gpus=4) == []
    monkeypatch.setenv("SBATCH_PARTITION", "log")
    [(name, said)] = _found(gpus=4)
    assert name == "partition"
    assert "SBATCH_PARTITION is log" in said
    assert "did you mean long?" in said


def test_machines_are_shunned_by_their_host_name_unless_no_node_would_be_left():
    assert _CLUSTER.shunning(("nodeA.studio.org", "elsewhere"), _needs()) == ("nodeA",)
    assert _CLUSTER.shunning(("nodeA", "nodeB"), _needs()) == (), "nodeE is drained"
    assert _CLUSTER.shunning(("nodeA",), _needs(constraint="nvlink")) == (), "nobody else has what it needs"


@pytest.fixture
def private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cluster that shows its nodes to nobody; ``refusal`` is what sbatch says."""
    programs = {
        "sinfo": "echo 'slurm_load_node: Access/permission denied' >&2; exit 1",
        "sbatch": f"cat {tmp_path}/refusal >&2; exit 1",
    }
    for name, line in programs.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{line}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return tmp_path / "refusal"


@pytest.mark.parametrize(
    ("words", "is_told"),
    [
        ("allocation failure: Requested node configuration is not available", True),
        ("allocation failure: Requested nodes are busy", False),
    ],
)
def test_of_a_cluster_that_hides_its_nodes_the_controller_is_asked(private: Path, words: str, is_told: bool):
    private.write_text(f"sbatch: error: {words}\n")
    with pytest.raises(InputError, match="not available") if is_told else nullcontext():
        check_cluster([_needs(gpus=40)], SlurmSpec())
    assert ask_cluster().shunning(("nodeA.studio.org",), _needs()) == ("nodeA",)


def test_limits_are_read_where_several_are_set_the_lowest():
    assert read_limits("MaxArraySize            = 1001\nMinJobAge               = 30 sec\n") == ClusterLimits(1001, 30)
    assert read_limits("MaxArraySize = 1001\nSchedulerParameters = bf_interval=1,max_array_tasks=50\n").tasks == 50
    assert read_limits("") == ClusterLimits(1001, 300)
