"""RunState and Pulses: what any machine can say of a run."""

import threading
import time
from dataclasses import replace

import pytest

from r2s2r.artifacts import lease
from r2s2r.artifacts.journal import Event, Happening, Journal, latest_runs
from r2s2r.artifacts.pulse import Pulses
from r2s2r.artifacts.run_state import RunState, headway
from r2s2r.artifacts.store import Store
from r2s2r.artifacts.tail import Tail
from tests.runs import lease_from_elsewhere, left, living, note, recipe, run_of, shots


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "store")
    store.prepare()
    return store


def test_a_shot_is_where_its_nodes_are(store):
    run = run_of(shots("orbit", "hop", "still", "pan"))
    with living(store, run) as journal:
        state = RunState(store, run)
        assert state.shots() == {"waiting": 4}
        note(journal, recipe("tiny", "footage"), "queued", "running", "done")
        ends: tuple[tuple[str, Happening], ...] = (("orbit", "done"), ("hop", "failed"), ("still", "running"))
        for shot, what in ends:
            note(journal, recipe("tiny", shot, "edit"), "running", what)
        state.read()
        assert [state.activity(shot) for shot in run.shots] == ["running", "failed", "running", "running"]
        for node in ("render", "diffuse"):
            note(journal, recipe("tiny", "orbit", node), "done")
        note(journal, recipe("tiny", "plate"), "done")
        state.read()
        assert state.shots() == {"done": 1, "failed": 1, "running": 2}
        assert state.ended is None
    state.read()
    assert state.ended is not None


def test_a_retried_node_waits_again_and_keeps_count(store):
    run = run_of(shots("orbit"))
    with living(store, run) as journal:
        note(journal, recipe("tiny", "footage"), "running", "retried", key="k", where="node3", message="was lost")
        (node,) = (one for one in RunState(store, run).nodes.values() if one.tries)
        assert (node.activity, node.tries, node.key, node.message) == ("waiting", 1, "k", "was lost")
        assert node.label == "tiny/orbit footage"


def test_why_a_node_does_not_start_is_known_until_that_is_over(store):
    run = run_of(shots("orbit", "hop"))
    with living(store, run) as journal:
        state, orbit, hop = RunState(store, run), recipe("tiny", "orbit", "edit"), recipe("tiny", "hop", "edit")
        note(journal, recipe("tiny", "footage"), "running", "done")
        for one in (orbit, hop):
            note(journal, one, "queued")
            state.read()
            since = state.nodes[one].since
            note(journal, one, "said", message="nodes are down", job="4711_0")
        state.read()
        assert {why: [node.recipe for node in nodes] for why, nodes in state.held_up().items()} == {
            "nodes are down": [orbit, hop]
        }
        assert state.activities() == {"done": 1, "queued": 2, "waiting": 5}
        assert (state.nodes[hop].since, state.nodes[hop].job) == (since, "4711_0")
        assert state.left_s() is None
        note(journal, hop, "said")
        note(journal, orbit, "running")
        state.read()
        assert state.held_up() == {}
        assert state.left_s() is not None


def test_what_is_tried_again_is_queued_in_shots_that_had_begun(store):
    run = run_of(shots("orbit"))
    with living(store, run) as journal:
        note(journal, recipe("tiny", "footage"), "running", "done")
        note(journal, recipe("tiny", "orbit", "edit"), "queued", "running", "retried", "queued")
        assert RunState(store, run).shots() == {"queued": 1}


def test_a_node_of_several_shots_is_called_by_its_scene(store):
    state = RunState(store, run_of(shots("orbit", "hop")))
    assert state.nodes[recipe("tiny", "footage")].label == "tiny footage"


def test_each_line_is_read_once_and_a_torn_one_when_it_is_whole(tmp_path):
    path = tmp_path / "log"
    tail = Tail(path)
    assert tail.lines() == []
    path.write_bytes(b"one\ntw")
    assert tail.lines() == [b"one"]
    with path.open("ab") as file:
        file.write(b"o\nthree")
    assert tail.lines() == [b"two"]
    assert tail.rest() == [b"three"]
    path.write_bytes(b"new\n")
    assert tail.lines() == [b"new"]


