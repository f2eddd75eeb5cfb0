"""``r2s2r status``."""

import json
import time
from dataclasses import replace

import pytest

from r2s2r.artifacts import lease
from r2s2r.artifacts.journal import Event, Happening
from r2s2r.artifacts.pulse import Pulse
from r2s2r.artifacts.run_state import RunState
from r2s2r.cli import status as status_verb
from r2s2r.cli.watched_runs import WatchedRuns
from tests.runs import lease_from_elsewhere, left, living, note, recipe, run_of, shots


@pytest.fixture
def status(r2s2r):
    """Asks for the status as JSON."""

    def ask():
        ended = r2s2r("status", "--json")
        assert ended.code == 0, ended.err
        return json.loads(ended.out)["runs"]

    return ask


def test_without_any_run_it_says_how_to_begin_one(r2s2r, folder):
    ended = r2s2r("status")
    assert ended.code == 0
    assert "nothing was run yet; `r2s2r run SCENE`" in " ".join(ended.out.split())
    assert not (folder / ".r2s2r").exists()


def test_what_runs_where_and_how_far_it_is_shows(r2s2r, status, store, monkeypatch):
    monkeypatch.setattr(lease, "BEAT_S", 0.02)
    run = run_of(shots("orbit", "hop"), executor="slurm", until=time.time() + 3600, kind="night")
    with living(store, run) as journal, lease.hold(store.lease_folder("k")) as held:
        held.progress(30, 77)
        note(journal, recipe("tiny", "footage"), "running", "done")
        note(journal, recipe("tiny", "plate"), "done")
        note(journal, recipe("tiny", "orbit", "edit"), "running", key="k", where="node3 GPU 1", job="4711_3")
        note(journal, recipe("tiny", "hop", "edit"), "queued", job="4711_4")
        while not any(one.total for one in lease.holders(store.lease_folder("k"))):
            time.sleep(0.02)
        (seen,) = status()
        assert (seen["driver"], seen["kind"], seen["executor"], seen["machine"]) == ("alive", "night", "slurm", "host7")
        assert seen["shots"] == {"running": 1, "queued": 1}
        (running,) = seen["running"]
        assert running["shots"] == ["tiny/orbit"]
        assert (running["node"], running["where"], running["job"]) == ("edit", "node3 GPU 1", "4711_3")
        assert (running["done"], running["total"]) == (30, 77)
        assert [one["job"] for one in seen["queued"]] == ["4711_4"]
        assert seen["elapsed_s"] == pytest.approx(61, abs=30)
        assert seen["left_s"] > 0
        shown = r2s2r("status").out
        assert "tiny/orbit edit" in shown
        assert "30/77" in shown
        assert "queued (1): tiny/hop edit" in shown


def test_why_jobs_do_not_start_or_go_on_shows_once_and_in_full(r2s2r, status, store):
    down = "Slurm does not start it (ReqNodeNotAvail): nodes that could hold it are down, or reserved for others"
    run = run_of(shots("orbit", "hop", "still"))
    with living(store, run) as journal:
        note(journal, recipe("tiny", "footage"), "done")
        for shot in ("orbit", "hop"):
            note(journal, recipe("tiny", shot, "edit"), "queued")
            note(journal, recipe("tiny", shot, "edit"), "said", message=down, job="4711_0")
        (seen,) = status()
        assert [(one["message"], one["job"]) for one in seen["queued"]] == [(down, "4711_0")] * 2
        assert seen["left_s"] is None
        note(journal, recipe("tiny", "still", "edit"), "running", where="node3")
        note(journal, recipe("tiny", "still", "edit"), "said", message="Slurm has suspended it")
        assert [one["message"] for one in status()[0]["running"]] == ["Slurm has suspended it"]
        shown = " ".join(r2s2r("status").out.split())
        assert shown.count("held up: ") == 2
        assert f"held up: tiny/orbit edit (and 1 more): {down}" in shown
        assert "held up: tiny/still edit: Slurm has suspended it" in shown
        for shot in ("orbit", "hop", "still"):
            note(journal, recipe("tiny", shot, "edit"), "said")
        assert "held up" not in r2s2r("status").out


def test_failures_are_named_with_the_first_words_of_why(r2s2r, status, store):
    run = run_of(shots("orbit", "hop"))
    with living(store, run) as journal:
        note(journal, recipe("tiny", "footage"), "failed", message="the clip is empty\x1b[31m\nsecond line")
        note(journal, recipe("tiny", "hop", "edit"), "deferred", message="the window ends before")
        assert status()[0]["shots"] == {"failed": 2}
        shown = r2s2r("status").out
    assert "failed: tiny footage: the clip is empty\\x1b[31m" in shown
    assert "second line" not in shown
    assert "put off: tiny/hop edit: the window ends before" in shown


def test_a_run_that_ended_is_the_last_to_show(r2s2r, status, store):
    for run_id in ("1", "2"):
        with living(store, run_of(shots("orbit"), run_id)) as journal:
            for _, one, _, _ in shots("orbit")[0].nodes:
                note(journal, one, "done")
    (seen,) = status()
    assert (seen["id"], seen["driver"], seen["shots"]) == ("2", "dead", {"done": 1})
    assert seen["ended"]["at"] == pytest.approx(time.time(), abs=30)
    assert "1 shot: 1 done" in r2s2r("status").out


def test_what_a_run_left_when_it_was_ended_neither_runs_nor_waits(r2s2r, store):
    with living(store, run_of(shots("orbit", "hop"))) as journal:
        note(journal, recipe("tiny", "footage"), "running", "done")
        note(journal, recipe("tiny", "orbit", "edit"), "queued", "running")
    shown = r2s2r("status").out
    assert "2 shots: 2 not finished" in shown
    assert "next" not in shown


