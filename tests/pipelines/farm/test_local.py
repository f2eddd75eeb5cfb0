"""The executor ``local``: GPUs by index, keys one after another on one model, and what a killed driver leaves."""

import os
import signal
import stat
import time
from pathlib import Path

import pytest

from pipelines.farm import local_worker
from pipelines.farm.local import LocalExecutor
from r2s2r.artifacts.lease import process
from r2s2r.errors import InputError
from r2s2r.spec.farm import LocalSpec
from tests.pipelines.farm.bench import Bench, is_stand_in, wait_until_gone

pytestmark = pytest.mark.timeout(300)


def gpus_of(local: Bench) -> list[str]:
    return [noted["gpu"] for noted in local.work()]


def processes_of(local: Bench) -> list[int]:
    return [noted["pid"] for noted in local.work()]


def test_each_gpu_has_one_process_which_takes_one_key_after_the_other(local: Bench):
    executor, jobs = local.executor(), local.jobs(6, affinity="a model")
    executor.submit(jobs)
    local.until_ended(executor, local.keys)
    assert set(gpus_of(local)) == {"0", "1"}
    assert len(set(processes_of(local))) == 2
    assert len({(noted["pid"], noted["gpu"]) for noted in local.work()}) == 2


def test_jobs_without_a_gpu_share_one_place_beside_those_with_one(local: Bench):
    executor = local.executor()
    jobs = [*local.jobs(2), *(local.job(key, gpus=0) for key in local.keys[2:5])]
    local.trouble(dict.fromkeys(local.keys[:3], "waits"))
    executor.submit(jobs)
    assert {(noted["key"], noted["gpu"]) for noted in local.until_begun(executor, 3)} == {
        *((key, str(number)) for number, key in enumerate(local.keys[:2])),
        (local.keys[2], ""),
    }
    local.go()
    local.until_ended(executor, [job.key for job in jobs])
    assert len({noted["pid"] for noted in local.work() if noted["gpu"] == ""}) == 1


def test_a_job_of_two_gpus_waits_for_both_and_is_not_overtaken_for_ever(local: Bench):
    executor = local.executor()
    first, wide, *others = [local.job(local.keys[0]), local.job(local.keys[1], gpus=2), *local.jobs(6)[2:]]
    local.trouble({first.key: "waits"})
    executor.submit([first, wide, *others])
    local.until_begun(executor)
    for _ in range(20):
        executor.poll()
        time.sleep(0.02)
    assert len(local.work()) == 1, "the free GPU is kept for the one that needs two"
    local.go()
    local.until_ended(executor, local.keys)
    assert [noted["gpu"] for noted in local.work() if noted["key"] == wide.key] == ["0,1"]


