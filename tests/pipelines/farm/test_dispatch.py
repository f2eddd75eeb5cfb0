"""The dispatcher, with an executor whose jobs end as each test says: what it hands over, tries again, and tells."""

import errno
import threading
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelines.failure_file import tell
from pipelines.farm.dispatch import Dispatcher
from pipelines.farm.job import Job, Report
from pipelines.farm.needs import Needs
from r2s2r.artifacts.action import Action, Request
from r2s2r.artifacts.store import Store
from r2s2r.errors import MissingError, StageError, StoppedError

NEEDS = Needs("diffuse", 0, None, 1, 1.0, 1.0, 1, None, None, None, ("python",), ())


class Scripted:
    """An executor whose jobs do at once what the script says."""

    name, shares_time, capacity = "scripted", True, 10

    def __init__(self, script: Callable[[Job, int], Report], left: Sequence[Report] = ()) -> None:
        self.script, self.left = script, left
        self.submitted: list[tuple[str, ...]] = []
        self.cancelled: list[tuple[str, bool]] = []
        self.reports: list[Report] = list(left)
        self.tries: dict[str, int] = {}
        self.is_away = False

    def check(self, needs: Sequence[Needs]) -> None:
        """All is there."""

    def submit(self, jobs: Sequence[Job]) -> None:
        if self.is_away:
            raise MissingError("the controller does not answer")
        self.submitted.append(tuple(job.key for job in jobs))
        for job in jobs:
            self.tries[job.key] = self.tries.get(job.key, 0) + 1
            self.reports.append(self.script(job, self.tries[job.key]))

    def poll(self) -> Sequence[Report]:
        if self.is_away:
            raise MissingError("the controller does not answer")
        found, self.reports = self.reports, []
        return found

    def cancel(self, keys: Collection[str], *, gently: bool = False) -> None:
        for key in keys:
            self.cancelled.append((key, gently))
            self.reports.append(Report(key, "ended", cause="cancelled"))

    def reattach(self) -> Sequence[Report]:
        return self.left

    def close(self) -> None:
        """Nothing is idle."""


class Heard:
    """Notes what it is told, and lets a test wait for it."""

    def __init__(self) -> None:
        self.ends: dict[str, dict[str, Any] | None] = {}
        self.moves: set[str] = set()
        self.retries: list[tuple[str, str]] = []
        self._changed = threading.Condition()

    def moved(self, key: str, report: Report) -> None:
        with self._changed:
            self.moves.add(key)
            self._changed.notify_all()

    def retried(self, key: str, why: str) -> None:
        self.retries.append((key, why))

    def ended(self, key: str, failure: dict[str, Any] | None) -> None:
        with self._changed:
            self.ends[key] = failure
            self._changed.notify_all()

    def wait_for(self, *keys: str) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self.ends.keys() >= set(keys), timeout=60), self.ends

    def wait_until_moved(self, key: str) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: key in self.moves, timeout=60), self.ends


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "store")
    store.prepare()
    return store


def job(key: str) -> Job:
    return Job(key, "diffuse", NEEDS, "", "label")


def request_of(name: str) -> Request:
    return Request("diffuse", 1, "x", {"name": name}, {})


def make(store: Store, request: Request) -> None:
    workspace = store.workspace(f"w{time.monotonic_ns()}")
    (workspace / "data").write_text(request.key)
    store.record(Action(request.key, request, store.publish(workspace), 0.0, "", "", {}))


def test_a_job_that_ends_well_counts_only_if_its_action_is_in_the_store(store: Store) -> None:
    request = request_of("a")

    def at_second(job: Job, count: int) -> Report:
        if count == 2:
            make(store, request)
        return Report(job.key, "ended", cause="exited")

    heard, executor = Heard(), Scripted(at_second)
    with Dispatcher(store, executor, heard) as dispatcher:
        dispatcher.hand_over(job(request.key))
        heard.wait_for(request.key)
    assert heard.ends == {request.key: None}
    assert len(heard.retries) == 1


def test_a_failure_that_was_told_reaches_the_driver_as_it_was_told(store: Store) -> None:
    def fails(job: Job, count: int) -> Report:
        tell(store, job.key, StageError("not finite at step 3"))
        return Report(job.key, "ended", cause="exited")

    heard, executor = Heard(), Scripted(fails)
    with Dispatcher(store, executor, heard) as dispatcher:
        dispatcher.hand_over(job("a"))
        heard.wait_for("a")
    failure = heard.ends["a"]
    assert failure is not None
    assert failure["message"] == "not finite at step 3"
    assert heard.retries == []