def test_names_in_a_journal_are_shown_without_what_terminals_obey(r2s2r, store):
    run = run_of(shots("orbit"), kind="run\x1b[31m", machine="host\u202e", executor="local\x1b]0;title\x07")
    with living(store, run):
        pass
    shown = r2s2r("status").out
    assert "\x1b[31m" not in shown
    assert "\\x1b[31m" in shown
    assert "\u202e" not in shown
    assert "\x07" not in shown


def test_a_killed_driver_is_told_as_gone(r2s2r, status, store):
    with left(store, run_of(shots("orbit"))) as journal:
        note(journal, recipe("tiny", "footage"), "running")
    assert status()[0]["ended"] is None
    assert "its driver is gone" in r2s2r("status").out


def test_a_driver_that_is_not_heard_holds_nobody_up(status, store):
    with left(store, run_of(shots("orbit"), "1")):
        pass
    lease_from_elsewhere(store, "run-1")
    began = time.monotonic()
    assert status()[0]["driver"] == "silent"
    assert time.monotonic() - began < 30


def test_shots_put_off_before_the_night_began_are_told_with_the_reason(status, store):
    first, second = shots("orbit", "hop")
    with living(store, run_of((first, replace(second, put_off="takes 9 h, the window has 8")))):
        (seen,) = status()
    assert seen["shots"] == {"waiting": 1, "deferred": 1}
    assert seen["put_off"] == [{"shot": "tiny/hop", "message": "takes 9 h, the window has 8"}]
    assert seen["next"] == ["tiny/orbit"]


def test_a_night_that_waits_for_its_window_says_when_that_begins(r2s2r, status, store):
    begins = time.mktime((2026, 11, 23, 22, 0, 0, 0, 0, -1))
    run = run_of(shots("orbit", "hop"), kind="waiting", since=begins, until=begins + 9 * 3600)
    with living(store, run):
        (seen,) = status()
        shown = " ".join(r2s2r("status").out.split())
    assert (seen["kind"], seen["begins"], seen["next"]) == ("waiting", begins, ["tiny/orbit", "tiny/hop"])
    assert shown.startswith(f"night {run.id} host7 process 1")
    assert "begins at 22:00" in shown
    assert "until 07:00" in shown
    assert "2 shots: 2 waiting" in shown


class Looks(WatchedRuns):
    """Stands for the runs of a store and for the clock: one run that lives for the first three looks, a second each."""

    def __init__(self, store, kind):
        super().__init__(store)
        self.state = RunState(store, run_of(shots("orbit"), kind=kind))
        self.seen, self.now_s = [], 1000.0

    def look(self, *, listen_s=0.0):
        assert listen_s == 0
        pulse: Pulse = "alive" if len(self.seen) < 3 else "dead"
        self.seen.append(pulse)
        return [(self.state, pulse)]

    def monotonic(self):
        return self.now_s

    def sleep(self, seconds):
        assert seconds == 1
        self.now_s += seconds


@pytest.mark.parametrize(("kind", "looks_after"), [("run", 1), ("night", 10), ("waiting", 10)])
def test_the_live_table_ends_with_a_run_but_outlasts_the_pause_between_rounds_of_a_night(
    store, monkeypatch, kind, looks_after
):
    looks = Looks(store, kind)
    monkeypatch.setattr(status_verb, "time", looks)
    status_verb._show_live(looks)
    assert looks.seen == ["alive"] * 3 + ["dead"] * looks_after


def test_the_live_table_of_what_ended_long_ago_is_shown_once(store, monkeypatch, capsys):
    looks = Looks(store, "night")
    looks.seen = ["alive"] * 3
    monkeypatch.setattr(status_verb, "time", looks)
    status_verb._show_live(looks)
    assert looks.seen == ["alive"] * 3 + ["dead"]
    assert f"night {looks.state.run.id}" in capsys.readouterr().out


def test_of_thousands_of_shots_only_what_matters_shows_and_in_no_time(r2s2r, store):
    many = tuple(shot for number in range(1000) for shot in shots("a", "b", "c", scene=f"scene{number:04}"))
    run = run_of(many)
    with living(store, run) as journal:
        at = time.time()
        for shot in many[:1500]:
            for name, one, _, _ in shot.nodes:
                what: Happening = "failed" if name == "diffuse" and shot.shot == "c" else "done"
                journal.note(Event(at, one, what, message="why"))
        for shot in many[1500:1600]:
            journal.note(Event(at, shot.nodes[-1][1], "running"))
        began = time.process_time()
        shown = r2s2r("status").out
        took_s = time.process_time() - began
    assert len(shown.splitlines()) < 45
    assert "3000 shots: 1000 done, 100 running, 1400 waiting, 500 failed" in " ".join(shown.split())
    assert "and 495 more failed" in shown
    assert took_s < 10


@pytest.mark.parametrize("columns", [60, 200])
def test_no_line_is_wider_than_the_terminal(r2s2r, store, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    run = run_of(shots("a-shot-with-a-long-name" * 3, scene="a-scene-with-a-long-name" * 3))
    with living(store, run) as journal:
        for _, one, _, _ in run.shots[0].nodes[:2]:
            note(journal, one, "running", where="a-node-with-a-long-name.of.a.cluster GPU 3")
        note(journal, run.shots[0].nodes[2][1], "failed", message="word " * 100)
        shown = r2s2r("status").out
    assert max(len(line) for line in shown.splitlines()) <= columns


def test_a_store_that_is_read_only_can_be_looked_at(status, store):
    with left(store, run_of(shots("orbit"))):
        pass
    before = {path: path.stat().st_mtime_ns for path in store.root.rglob("*")}
    assert len(status()) == 1
    assert {path: path.stat().st_mtime_ns for path in store.root.rglob("*")} == before
