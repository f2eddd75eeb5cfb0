"""What is worth another try."""

import pytest

from pipelines.failure import explanation
from pipelines.failure_file import LastFailure
from pipelines.farm.job import Cause, Job, Report
from pipelines.farm.needs import Needs
from pipelines.farm.retries import Tries, advice, again
from r2s2r.errors import InputError, MissingError, R2S2RError, StageError, StoppedError, StoreError

NEEDS = Needs("diffuse", 1, None, 2, 8.0, 30.0, 1, None, None, None, ("python",), ())
JOB = Job("k", "diffuse", NEEDS, "", "bunny/orbit diffuse")


def ended(cause: Cause, said: str = "") -> Report:
    return Report("k", "ended", "nodeA", "1", cause, said)


def told(error: R2S2RError, machine: str = "nodeA") -> LastFailure:
    return LastFailure(explanation(error), machine)


def tries_until_the_end(report: Report, said: LastFailure | None, *, kept: int = 0) -> int:
    tries = Tries()
    while again(report, said, tries, kept=kept):
        assert tries.count < 1000, "it is tried for ever"
    return tries.count


@pytest.mark.parametrize("error", [InputError("the clip is short"), StageError("not finite at step 3")])
def test_what_a_stage_explains_is_not_tried_again(error: R2S2RError) -> None:
    assert tries_until_the_end(ended("exited"), told(error)) == 0


@pytest.mark.parametrize("error", [StoreError("the disk is full"), MissingError("no GPU here")])
def test_what_is_a_machines_own_fault_is_tried_on_others_and_not_for_ever(error: R2S2RError) -> None:
    tries = Tries()
    assert "nodeA could not" in again(ended("exited"), told(error), tries, kept=0)
    assert "nodeB could not" in again(ended("exited"), told(error, "nodeB"), tries, kept=0)
    assert tries.shunned == ["nodeA", "nodeB"]
    assert again(ended("exited"), told(error, "nodeC"), tries, kept=0) == ""


def test_a_lost_node_costs_a_try_and_many_of_them_the_shot() -> None:
    assert 2 <= tries_until_the_end(ended("lost"), None) <= 10
    assert 2 <= tries_until_the_end(ended("exited"), None) <= 10


@pytest.mark.parametrize("said", [None, told(StoppedError("after segment 3 of 5"))])
def test_a_job_at_its_time_limit_goes_on_as_long_as_it_gets_further(said: LastFailure | None) -> None:
    tries, report = Tries(), ended("over_time" if said is None else "exited")
    assert all(again(report, said, tries, kept=kept) for kept in range(1, 30))
    assert again(report, said, tries, kept=29) == ""


@pytest.mark.parametrize("cause", ["cancelled", "over_memory"])
def test_who_was_cancelled_or_took_too_much_is_not_tried_again_and_told_what_to_do(cause: Cause) -> None:
    assert again(ended(cause), None, Tries(), kept=0) == ""
    words = advice(ended(cause, "by uid 7"), JOB)
    assert "by uid 7" in words
    assert cause == "cancelled" or "farm.stages.diffuse.memory_gb" in words


def test_advice_names_the_setting_and_the_log() -> None:
    report = Report("k", "ended", "nodeA", "1", "over_time", log="/store/jobs/1.out")
    assert "more than" not in advice(report, JOB)
    assert "`farm.stages.diffuse.minutes`" in advice(report, JOB)
    assert "30 minutes" in advice(report, JOB)
    assert advice(report, JOB).endswith("see /store/jobs/1.out")


def test_a_machine_on_which_a_job_ends_without_a_word_is_shunned_at_once() -> None:
    tries, report = Tries(), Report("k", "ended", "nodeA GPU 1", "1", "exited", "there is no store")
    assert again(report, None, tries, kept=0) == "there is no store"
    assert tries.shunned == ["nodeA"]
    assert again(report, None, tries, kept=0), "where it is the only one it has all its tries"
    assert tries.shunned == ["nodeA"]


def test_a_machine_on_which_a_job_is_lost_twice_is_shunned_and_one_that_lost_power_once_is_not() -> None:
    tries = Tries()
    for where, shunned in (("nodeA", []), ("nodeB", []), ("nodeA", ["nodeA"])):
        assert again(Report("k", "ended", where, "1", "lost"), None, tries, kept=0)
        assert tries.shunned == shunned


def test_a_job_that_never_had_a_machine_shuns_none() -> None:
    tries = Tries()
    for cause in ("exited", "lost", "lost"):
        assert again(Report("k", "ended", cause=cause), None, tries, kept=0)
    assert tries.shunned == []


def test_a_job_that_is_not_taken_without_the_machines_it_shuns_has_them_back_and_ends_all_the_same() -> None:
    tries, refused = Tries(), Report("k", "ended", cause="exited", said="no such node")
    said, rounds = told(StageError("Slurm does not take it")), 0
    while again(ended("exited"), None, tries, kept=0):
        assert tries.shunned == ["nodeA"]
        assert again(refused, said, tries, kept=0)
        assert tries.shunned == []
        assert again(refused, said, tries, kept=0) == "", "what is not taken anywhere is not tried again"
        rounds += 1
    assert 2 <= rounds <= 10


@pytest.mark.parametrize("cause", ["lost", "exited"])
def test_a_job_that_is_lost_goes_on_as_long_as_it_gets_further(cause: Cause) -> None:
    tries = Tries()
    assert all(again(ended(cause), None, tries, kept=kept) for kept in range(1, 30))
    assert tries.shunned == []
    assert 2 <= sum(bool(again(ended(cause), None, tries, kept=29)) for _ in range(100)) <= 10


def test_advice_names_the_machine_and_says_without_a_word_only_where_there_is_none() -> None:
    words = advice(ended("exited", "/films: there is no store"), JOB)
    assert words == "its process ended again and again, the last time on nodeA: /films: there is no store"
    assert "without a word, again and again, the last time on nodeA" in advice(ended("exited"), JOB)
    assert "lost, again and again, the last time on nodeA" in advice(ended("lost"), JOB)
    assert "the last time" not in advice(Report("k", "ended", cause="exited"), JOB)
