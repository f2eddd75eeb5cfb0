"""Workers that crash, hang, answer garbage or are not there: each is said, and none outlives its request."""

import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from r2s2r.errors import MissingError, StageError
from r2s2r.models.machine import Gpu
from r2s2r.stages.lift.workers import turn as turns
from r2s2r.stages.lift.workers.request import Asked, Seen, write_request
from r2s2r.stages.lift.workers.runner import answer
from r2s2r.stages.lift.workers.turn import turn
from tests.lift.workers.truth import is_running, store_weights, worker_of

TRUTH = {
    "vertices": np.eye(4, 3),
    "faces": np.array([[0, 1, 2], [0, 3, 1], [0, 2, 3], [1, 3, 2]]),
    "colours": np.full((4, 3), 90, np.uint8),
    "rotation": np.array([1.0, 0, 0, 0]),
    "translation": np.array([0, 0, 3.0]),
    "scale": np.ones(3),
}
SEEN = [Seen(66, np.zeros((24, 32, 3), np.uint8), np.ones((24, 32), bool))]


def ask(folder, mode, **options):
    worker = worker_of(folder, store_weights(folder / "weights", mode, **TRUTH), **options)
    asked = Asked("sam3d_objects", 7, worker.weights, np.eye(3))
    with answer(worker, "sam3d_objects", lambda request: write_request(request, asked, SEEN)) as (response, said):
        return sorted(path.name for path in response.iterdir()), said


def wait_for(path):
    while not path.exists():
        time.sleep(0.01)
    return [int(word) for word in path.read_text().split()]


def assert_gone(pids):
    deadline = time.monotonic() + 60
    while any(is_running(pid) for pid in pids):
        assert time.monotonic() < deadline, "a worker outlived its request"
        time.sleep(0.02)


def test_an_answer_is_given_whole(tmp_path):
    files, said = ask(tmp_path, "good")
    assert files == ["mesh.glb", "pose.npz", "response.json"]
    assert (said.ok, said.frames) == (True, [66])


def test_a_crash_is_told_with_the_frame_and_the_last_words(tmp_path):
    with pytest.raises(StageError, match="exit code 1 and without an answer at frame 66") as caught:
        ask(tmp_path, "crash")
    assert "the weights are of another shape" in str(caught.value)
    assert (tmp_path / "scratch" / "lift-worker" / "request" / "request.json").exists()


@pytest.mark.parametrize(
    ("mode", "message"),
    [
        ("killed", "was ended by signal 9"),
        ("silent", "ended with exit code 0 and without an answer"),
        ("garbage", r"answered what is no answer: .*response\.json: the whole file: .* asked for frame 66"),
        ("pipe", r"response\.json is a link, folder or pipe; .* asked for frame 66"),
        ("link", r"response\.json is a link, folder or pipe"),
        ("version", "speaks r2s2r lift-worker 2, .* asked for frame 66"),
        ("model", "answered as sam3d_hands; correct workers in r2s2r.yaml"),
        ("failed", "CUDA out of memory .a GPU with more free memory would do. at frame 66\n"),
    ],
)
def test_what_is_no_answer_fails_the_stage(tmp_path, mode, message):
    with pytest.raises(StageError, match=message):
        ask(tmp_path, mode)


def test_a_package_that_the_environment_lacks_is_told_as_missing(tmp_path):
    with pytest.raises(MissingError, match=r"No module named 'kaolin'; docs/lift-workers\.md"):
        ask(tmp_path, "missing")


def test_an_interpreter_that_is_not_there_is_told_as_missing(tmp_path):
    with pytest.raises(MissingError, match=r"workers\.sam3d_objects\.python: /no/python .*docs/lift-workers\.md"):
        ask(tmp_path, "good", python="/no/python")


def test_a_worker_that_hangs_is_ended_with_all_it_started(tmp_path):
    with pytest.raises(
        StageError, match=r"did not answer in 3 s at frame 66 .*workers\.sam3d_objects\.timeout_s"
    ) as caught:
        ask(tmp_path, "hang", timeout_s=3.0)
    assert "stand-in: looking" in str(caught.value)
    assert_gone(wait_for(tmp_path / "seen" / "pids.txt"))


def test_what_a_worker_leaves_behind_is_ended_with_it(tmp_path):
    ask(tmp_path, "leaves")
    assert_gone(wait_for(tmp_path / "seen" / "pids.txt"))


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM])
def test_a_run_that_is_killed_takes_its_worker_along(tmp_path, ending):
    words = f"import pathlib, tests.lift.workers.test_runner as t; t.ask(pathlib.Path({str(tmp_path)!r}), 'hang')"
    run = subprocess.Popen([sys.executable, "-c", words], start_new_session=True)
    pids = wait_for(tmp_path / "seen" / "pids.txt")
    assert all(is_running(pid) for pid in pids)
    os.killpg(run.pid, ending)
    run.wait()
    assert_gone(pids)


def test_a_half_answer_of_before_is_not_taken_for_this_one(tmp_path):
    stale = tmp_path / "scratch" / "lift-worker" / "response"
    stale.mkdir(parents=True)
    (stale / "response.json").write_text(json.dumps({"ok": True}))
    with pytest.raises(StageError, match="without an answer"):
        ask(tmp_path, "silent")


def test_workers_on_one_machine_wait_for_each_other_and_say_so(tmp_path, caplog):
    spec = worker_of(tmp_path, tmp_path).worker
    entered = []

    def second():
        with turn(spec, "sam3d_objects"):
            entered.append(time.monotonic())

    with caplog.at_level(logging.WARNING), turn(spec, "sam3d_objects"):
        thread = threading.Thread(target=second)
        thread.start()
        while not caplog.messages:
            time.sleep(0.01)
        left = time.monotonic()
    thread.join()
    assert "waiting: another lift worker is at work" in caplog.messages[0]
    assert entered[0] >= left


@pytest.mark.parametrize(
    ("found", "message"),
    [(None, "nvidia-smi and CUDA_VISIBLE_DEVICES show none"), (Gpu("A10", 24 * 10**9, 9 * 10**9), "A10 has 9.0")],
)
def test_too_little_gpu_memory_is_told_before_anything_runs(tmp_path, monkeypatch, found, message):
    monkeypatch.setattr(turns, "gpu", lambda: found)
    with pytest.raises(MissingError, match=f"needs a GPU with 32 GB free .*{message}.*inflate"):
        ask(tmp_path, "good", gpu_memory_gb=32.0)
    assert not (tmp_path / "seen" / "asked.json").exists()


def test_enough_gpu_memory_lets_it_run(tmp_path, monkeypatch):
    monkeypatch.setattr(turns, "gpu", lambda: Gpu("H100", 80 * 10**9, 70 * 10**9))
    assert ask(tmp_path, "good", gpu_memory_gb=32.0)[1].ok
