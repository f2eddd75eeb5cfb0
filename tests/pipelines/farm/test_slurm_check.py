"""What a cluster lacks is found in what sinfo tells of it."""

from typing import Any

import pytest

from pipelines.farm.needs import Needs
from pipelines.farm.slurm.check import lacks
from pipelines.farm.slurm.cluster import read_cluster

_SAID = """\
gpu*|infinite|nodeA|gpu:h100:2(S:0-1)|16|257000|big,nvlink
gpu*|infinite|nodeB|gpu:a100:8(S:0-1),gpu:h100:1|64|515000|big
short|10:00|nodeC|(null)|128|64000|(null)
long|7-12:30:00|nodeC|gpu:4|128|64000+|(null)
"""
_CLUSTER = read_cluster(_SAID)


def _found(**settings: Any) -> list[tuple[str, str]]:
    least = {"gpus": 0, "cpus": 2, "memory_gb": 8.0, "minutes": 120.0, "keys": 1, "python": ("python",)}
    none = dict.fromkeys(("gpu_type", "partition", "account", "constraint"))
    needs = Needs(**{"stage": "diffuse", "environment": (), **least, **none, **settings})
    return [(lack.name, lack.words) for lack in lacks(needs, _CLUSTER)]


def test_partitions_and_nodes_are_read():
    assert [partition.name for partition in _CLUSTER.partitions] == ["gpu", "short", "long"]
    default = _CLUSTER.partition(None)
    assert default is not None
    assert default.name == "gpu"
    assert default.nodes[1].gpus == (("a100", 8), ("h100", 1))
    assert [partition.most_minutes for partition in _CLUSTER.partitions] == [None, 10, 7 * 1440 + 12 * 60 + 30]
    assert _CLUSTER.nodes == {"nodeA", "nodeB", "nodeC"}


@pytest.mark.parametrize(
    "settings",
    [
        {"gpus": 1},
        {"gpus": 2, "gpu_type": "h100", "memory_gb": 257, "constraint": "nvlink&big"},
        {"gpus": 8, "gpu_type": "a100", "cpus": 64},
        {"gpus": 4, "partition": "long"},
        {"partition": "short", "minutes": 10},
        {"constraint": "tiny|nvlink"},
        {"constraint": "[tiny*2|big&nvlink]"},
    ],
)
def test_what_a_node_has_is_not_missed(settings: dict[str, Any]):
    assert _found(**settings) == []


@pytest.mark.parametrize(
    ("settings", "name", "words"),
    [
        ({"partition": "gup"}, "partition", "did you mean gpu? there are gpu, long, short"),
        ({"gpus": 1, "gpu_type": "h200"}, "gpu_type", "there are a100, h100"),
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
    cluster = read_cluster("a|infinite|n1|(null)|4|8000|(null)\n")
    assert cluster.partition(None) is None


def test_machines_are_shunned_by_their_host_name_unless_no_node_would_be_left():
    assert _CLUSTER.shunning(("nodeA.studio.org", "elsewhere"), "gpu") == ("nodeA",)
    assert _CLUSTER.shunning(("nodeA", "nodeB"), "gpu") == ()
