"""``r2s2r cancel``."""

import threading
import time

import pytest

from r2s2r.cli import asked_to_end
from tests.runs import left, living, note, recipe, run_of, shots


class Driver(threading.Thread):
    """Obeys as a run's driver does: what is wanted and at work is noted as cancelled."""

    def __init__(self, journal, running):
        super().__init__(daemon=True)
        self.journal, self.running, self.wanted = journal, set(running), set()
        self.is_over = threading.Event()

    def run(self):
        while not self.is_over.wait(0.1):
            self.wanted = set(self.journal.wanted())
            for one in list(self.running):
                if self.wanted & {one, "*"}:
                    self.running.discard(one)
                    note(self.journal, one, "cancelled", message="was cancelled")


@pytest.fixture
def driven(store, monkeypatch):
    """Makes a run whose named nodes are at work, with a driver that obeys."""
    monkeypatch.setattr(asked_to_end, "_QUIET_S", 0.3)  # what is at work is waited for all the same
    entered = []

    def begin(run, *running):
        context = living(store, run)
        journal = context.__enter__()
        for one in running:
            note(journal, one, "running")
        driver = Driver(journal, running)
        driver.start()
        entered.append((context, driver))
        return driver

    yield begin
    for context, driver in entered:
        driver.is_over.set()
        driver.join()
        context.__exit__(None, None, None)


def test_a_shot_is_cancelled_without_what_others_need(r2s2r, driven):
    run = run_of(shots("orbit", "hop"))
    driver = driven(run, recipe("tiny", "footage"), recipe("tiny", "orbit", "edit"))
    ended = r2s2r("cancel", "tiny", "orbit")
    assert ended.code == 0
    assert "cancelled tiny/orbit edit" in ended.out
    assert "tiny/orbit diffuse, tiny/orbit render, which waited, will not be begun" in ended.out
    assert driver.running == {recipe("tiny", "footage")}
    assert driver.wanted == {recipe("tiny", "orbit", node) for node in ("edit", "render", "diffuse")}


def test_the_last_shots_of_a_scene_take_along_what_they_share(r2s2r, driven):
    driver = driven(run_of(shots("orbit", "hop") + shots("a", scene="other")), recipe("tiny", "footage"))
    assert r2s2r("cancel", "tiny").code == 0
    assert driver.running == set()
    assert recipe("tiny", "plate") in driver.wanted
    assert recipe("other", "plate") not in driver.wanted


def test_all_is_asked_of_every_run(r2s2r, driven):
    drivers = [driven(run_of(shots("orbit")), recipe("tiny", "footage")) for _ in range(2)]
    assert r2s2r("cancel", "--all").code == 0
    assert [driver.wanted for driver in drivers] == [{"*"}, {"*"}]


def test_one_run_of_two_may_be_meant(r2s2r, driven):
    meant, other = (run_of(shots("orbit"), run_id) for run_id in ("1", "2"))
    drivers = [driven(run, recipe("tiny", "footage")) for run in (meant, other)]
    assert r2s2r("cancel", "--run", "1").code == 0
    assert [driver.wanted for driver in drivers] == [{"*"}, set()]


def test_a_driver_that_does_not_obey_is_told_of(r2s2r, store, monkeypatch):
    monkeypatch.setattr(asked_to_end, "_PATIENCE_S", 1.0)
    with living(store, run_of(shots("orbit"))) as journal:
        note(journal, recipe("tiny", "footage"), "running")
        ended = r2s2r("cancel", "--all")
    assert ended.code == 1
    assert "process 1 on host7 was asked, but tiny/orbit footage did not end yet" in ended.err


@pytest.mark.parametrize("words", [("--all",), ("tiny",), ("nothing", "orbit"), ("--run", "4711")])
def test_nothing_that_runs_is_said(r2s2r, store, words):
    with living(store, run_of(shots("orbit"))) as journal:
        for _, one, _, _ in shots("orbit")[0].nodes:
            note(journal, one, "done")
    ended = r2s2r("cancel", *words)
    assert ended.code == 1
    assert "nothing of it runs or waits" in ended.err


def test_one_has_to_say_what(r2s2r, folder):
    ended = r2s2r("cancel")
    assert ended.code == 2
    assert "--all for whatever runs" in ended.err


def test_of_a_dead_driver_that_left_nothing_nothing_is_waited_for(r2s2r, store):
    with left(store, run_of(shots("orbit"))) as journal:
        note(journal, recipe("tiny", "footage"), "running", key="k")
    began = time.monotonic()
    assert r2s2r("cancel", "--all").code == 1
    assert time.monotonic() - began < 25
