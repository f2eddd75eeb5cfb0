"""One of the nodes is not as it should be."""

import sys

import pytest

from tests.pipelines.conftest import Run
from tests.slurm.farm import FarmProject, nodes_of

pytestmark = [pytest.mark.slurm, pytest.mark.timeout(400)]


def run_on_all_gpus(farm: FarmProject) -> Run:
    """Run four shots, which all begin before one goes on; else one node might be quick enough for all."""
    farm.hold()
    driver = farm.start()
    farm.wait_for_work("began", 4, driver)
    farm.release()
    return driver.end()


def test_work_that_meets_a_full_disk_goes_to_another_node(farm: FarmProject):
    farm.troubles = {"full_disk_on": "nodeA"}
    farm.write(shots=4)
    done = run_on_all_gpus(farm)
    assert done.code == 0, done.err
    assert nodes_of(farm.work("began")) == {"nodeA", "nodeB"}
    assert nodes_of(farm.work("done")) == {"nodeB"}


def test_a_clock_that_is_an_hour_ahead_changes_nothing(farm: FarmProject):
    farm.troubles = {"clock_s": {"nodeA": 3600, "nodeB": -3600}}
    farm.write(shots=4)
    done = run_on_all_gpus(farm)
    assert done.code == 0, done.err
    assert nodes_of(farm.work("done")) == {"nodeA", "nodeB"}
    assert list(farm.times("began").values()) == [1] * 4
    assert farm.start().end().code == 0
    assert list(farm.times("began").values()) == [1] * 4


def lose_sight_of_the_store(farm: FarmProject, *nodes: str) -> None:
    """Have nodes look for the store where its file system is not mounted."""
    python = farm.folder / "python"
    stage = f"exec {sys.executable} -m r2s2r stage --store {farm.folder}/not-mounted/.r2s2r key"
    python.write_text(
        python.read_text().replace(
            "#!/bin/sh\n", (f'#!/bin/sh\ncase "$SLURMD_NODENAME" in {"|".join(nodes)}) {stage};; esac\n')
        )
    )


@pytest.mark.parametrize("keys", [1, 6])
def test_a_node_that_does_not_see_the_store_costs_tries_and_no_shot(farm: FarmProject, keys: int):
    farm.needs = {"keys": keys}
    farm.write(shots=6)
    lose_sight_of_the_store(farm, "nodeA")
    done = farm.start().end()
    assert done.code == 0, done.err
    assert nodes_of(farm.work("done")) == {"nodeB"}


def test_nodes_none_of_which_sees_the_store_are_named_with_what_to_look_at(farm: FarmProject):
    farm.write(shots=1)
    lose_sight_of_the_store(farm, "nodeA", "nodeB")
    done = farm.start().end()
    assert done.code == 1
    said = " ".join((done.out + done.err).split())
    assert "the last time on node" in said
    assert "is its file system mounted here?" in said
    assert "without a word" not in said


def test_a_job_that_only_one_node_may_do_is_tried_there_again(farm: FarmProject):
    farm.needs = {"constraint": "nodeA"}
    farm.write(shots=1)
    lose_sight_of_the_store(farm, "nodeA")
    done = farm.start().end()
    assert done.code == 1
    said = " ".join((done.out + done.err).split())
    assert "the last time on nodeA" in said
    assert "Slurm does not take it" not in said