def test_another_model_gets_the_gpu_when_the_first_has_no_more_to_do(local: Bench, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(local_worker, "_IDLE_S", 1000)  # nobody waits for that
    executor = local.executor()
    jobs = [local.job(key, gpus=2, affinity="ab"[number % 2]) for number, key in enumerate(local.keys)]
    executor.submit(jobs)
    local.until_ended(executor, local.keys)
    in_order = [local.keys.index(noted["key"]) % 2 for noted in local.work()]
    assert in_order == [0, 0, 0, 1, 1, 1], "each model is loaded once"
    assert len(set(processes_of(local))) == 2


def test_a_model_does_not_keep_others_waiting_for_ever(local: Bench, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("pipelines.farm.local._OVERTAKEN", 2)
    executor = local.executor()
    executor.submit([local.job(key, gpus=2, affinity="b" if key == local.keys[1] else "a") for key in local.keys])
    local.until_ended(executor, local.keys)
    assert [noted["key"] for noted in local.work()].index(local.keys[1]) == 2


def test_an_idle_process_ends(local: Bench, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(local_worker, "_IDLE_S", 0.3)
    executor, [job] = local.executor(), local.jobs(1)
    executor.submit([job])
    local.until_ended(executor, [job.key])
    [pid] = processes_of(local)
    local.until(executor, lambda: not is_stand_in(pid))
    assert list((local.store.root / "jobs").iterdir()) == []
    assert not list((local.store.root / "leases").glob("gpu-*"))


def test_a_crash_costs_one_request_and_the_next_has_a_new_process(local: Bench):
    executor, jobs = local.executor(), local.jobs(3, gpus=2)
    local.trouble({jobs[0].key: "crashes"})
    executor.submit(jobs)
    ended = local.until_ended(executor, [job.key for job in jobs])[jobs[0].key]
    assert ended.cause == "exited"
    assert "SIGSEGV" in ended.said
    assert [local.is_built(job.key) for job in jobs] == [False, True, True]


def test_one_that_was_killed_says_that_it_may_have_been_for_memory(local: Bench):
    executor, [job] = local.executor(), local.jobs(1)
    local.trouble({job.key: "waits"})
    executor.submit([job])
    [noted] = local.until_begun(executor)
    os.kill(noted["pid"], signal.SIGKILL)
    ended = local.until_ended(executor, [job.key])[job.key]
    assert ended.cause == "lost"
    assert "memory" in ended.said


def test_what_a_killed_process_has_started_is_ended_before_its_gpu_is_given_away(local: Bench):
    executor, jobs = local.executor(), local.jobs(2, gpus=2)
    local.trouble({jobs[0].key: "child"})
    executor.submit(jobs)
    [noted] = local.until_begun(executor)
    os.kill(noted["pid"], signal.SIGKILL)
    local.until_begun(executor, 2)
    assert not is_stand_in(noted["child"])


def test_one_that_was_ended_from_outside_is_cancelled(local: Bench):
    executor, [job] = local.executor(), local.jobs(1)
    local.trouble({job.key: "waits"})
    executor.submit([job])
    [noted] = local.until_begun(executor)
    os.kill(noted["pid"], signal.SIGTERM)
    assert local.until_ended(executor, [job.key])[job.key].cause == "cancelled"


def test_before_its_time_is_up_one_is_asked_to_stop_where_it_can_go_on(local: Bench):
    executor, job = local.executor(), local.job(local.keys[0], minutes=0.2)
    local.trouble({job.key: "segments"})
    executor.submit([job])
    assert local.until_ended(executor, [job.key])[job.key].cause == "over_time"
    assert local.kind(job.key) == "stopped"


def test_two_drivers_do_not_work_on_one_gpu(local: Bench):
    first, second = local.executor(), local.executor()
    local.trouble(dict.fromkeys(local.keys, "waits"))
    first.submit([local.job(local.keys[0])])
    local.until_begun(first)
    second.submit(local.jobs(3)[1:])
    local.until_begun(second, 2)
    for _ in range(20):
        second.poll()
        time.sleep(0.02)
    assert sorted(gpus_of(local)) == ["0", "1"]
    local.go()
    local.until_ended(first, local.keys[:1])
    first.close()
    local.until_ended(second, local.keys[1:3])


def test_a_race_for_a_gpu_is_waited_out_and_costs_no_time_of_the_requests(
    local: Bench, monkeypatch: pytest.MonkeyPatch
):
    first, second = local.executor(), local.executor()
    local.trouble({local.keys[0]: "waits"})
    first.submit([local.job(local.keys[0], gpus=2)])
    local.until_begun(first)
    monkeypatch.setattr("pipelines.farm.local.owner", lambda store, gpu: None)
    second.submit([local.job(local.keys[1], minutes=0.02)])
    for _ in range(100):
        assert "running" not in {report.state for report in second.poll()}
        time.sleep(0.02)
    local.trouble({})
    local.go()
    local.until_ended(first, local.keys[:1])
    first.close()
    local.until(second, lambda: "running" in local.states(local.keys[1]))


def test_a_killed_drivers_processes_finish_what_they_have_and_end(local: Bench):
    local.trouble(dict.fromkeys(local.keys, "waits"))
    driver, executor = local.driver(*local.keys), local.executor()
    noted = local.until_begun(executor, 2)
    driver.kill()
    driver.wait()
    taken = {report.where.rpartition(" ")[2] for report in executor.reattach()}
    assert taken == {"0", "1"}
    [fresh] = [local.job(key) for key in local.keys if key not in {one["key"] for one in noted}][-1:]
    executor.submit([fresh])
    for _ in range(20):
        executor.poll()
        time.sleep(0.02)
    assert len(local.work()) == 2, "both GPUs are taken"
    local.go()
    local.until_ended(executor, [*(one["key"] for one in noted), fresh.key])
    wait_until_gone([one["pid"] for one in noted])
    assert len(local.work()) == 3
    assert len(list((local.store.root / "jobs").glob("*.json"))) == 1, "of the one that is idle"


def test_what_a_driver_of_this_process_has_let_go_is_found(local: Bench):
    first, [job] = local.executor(), local.jobs(1)
    local.trouble({job.key: "child"})
    first.submit([job])
    [noted] = local.until_begun(first)
    first.close()
    second = local.executor()
    assert [report.key for report in second.reattach()] == [job.key]
    second.cancel([job.key])
    assert local.until_ended(second, [job.key])[job.key].cause == "cancelled"
    wait_until_gone([noted["pid"], noted["child"]])


def test_what_a_killed_driver_and_its_processes_left_is_cleared_away(local: Bench):
    local.trouble({local.keys[0]: "child"})
    driver, executor = local.driver(local.keys[0]), local.executor()
    [noted] = local.until_begun(executor)
    driver.kill()
    driver.wait()
    os.kill(noted["pid"], signal.SIGKILL)
    local.until(executor, lambda: not process(noted["pid"]).started)
    assert executor.reattach() == []
    wait_until_gone([noted["child"]])
    assert list((local.store.root / "jobs").iterdir()) == []


def test_a_process_that_ignores_its_end_is_killed_before_the_executor_is_closed(local: Bench):
    executor, [job] = local.executor(), local.jobs(1)
    local.trouble({job.key: "child"})
    executor.submit([job])
    [noted] = local.until_begun(executor)
    executor.cancel([job.key])
    executor.close()
    wait_until_gone([noted["pid"], noted["child"]])
    assert not executor.reattach(), "nothing is left for another driver"


def test_more_gpus_than_there_are_are_refused(local: Bench):
    executor, job = local.executor(), local.job(local.keys[0], gpus=3)
    with pytest.raises(InputError, match=r"farm\.stages\.edit\.gpus: 3 are more than this machine has, 2"):
        executor.check([job.needs])
    executor.submit([job])
    assert "3 GPUs" in local.until_ended(executor, [job.key])[job.key].said


@pytest.mark.parametrize(("python", "setting"), [(("/no/python",), "python"), (("no-apptainer", "python"), "launch")])
def test_a_program_that_is_not_there_is_refused_before_the_run(local: Bench, python: tuple[str, ...], setting: str):
    with pytest.raises(InputError, match=rf"farm\.stages\.edit\.{setting}: there is no program {python[0]}"):
        local.executor().check([local.job(local.keys[0], python=python).needs])


def test_where_no_gpu_is_shown_one_process_runs_at_a_time(local: Bench, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    executor = LocalExecutor(local.store, LocalSpec())
    executor.check([job.needs for job in local.jobs(1)])
    executor.submit(local.jobs(3))
    local.until_ended(executor, local.keys[:3])
    executor.close()
    assert len(set(processes_of(local))) == 1
    assert all(local.is_built(key) for key in local.keys[:3])


@pytest.mark.parametrize(
    ("visible", "found"),
    [
        (None, ("0", "1")),
        ("1", ("1",)),
        ("GPU-bb,0", ("1", "0")),
        ("0,-1,1", ("0",)),
        ("", ()),
        ("NoDevFiles", ()),
        ("MIG-cc", ("MIG-cc",)),
    ],
)
def test_gpus_are_those_that_cuda_and_nvidia_smi_show(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, visible: str | None, found: tuple[str, ...]
):
    from pipelines.farm.local_gpus import gpus_here

    program = tmp_path / "nvidia-smi"
    rows = "0, GPU-aaaa, NVIDIA H100, 81559, 81000\\n1, GPU-bbbb, NVIDIA H100, 81559, 81000"
    program.write_text(f"#!/bin/sh\nprintf '{rows}\\n'\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    if visible is None:
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    else:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert gpus_here(LocalSpec()) == found
    assert gpus_here(LocalSpec(gpus=(3,))) == ("3",)


def test_a_process_that_cannot_write_why_it_failed_ends_so_that_its_driver_does_not_wait_for_it(local: Bench):
    executor, [job] = local.executor(), local.jobs(1)
    failures = local.store.root / "failures"
    failures.rmdir()
    failures.touch()
    local.trouble({job.key: "fails"})
    executor.submit([job])
    report = local.until_ended(executor, [job.key])[job.key]
    assert report.cause == "exited"
    assert "the numbers are not finite" in report.said
