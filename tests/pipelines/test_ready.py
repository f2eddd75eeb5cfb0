"""The queue of what is ready: in order, within its room, and at a cost that does not grow with what waits."""

import time

import pytest

from pipelines.ready import ReadyScheduler


def _add(
    scheduler: ReadyScheduler, name: str, *, deps: tuple[str, ...] = (), priority: int = 0, takes: str = "process"
) -> None:
    scheduler.add_task(
        worker="w", task_id=name, status="PENDING", deps=list(deps), priority=priority, resources={takes: 1}
    )


def _end(scheduler: ReadyScheduler, name: str, status: str = "DONE") -> None:
    scheduler.add_task(
        worker="w", task_id=name, status=status, resources={"process": 1}, retry_policy_dict={"retry_count": 1}
    )


def _next(scheduler: ReadyScheduler) -> str | None:
    found: str | None = scheduler.get_work(worker="w")["task_id"]
    return found


def _drained(scheduler: ReadyScheduler) -> list[str]:
    """Return the tasks in the order in which they are given, each done before the next."""
    given = []
    while (name := _next(scheduler)) is not None:
        given.append(name)
        _end(scheduler, name)
    return given


def test_inputs_come_before_what_reads_them_and_a_begun_shot_before_the_next() -> None:
    scheduler = ReadyScheduler({"process": 1})
    for shot in ("a", "b"):
        _add(scheduler, f"{shot}.encode", deps=(f"{shot}.edit",))
        _add(scheduler, f"{shot}.edit", deps=("footage",))
        _add(scheduler, "footage")
    assert _drained(scheduler) == ["footage", "a.edit", "a.encode", "b.edit", "b.encode"]


def test_the_most_urgent_is_first() -> None:
    scheduler = ReadyScheduler({"process": 1})
    _add(scheduler, "plain")
    _add(scheduler, "urgent", priority=5)
    assert _drained(scheduler) == ["urgent", "plain"]


def test_no_more_run_than_there_is_room_for_and_one_kind_leaves_the_other_alone() -> None:
    scheduler = ReadyScheduler({"process": 1, "job": 2})
    for number in range(3):
        _add(scheduler, f"process{number}")
        _add(scheduler, f"job{number}", takes="job")
    assert [_next(scheduler) for _ in range(4)] == ["process0", "job0", "job1", None]
    _end(scheduler, "job0")
    assert [_next(scheduler) for _ in range(2)] == ["job2", None]


def test_what_reads_a_failed_task_is_never_given() -> None:
    scheduler = ReadyScheduler({"process": 2})
    _add(scheduler, "edit", deps=("footage",))
    _add(scheduler, "footage")
    _add(scheduler, "other")
    assert [_next(scheduler), _next(scheduler)] == ["footage", "other"]
    _end(scheduler, "footage", "FAILED")
    _end(scheduler, "other")
    assert _next(scheduler) is None


def test_what_somebody_else_made_while_it_waited_is_not_given() -> None:
    scheduler = ReadyScheduler({"process": 1})
    _add(scheduler, "edit", deps=("footage",))
    _add(scheduler, "footage")
    _end(scheduler, "footage")
    assert _drained(scheduler) == ["edit"]


def test_a_task_that_two_shots_share_is_given_once() -> None:
    scheduler = ReadyScheduler({"process": 2})
    _add(scheduler, "footage")
    assert _next(scheduler) == "footage"
    _add(scheduler, "footage")
    assert _next(scheduler) is None
    _end(scheduler, "footage")
    assert _next(scheduler) is None


@pytest.mark.parametrize("waiting", [300, 6000])
def test_a_task_costs_the_same_however_many_wait(waiting: int) -> None:
    scheduler = ReadyScheduler({"process": 1})
    for number in range(waiting):
        _add(scheduler, f"{number}.encode", deps=(f"{number}.edit",))
        _add(scheduler, f"{number}.edit")
    began = time.process_time()
    for _ in range(200):
        name = _next(scheduler)
        assert name is not None
        _end(scheduler, name)
    assert time.process_time() - began < 0.5  # of the processor; one that sorts all that waits takes seconds
