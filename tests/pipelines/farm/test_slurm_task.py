"""How the requests of a task ended, by the store first and by Slurm's words after it."""

import os
from pathlib import Path

import pytest

from pipelines.failure_file import tell
from pipelines.farm.job import Cause
from pipelines.farm.slurm.batches import Batch
from pipelines.farm.slurm.task import GONE, ArrayTask, End, ends_of
from r2s2r.artifacts.lease import process
from r2s2r.artifacts.store import Store
from r2s2r.errors import StageError


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path)
    store.prepare()
    return store


def _task(*keys: str) -> ArrayTask:
    return ArrayTask(Batch.new("diffuse", [keys], process(os.getpid())), 0, list(keys), 0.0)


def _print(store: Store, task: ArrayTask, text: str) -> None:
    task.batch.log(store, 0).write_text(text)


def _causes(ends: dict[str, End] | None) -> dict[str, Cause]:
    assert ends is not None
    return {key: end.cause for key, end in ends.items()}


def test_the_request_at_work_takes_the_end_of_its_job_and_those_after_it_are_lost(store: Store):
    tell(store, "failed", StageError("not finite"))
    ends = ends_of(_task("failed", "at work", "next"), End("over_time", ""), store, patience_s=10)
    assert _causes(ends) == {"failed": "exited", "at work": "over_time", "next": "lost"}


def test_a_job_that_somebody_cancelled_takes_all_its_requests_along(store: Store):
    ends = ends_of(_task("at work", "next"), End("cancelled", "by hand"), store, patience_s=10)
    assert _causes(ends) == {"at work": "cancelled", "next": "cancelled"}


def test_what_shared_a_job_with_a_request_that_was_cancelled_here_is_lost(store: Store):
    task = _task("wanted", "unwanted")
    task.unwanted.add("unwanted")
    ends = ends_of(task, End("cancelled", ""), store, patience_s=10)
    assert _causes(ends) == {"wanted": "lost", "unwanted": "cancelled"}


@pytest.mark.parametrize("end", [End("exited", ""), GONE])
def test_the_store_is_given_time_to_show_what_a_job_wrote(store: Store, end: End):
    task = _task("key")
    assert ends_of(task, end, store, patience_s=10) is None
    tell(store, "key", StageError("not finite"))
    assert _causes(ends_of(task, end, store, patience_s=10)) == {"key": "exited"}


def test_a_job_of_which_nothing_is_known_is_lost_when_patience_is_over(store: Store):
    assert _causes(ends_of(_task("key"), GONE, store, patience_s=0)) == {"key": "lost"}


def test_a_job_that_could_not_begin_is_not_waited_for_and_says_why(store: Store):
    task = _task("key")
    _print(store, task, "/spool/slurm_script: 3: exec: /no/such/python: not found\n")
    ends = ends_of(task, End("exited", ""), store, patience_s=10)
    assert ends is not None
    assert ends["key"].said.endswith("/no/such/python: not found")


@pytest.mark.parametrize("cause", ["exited", "lost", "cancelled"])
def test_memory_is_the_cause_where_the_output_says_so_whatever_the_state(store: Store, cause: Cause):
    task = _task("key")
    _print(store, task, "slurmstepd-nodeA: error: Exceeded job memory limit\n")
    assert _causes(ends_of(task, End(cause, ""), store, patience_s=0)) == {"key": "over_memory"}
