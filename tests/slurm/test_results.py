"""What comes out is what this machine would have made."""

from typing import get_args

import pytest

from r2s2r.spec.farm import StageName
from tests.slurm.farm import FarmProject, nodes_of

pytestmark = [pytest.mark.slurm, pytest.mark.timeout(400)]
MANY = 200


def test_all_stages_on_two_nodes_give_the_results_of_one_machine(farm: FarmProject):
    farm.on_farm, farm.needs = get_args(StageName), {"memory_gb": 1.5}
    farm.write(shots=2)
    done = farm.start().end(350)
    assert done.code == 0, done.err
    assert nodes_of(farm.work("done")) == {"nodeA", "nodeB"}
    assert set(farm.times("began").values()) == {1}
    assert set(farm.times("done")) == set(farm.results())
    assert farm.results() == farm.local_results()


def test_many_shots_at_once_are_each_made_once(farm: FarmProject):
    farm.needs = {"keys": 10}
    farm.write(shots=MANY)
    done = farm.start("--until", "render").end(350)
    assert done.code == 0, done.err
    assert list(farm.times("began").values()) == [1] * MANY
    assert nodes_of(farm.work("done")) == {"nodeA", "nodeB"}
    farm.wait_for_no_jobs()


def test_a_run_with_all_done_hands_nothing_over(farm: FarmProject):
    farm.write(shots=1)
    assert farm.start().end().code == 0
    jobs = set(farm.cluster.jobs())
    again = farm.start().end()
    assert again.code == 0
    assert set(farm.cluster.jobs()) == jobs != set()