def test_what_failed_before_is_forgotten_when_it_is_handed_over_again(store: Store) -> None:
    tell(store, "a", StageError("last week's"))
    heard, executor = Heard(), Scripted(lambda job, _: Report(job.key, "ended", cause="over_memory"))
    with Dispatcher(store, executor, heard) as dispatcher:
        dispatcher.hand_over(job("a"))
        heard.wait_for("a")
    failure = heard.ends["a"]
    assert failure is not None
    assert "last week's" not in failure["message"]
    assert "memory_gb" in failure["message"]


def test_jobs_that_come_together_are_handed_over_together(store: Store) -> None:
    heard, executor = Heard(), Scripted(lambda job, _: Report(job.key, "ended", cause="cancelled"))
    keys = [f"k{number}" for number in range(50)]
    with Dispatcher(store, executor, heard) as dispatcher:
        for key in keys:
            dispatcher.hand_over(job(key))
        heard.wait_for(*keys)
    assert len(executor.submitted) <= 10


def test_a_job_that_an_earlier_driver_left_is_not_handed_over_again(store: Store) -> None:
    request = request_of("a")
    left = [Report(request.key, "running", "nodeA")]
    heard, executor = Heard(), Scripted(lambda job, _: Report(job.key, "queued"), left)
    with Dispatcher(store, executor, heard) as dispatcher:
        dispatcher.hand_over(job(request.key))
        heard.wait_until_moved(request.key)
        make(store, request)
        executor.reports.append(Report(request.key, "ended", cause="exited"))
        heard.wait_for(request.key)
    assert executor.submitted == []
    assert heard.ends == {request.key: None}


def test_what_is_still_away_when_the_run_ends_is_cancelled(store: Store) -> None:
    heard, executor = Heard(), Scripted(lambda job, _: Report(job.key, "queued"))
    with Dispatcher(store, executor, heard) as dispatcher:
        dispatcher.hand_over(job("a"))
        heard.wait_until_moved("a")
    assert executor.cancelled == [("a", False)]


def test_who_stops_gently_is_not_sent_again(store: Store) -> None:
    heard, executor = Heard(), Scripted(lambda job, _: Report(job.key, "running", "nodeA"))
    with Dispatcher(store, executor, heard) as dispatcher:
        dispatcher.hand_over(job("a"))
        heard.wait_until_moved("a")
        tell(store, "a", StoppedError("after segment 1 of 3"))
        dispatcher.stop_gently()
        heard.wait_for("a")
    failure = heard.ends["a"]
    assert failure is not None
    assert failure["kind"] == "stopped"
    assert executor.cancelled == [("a", True)]
    assert len(executor.submitted) == 1


def test_what_had_not_begun_when_it_was_to_stop_gently_stopped_and_was_not_cancelled(store: Store) -> None:
    heard, executor = Heard(), Scripted(lambda job, _: Report(job.key, "queued"))
    with Dispatcher(store, executor, heard) as dispatcher:
        dispatcher.hand_over(job("a"))
        heard.wait_until_moved("a")
        dispatcher.stop_gently()
        heard.wait_for("a")
    failure = heard.ends["a"]
    assert failure is not None
    assert failure["kind"] == "stopped"


def test_what_comes_when_all_was_to_stop_gently_is_stopped_as_well(store: Store) -> None:
    heard, executor = Heard(), Scripted(lambda job, _: Report(job.key, "queued"))
    with Dispatcher(store, executor, heard) as dispatcher:
        dispatcher.stop_gently()
        dispatcher.hand_over(job("late"))
        heard.wait_for("late")
    failure = heard.ends["late"]
    assert failure is not None
    assert failure["kind"] == "stopped"


def test_an_executor_that_does_not_answer_for_a_while_costs_nothing(store: Store) -> None:
    request = request_of("a")

    def makes(job: Job, count: int) -> Report:
        make(store, request)
        return Report(job.key, "ended", cause="exited")

    heard, executor = Heard(), Scripted(makes)
    executor.is_away = True
    with Dispatcher(store, executor, heard) as dispatcher:
        dispatcher.hand_over(job(request.key))
        time.sleep(1)
        assert heard.ends == {}
        executor.is_away = False
        heard.wait_for(request.key)
    assert heard.ends == {request.key: None}
    assert executor.tries == {request.key: 1}


def test_files_that_cannot_be_read_for_a_moment_cost_no_job(store: Store) -> None:
    request = request_of("a")

    class Stale(Scripted):
        polls = 0

        def poll(self) -> Sequence[Report]:
            self.polls += 1
            if self.polls == 1:
                raise OSError(errno.ESTALE, "Stale file handle")
            return super().poll()

    def makes(job: Job, count: int) -> Report:
        make(store, request)
        return Report(job.key, "ended", cause="exited")

    heard = Heard()
    with Dispatcher(store, Stale(makes), heard) as dispatcher:
        dispatcher.hand_over(job(request.key))
        heard.wait_for(request.key)
    assert heard.ends == {request.key: None}


