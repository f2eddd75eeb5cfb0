"""What holds for every executor: the contract of ``pipelines/farm/executor.py``."""

import os
import signal
import time

import pytest

from tests.pipelines.farm.bench import Bench, wait_until_gone

pytestmark = pytest.mark.timeout(300)


def test_a_job_is_built_and_told_of(bench: Bench):
    executor, [job] = bench.executor(), bench.jobs(1)
    executor.check([job.needs])
    executor.submit([job])
    ended = bench.until_ended(executor, [job.key])[job.key]
    assert ended.cause == "exited"
    assert bench.is_built(job.key)
    assert bench.states(job.key)[0] == "queued"
    running = [one for one in bench.reports if one.state == "running"]
    assert all(one.where and one.job for one in running)
    assert bench.kind(job.key) is None


def test_several_jobs_are_all_built_each_with_its_own_log(bench: Bench):
    executor, jobs = bench.executor(), bench.jobs(4, keys=2)
    executor.submit(jobs)
    bench.until_ended(executor, [job.key for job in jobs])
    for job in jobs:
        assert bench.is_built(job.key)
        first, printed, last = bench.log(job.key).splitlines()
        assert "started on" in first
        assert printed == f"at {job.key}"
        assert "done in" in last
    assert len(bench.work()) == 4


def test_a_request_that_fails_is_told_with_its_reason_and_the_others_go_on(bench: Bench):
    executor, jobs = bench.executor(), bench.jobs(4, keys=4)
    keys = failing, lacking, full, _ = [job.key for job in jobs]
    bench.trouble({failing: "fails", lacking: "lacks", full: "fills the disk"})
    executor.submit(jobs)
    bench.until_ended(executor, keys)
    assert [bench.kind(key) for key in keys] == ["stage", "missing", "store", None]
    assert [bench.is_built(key) for key in keys] == [False, False, False, True]
    assert bench.log(failing).splitlines()[-1].endswith("failed: the numbers are not finite")


def test_what_failed_may_be_handed_over_again(bench: Bench):
    executor, [job] = bench.executor(), bench.jobs(1)
    bench.trouble({job.key: "fails"})
    executor.submit([job])
    bench.until_ended(executor, [job.key])
    bench.trouble({})
    bench.reports.clear()
    (bench.store.root / "failures" / f"{job.key}.json").unlink()
    executor.submit([job])
    bench.until_ended(executor, [job.key])
    assert bench.is_built(job.key)
    assert bench.kind(job.key) is None


def test_a_cancelled_job_ends_with_all_of_its_processes(bench: Bench):
    executor, [job] = bench.executor(), bench.jobs(1)
    bench.trouble({job.key: "child"})
    executor.submit([job])
    [noted] = bench.until_begun(executor)
    since = time.monotonic()
    executor.cancel([job.key, "f" * 64])
    assert time.monotonic() - since < {"local": 2, "slurm": 6}[bench.name], "longer than Slurm may take for an answer"
    assert bench.until_ended(executor, [job.key])[job.key].cause == "cancelled"
    wait_until_gone([noted["pid"], noted["child"]])
    assert not bench.is_built(job.key)


def test_a_job_that_was_not_begun_is_cancelled_at_once(bench: Bench):
    executor, jobs = bench.executor(), bench.jobs(6)
    bench.trouble(dict.fromkeys(bench.keys, "waits"))
    executor.submit(jobs)
    bench.until_begun(executor, 2)
    begun = {noted["key"] for noted in bench.work()}
    waiting = [key for key in bench.keys if key not in begun][-1:]
    executor.cancel(waiting)
    assert bench.until_ended(executor, waiting)[waiting[0]].cause == "cancelled"
    bench.trouble({})
    bench.go()
    bench.until_ended(executor, set(bench.keys) - set(waiting))
    assert not bench.is_built(waiting[0])


def test_asked_gently_a_job_stops_where_it_can_go_on(bench: Bench):
    executor, [job] = bench.executor(), bench.jobs(1)
    bench.trouble({job.key: "segments"})
    executor.submit([job])
    bench.until_begun(executor)
    bench.until_running(executor, job.key)
    executor.cancel([job.key], gently=True)
    assert bench.until_ended(executor, [job.key])[job.key].cause == "cancelled"
    assert bench.kind(job.key) == "stopped"
    assert len(list(bench.store.checkpoints(job.key).iterdir())) == 1
    assert "stopped" in bench.log(job.key).splitlines()[-1]


def test_a_job_that_takes_too_long_is_ended_with_all_of_its_processes(bench: Bench):
    executor = bench.executor()
    minutes = {"local": 0.2, "slurm": 1.0}[bench.name]
    job = bench.job(bench.keys[0], minutes=minutes)
    bench.trouble({job.key: "child"})
    executor.submit([job])
    [noted] = bench.until_begun(executor)
    assert bench.until_ended(executor, [job.key], 200)[job.key].cause == "over_time"
    wait_until_gone([noted["pid"], noted["child"]])


