"""One of the nodes is not as it should be."""

import pytest

from tests.slurm.farm import FarmProject, nodes_of

pytestmark = pytest.mark.slurm


def test_work_that_meets_a_full_disk_goes_to_another_node(farm: FarmProject):
    farm.troubles = {"full_disk_on": "nodeA"}
    farm.write(shots=4)
    done = farm.start().end()
    assert done.code == 0, done.err
    assert nodes_of(farm.work("began")) == {"nodeA", "nodeB"}
    assert nodes_of(farm.work("done")) == {"nodeB"}


def test_a_clock_that_is_an_hour_ahead_changes_nothing(farm: FarmProject):
    farm.troubles = {"clock_s": {"nodeA": 3600, "nodeB": -3600}}
    farm.write(shots=4)
    done = farm.start().end()
    assert done.code == 0, done.err
    assert nodes_of(farm.work("done")) == {"nodeA", "nodeB"}
    assert list(farm.times("began").values()) == [1] * 4
    assert farm.start().end().code == 0
    assert list(farm.times("began").values()) == [1] * 4