def test_an_error_of_the_executors_own_fails_what_waits_and_does_not_hang_the_run(store: Store) -> None:
    def breaks(job: Job, count: int) -> Report:
        raise RuntimeError("no such state: 17")

    heard, executor = Heard(), Scripted(breaks)
    with Dispatcher(store, executor, heard) as dispatcher:
        dispatcher.hand_over(job("a"))
        dispatcher.hand_over(job("b"))
        heard.wait_for("a", "b")
        dispatcher.hand_over(job("c"))
        heard.wait_for("c")
    assert all(failure is not None and "no such state: 17" in failure["message"] for failure in heard.ends.values())


def test_what_cannot_be_sent_again_now_keeps_no_other_report_from_being_heard(store: Store) -> None:
    def ends(job: Job, count: int) -> Report:
        return Report(job.key, "ended", cause="lost" if count == 1 and job.key == "a" else "cancelled")

    class Refusing(Scripted):
        """Takes nothing a second time for a while."""

        def submit(self, jobs: Sequence[Job]) -> None:
            if self.is_away:
                raise OSError(errno.ESTALE, "stale file handle")
            super().submit(jobs)
            self.is_away = True

        def poll(self) -> Sequence[Report]:
            found, self.reports = self.reports, []
            return found

    heard, executor = Heard(), Refusing(ends)
    dispatcher = Dispatcher(store, executor, heard)
    dispatcher.hand_over(job("a"))
    dispatcher.hand_over(job("b"))  # before it begins: together with the first
    with dispatcher:
        heard.wait_for("b")
        assert "a" not in heard.ends
        executor.is_away = False
        heard.wait_for("a")
    assert executor.tries == {"a": 2, "b": 1}


def test_a_job_that_ended_without_a_word_is_kept_from_its_machine_unless_nobody_else_takes_it(store: Store) -> None:
    request, shunned = request_of("a"), []

    def only_on_a(job: Job, count: int) -> Report:
        shunned.append(job.shunned)
        if job.shunned:
            tell(store, job.key, StageError("Slurm does not take it"))
            return Report(job.key, "ended", cause="exited")
        if count > 1:
            make(store, request)
        return Report(job.key, "ended", "nodeA", "17_0", "exited")

    heard, executor = Heard(), Scripted(only_on_a)
    with Dispatcher(store, executor, heard) as dispatcher:
        dispatcher.hand_over(job(request.key))
        heard.wait_for(request.key)
    assert heard.ends == {request.key: None}
    assert shunned == [(), ("nodeA",), ()]


def stops(store: Store) -> Callable[[Job, int], Report]:
    """Say that a job stopped when its time was nearly up, with nothing that stays."""

    def script(job: Job, count: int) -> Report:
        tell(store, job.key, StoppedError("stopped as asked, with 0 of 5 segments kept"))
        return Report(job.key, "ended", "nodeA", "1", "exited")

    return script


def test_whose_time_is_too_short_for_one_segment_is_told_so_and_not_put_off(store: Store) -> None:
    heard, executor = Heard(), Scripted(stops(store))
    with Dispatcher(store, executor, heard) as dispatcher:
        dispatcher.hand_over(job("a"))
        heard.wait_for("a")
    failure = heard.ends["a"]
    assert failure is not None
    assert failure["kind"] == "over_time"
    assert "`farm.stages.diffuse.minutes`" in failure["message"]
    assert "0 of 5 segments" in failure["message"]
    assert executor.tries == {"a": 1}


@pytest.mark.parametrize("is_told", [True, False])
def test_who_shared_the_time_of_its_job_has_one_of_its_own_before_it_fails(store: Store, is_told: bool) -> None:
    seen: list[int] = []

    def ends(job: Job, count: int) -> Report:
        seen.append(job.needs.keys)
        return stops(store)(job, count) if is_told else Report(job.key, "ended", "nodeA", "1", "over_time")

    heard, executor = Heard(), Scripted(ends)
    with Dispatcher(store, executor, heard) as dispatcher:
        dispatcher.hand_over(replace(job("a"), needs=replace(NEEDS, keys=3)))
        heard.wait_for("a")
    assert seen == [3, 1]
    failure = heard.ends["a"]
    assert failure is not None
    assert failure["kind"] == "over_time"
    assert [why for _, why in heard.retries] == ["its job had no time left for it; now in one of its own"]


def test_where_each_request_has_its_own_time_it_fails_at_once(store: Store) -> None:
    heard, executor = Heard(), Scripted(stops(store))
    executor.shares_time = False
    with Dispatcher(store, executor, heard) as dispatcher:
        dispatcher.hand_over(replace(job("a"), needs=replace(NEEDS, keys=3)))
        heard.wait_for("a")
    assert heard.retries == []
