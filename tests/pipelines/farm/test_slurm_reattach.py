"""What drivers that are no more have left is found in the store and the queue, at whatever moment they ended."""

import os
import subprocess
import sys

import pytest

from pipelines.farm.slurm.batches import Batch, write_batch
from pipelines.farm.slurm.client import ask
from pipelines.farm.slurm.environment import job_environment
from pipelines.farm.slurm.options import submission
from r2s2r.artifacts.lease import Holder, process
from tests.pipelines.farm.bench import Bench

pytestmark = [
    pytest.mark.slurm,
    pytest.mark.timeout(300),
    pytest.mark.parametrize("bench", ["slurm"], indirect=True),
]


def _dead_driver() -> Holder:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        driver = process(child.pid)
        child.kill()
    return driver


def _written(bench: Bench) -> Batch:
    batch = Batch.new("edit", [(key,) for key in bench.keys[:2]], _dead_driver())
    write_batch(bench.store, batch)
    return batch


def test_a_batch_that_was_sent_though_its_driver_never_heard_of_it_is_found_by_its_name(bench: Bench):
    batch, needs = _written(bench), bench.job(bench.keys[0]).needs
    bench.trouble(dict.fromkeys(bench.keys, "waits"))
    ask(*submission(batch, needs, bench.store, stop_s=5), environment=job_environment(needs))
    executor = bench.executor()
    found = executor.reattach()
    assert {report.key for report in found} == set(bench.keys[:2])
    bench.go()
    bench.until_ended(executor, bench.keys[:2])
    assert [bench.is_built(key) for key in bench.keys[:2]] == [True, True]
    assert len(bench.work()) == 2
    executor.close()
    assert list((bench.store.root / "jobs").iterdir()) == []


def test_a_batch_that_was_never_sent_is_dropped(bench: Bench):
    batch = _written(bench)
    os.utime(batch.path(bench.store), (1, 1))
    assert list(bench.executor().reattach()) == []
    assert list((bench.store.root / "jobs").iterdir()) == []


def test_a_batch_that_may_be_on_its_way_still_is_waited_for_and_then_lost(bench: Bench):
    _written(bench)
    executor = bench.executor()
    assert {report.state for report in executor.reattach()} == {"queued"}
    ended = bench.until_ended(executor, bench.keys[:2])
    assert {report.cause for report in ended.values()} == {"lost"}


def test_what_ended_while_nobody_looked_is_not_told_of(bench: Bench):
    batch, needs = _written(bench), bench.job(bench.keys[0]).needs
    ask(*submission(batch, needs, bench.store, stop_s=5), environment=job_environment(needs))
    watching = bench.executor()
    bench.until(watching, lambda: all(bench.is_built(key) for key in bench.keys[:2]))
    assert list(bench.executor().reattach()) == []