def test_garbage_between_events_is_left_out(store):
    run = run_of(shots("orbit"))
    with living(store, run) as journal:
        path = store.root / "runs" / run.id / "events.jsonl"
        with path.open("ab") as file:
            file.write(b'{"at":1,"rec\nnull\n[]\n{"what":"done"}\n{"at":1,"what":"done","recipe":"unknown"}\n\xff\n')
        note(journal, recipe("tiny", "footage"), "done")
        state = RunState(store, run)
        assert state.activities() == {"done": 1, "waiting": 4}
        with path.open("ab") as file:
            file.write(b'{"at":2,"recipe":"' + recipe("tiny", "plate").encode() + b'","what":"do')
        state.read()
        assert state.activities()["done"] == 1
        with path.open("ab") as file:
            file.write(b'ne"}\n')
        state.read()
        assert state.activities()["done"] == 2


def test_a_driver_whose_clock_is_an_hour_ahead_took_no_hour_longer(store):
    ahead = time.time() + 3600
    run = run_of(shots("orbit"), started=ahead - 60)
    with living(store, run) as journal:
        journal.note(Event(ahead, recipe("tiny", "footage"), "running"))
        assert RunState(store, run).elapsed_s() == pytest.approx(60, abs=30)


def test_what_is_left_is_weighed_by_estimates_where_there_are_some(store):
    long, short = shots("long", "short")
    run = run_of((replace(long, estimate_s=900.0), replace(short, estimate_s=100.0)), started=time.time() - 100)
    with living(store, run) as journal:
        assert RunState(store, run).left_s() is None
        for name, one, _, _ in short.nodes:
            if name in ("edit", "render", "diffuse"):
                note(journal, one, "done")
        # 60 of 1000 s of work took 100 s.
        assert RunState(store, run).left_s() == pytest.approx(100 * 940 / 60, rel=0.1)


def test_progress_comes_from_the_lease_of_the_key(store):
    run = run_of(shots("orbit"))
    with living(store, run) as journal, lease.hold(store.lease_folder("k")) as held:
        note(journal, recipe("tiny", "footage"), "running", key="k")
        held.progress(40, 77)
        state = RunState(store, run)
        deadline = time.monotonic() + 60
        while headway(store, state.nodes[recipe("tiny", "footage")].key).total == 0 and time.monotonic() < deadline:
            time.sleep(0.05)
        work = headway(store, state.nodes[recipe("tiny", "footage")].key)
        assert (work.done, work.total) == (40, 77)
        assert headway(store, state.nodes[recipe("tiny", "plate")].key).total == 0


def test_only_what_no_other_living_shot_needs_is_theirs(store):
    run = run_of(shots("orbit", "hop"))
    with living(store, run) as journal:
        state = RunState(store, run)
        assert state.only_theirs(run.shots[:1]) == {
            recipe("tiny", "orbit", one) for one in ("edit", "render", "diffuse")
        }
        assert len(state.only_theirs(run.shots)) == 8
        note(journal, recipe("tiny", "hop", "edit"), "failed")
        note(journal, recipe("tiny", "orbit", "edit"), "done")
        state.read()
        theirs = {state.nodes[one].name for one in state.only_theirs(run.shots[:1])}
        assert theirs == {"footage", "plate", "render", "diffuse"}


def test_a_living_driver_is_heard_and_one_that_left_is_not(store):
    run, killed = run_of(shots("orbit"), "2"), run_of(shots("orbit"), "1")
    with left(store, killed):
        pass
    with living(store, run):
        assert latest_runs(store) == ["2", "1"]
        assert store.run_leases().keys() == {"2"}
        assert Pulses(store).heard({"1", "2"}, for_s=5) == {"2": "alive", "1": "dead"}
    assert Pulses(store).of("2") == "dead"


def test_a_driver_of_another_machine_is_silent_until_it_beats_and_dead_after_a_minute(store, monkeypatch):
    pulses = Pulses(store)
    lease_from_elsewhere(store, "run-1")
    began = time.monotonic()
    assert pulses.heard({"1"}, for_s=0.2) == {"1": "silent"}
    assert time.monotonic() - began < 30, "a minute is not waited for"
    lease_from_elsewhere(store, "run-1", beat=1)
    assert pulses.of("1") == "alive"
    monkeypatch.setattr(lease, "PATIENCE_S", 0.2)
    time.sleep(0.3)
    assert pulses.of("1") == "dead"


def test_a_reader_keeps_up_with_a_writer(store):
    run = run_of(shots(*(f"shot{number}" for number in range(200))))
    with living(store, run) as journal:
        state = RunState(store, run)
        writer = threading.Thread(target=_finish_all, args=(journal, run))
        writer.start()
        while writer.is_alive():
            state.read()
        writer.join()
        state.read()
        assert state.shots() == {"done": 200}


def _finish_all(journal: Journal, run):
    for shot in run.shots:
        for _, one, _, _ in shot.nodes:
            note(journal, one, "running", "done")
