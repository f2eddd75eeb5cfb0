"""A controller that falls silent while it is spoken to loses no job and gets none twice."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from pipelines.farm.slurm.executor import SlurmExecutor
from r2s2r.spec.farm import SlurmSpec
from tests.pipelines.farm.bench import Bench
from tests.slurm.cluster import Cluster

pytestmark = [
    pytest.mark.slurm,
    pytest.mark.timeout(300),
    pytest.mark.parametrize("bench", ["slurm"], indirect=True),
]


@pytest.fixture
def executor(bench: Bench) -> SlurmExecutor:
    executor = bench.executor()
    assert isinstance(executor, SlurmExecutor)
    return executor


@contextmanager
def _silent(cluster: Cluster) -> Iterator[None]:
    """Hold the controller: it takes what is sent, and does nothing about it yet."""
    held = cluster.processes("slurmctld")
    for pid in held:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in held:
            os.kill(pid, signal.SIGCONT)


def test_a_request_that_was_sent_without_an_answer_is_found_in_the_queue(
    bench: Bench, executor: SlurmExecutor, cluster: Cluster
):
    executor.check([job.needs for job in bench.jobs(2)])
    before = set(cluster.jobs())
    with _silent(cluster):
        executor.submit(bench.jobs(2))  # it arrives, though nobody says so
        assert len(list((bench.store.root / "jobs").glob("*.json"))) == 1
        assert {report.state for report in executor.poll()} == {"queued"}
    bench.until_ended(executor, bench.keys[:2])
    assert [bench.is_built(key) for key in bench.keys[:2]] == [True, True]
    assert len(bench.work()) == 2
    assert len(set(cluster.jobs()) - before) == 2
    executor.close()
    assert list((bench.store.root / "jobs").glob("*.json")) == []


def test_what_could_not_be_sent_is_sent_when_the_controller_is_there_again(
    bench: Bench, executor: SlurmExecutor, cluster: Cluster
):
    before = set(cluster.jobs())
    cluster.stop_controller()
    executor.submit(bench.jobs(2))
    [said] = {report.said for report in executor.poll()}
    assert "Slurm does not answer" in said
    cluster.start_controller()
    bench.until_ended(executor, bench.keys[:2])
    assert len(bench.work()) == 2
    assert len(set(cluster.jobs()) - before) == 2


def test_what_was_cancelled_while_nobody_answered_is_cancelled_when_somebody_does(
    bench: Bench, executor: SlurmExecutor, cluster: Cluster
):
    bench.trouble(dict.fromkeys(bench.keys, "waits"))
    executor.submit(bench.jobs(2))
    bench.until_begun(executor, 2)
    cluster.stop_controller()
    executor.cancel([bench.keys[0]])
    cluster.start_controller()
    ended = bench.until_ended(executor, [bench.keys[0]])
    assert ended[bench.keys[0]].cause == "cancelled"
    bench.go()
    bench.until_ended(executor, [bench.keys[1]])
    assert bench.is_built(bench.keys[1])


def test_calls_return_within_seconds_while_nobody_answers(bench: Bench, executor: SlurmExecutor, cluster: Cluster):
    executor = SlurmExecutor(bench.store, SlurmSpec(poll_s=0.1))
    with _silent(cluster):
        since = time.monotonic()
        executor.submit(bench.jobs(3))
        executor.cancel(bench.keys)
        bench.reports += executor.poll()
        assert time.monotonic() - since < 40
    bench.until_ended(executor, bench.keys[:3])