def test_a_job_that_was_killed_from_outside_is_lost(bench: Bench):
    executor, [job] = bench.executor(), bench.jobs(1)
    bench.trouble({job.key: "waits"})
    executor.submit([job])
    [noted] = bench.until_begun(executor)
    os.kill(noted["pid"], signal.SIGKILL)
    ended = bench.until_ended(executor, [job.key])[job.key]
    assert ended.cause in ("lost", "exited"), "so that it is tried again"
    assert ended.said
    bench.trouble({})
    bench.reports.clear()
    executor.submit([job])
    bench.until_ended(executor, [job.key])
    assert bench.is_built(job.key)


def test_jobs_go_on_when_the_executor_is_closed_and_the_next_driver_finds_them(bench: Bench):
    key, second = bench.keys[0], bench.executor()
    bench.trouble({key: "waits"})
    driver = bench.driver(key)
    bench.until_begun(second)
    (bench.folder / "leave").touch()
    assert driver.wait(60) == 0
    assert [report.key for report in second.reattach() if report.state != "ended"] == [key]
    bench.go()
    bench.until_ended(second, [key])
    assert bench.is_built(key)
    assert len(bench.work()) == 1


def test_jobs_of_a_killed_driver_are_found_and_can_be_cancelled(bench: Bench):
    bench.trouble(dict.fromkeys(bench.keys, "waits"))
    driver, second = bench.driver(*bench.keys[:2]), bench.executor()
    bench.until(second, lambda: len(bench.work()) == 2)
    driver.kill()
    driver.wait()
    found = {report.key for report in second.reattach() if report.state != "ended"}
    assert found == set(bench.keys[:2])
    stays, goes = bench.keys[:2]
    second.cancel([goes])
    assert bench.until_ended(second, [goes])[goes].cause == "cancelled"
    bench.go()
    bench.until_ended(second, [stays])
    assert bench.is_built(stays)
    assert not bench.is_built(goes)


def test_a_living_drivers_jobs_are_left_alone(bench: Bench):
    bench.trouble({bench.keys[0]: "waits"})
    driver, other = bench.driver(bench.keys[0]), bench.executor()
    bench.until_begun(other)
    try:
        assert list(other.reattach()) == []
    finally:
        driver.kill()
        driver.wait()
        other.reattach()


def test_a_request_that_two_drivers_hand_over_is_built_once(bench: Bench):
    first, second, [job] = bench.executor(), bench.executor(), bench.jobs(1)
    bench.trouble({job.key: "waits"})
    first.submit([job])
    bench.until_begun(first)
    second.submit([job])
    second.poll()
    bench.go()
    bench.until_ended(first, [job.key])
    result = bench.store.action(job.key)
    bench.reports.clear()
    bench.until_ended(second, [job.key])
    assert bench.store.action(job.key) == result
    assert len(bench.work()) == 1


def test_a_request_that_was_built_already_ends_well(bench: Bench):
    executor, [job] = bench.executor(), bench.jobs(1)
    executor.submit([job, job])
    bench.until_ended(executor, [job.key])
    bench.reports.clear()
    executor.submit([job])
    bench.until_ended(executor, [job.key])
    assert len(bench.work()) == 1


def test_an_interpreter_that_is_not_there_is_said_in_words(bench: Bench):
    executor = bench.executor()
    wrong, right = bench.job(bench.keys[0], python=("/no/such/python",)), bench.job(bench.keys[1])
    executor.submit([wrong, right])
    ended = bench.until_ended(executor, [wrong.key, right.key])[wrong.key]
    assert ended.cause == "exited"
    assert "/no/such/python" in ended.said
    assert bench.is_built(right.key)


def test_an_interpreter_without_r2s2r_is_said_in_words(bench: Bench):
    executor = bench.executor()
    job = bench.job(bench.keys[0], python=("/usr/bin/env", "-i", "/bin/sh", "-c", "echo no module >&2; exit 1"))
    executor.submit([job])
    ended = bench.until_ended(executor, [job.key])[job.key]
    assert ended.cause == "exited"
    assert "no module" in ended.said


def test_two_hundred_jobs_are_handed_over_in_no_time(bench: Bench):
    executor = bench.executor()
    keys = [f"{number:064x}" for number in range(200)]
    since = time.monotonic()
    executor.submit([bench.job(key) for key in keys])
    executor.poll()
    assert time.monotonic() - since < 15
    executor.cancel(keys)
    ended = bench.until_ended(executor, keys)
    assert {report.cause for report in ended.values()} <= {"cancelled", "exited"}
