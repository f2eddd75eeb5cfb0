"""Leases: exclusive among the living, open after the dead."""

import json
import multiprocessing
import os
import signal
import threading
import time
from dataclasses import asdict, replace
from itertools import count
from pathlib import Path

import pytest

from r2s2r.artifacts import lease
from r2s2r.artifacts.lease import Holder, Witness, hold, holders, living
from r2s2r.artifacts.process import machine, process_start

_CONTEXT = multiprocessing.get_context("spawn")


def _count_under_lease(folder: Path, counter: Path, times: int) -> None:
    for _ in range(times):
        with hold(folder):
            before = int(counter.read_text())
            time.sleep(0.002)
            counter.write_text(str(before + 1))


def _hold_for_ever(folder: Path) -> None:
    with hold(folder):
        time.sleep(600)


def _wait_for(condition: object, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_only_one_process_at_a_time_holds_a_lease(tmp_path: Path) -> None:
    counter = tmp_path / "counter"
    counter.write_text("0")
    workers = [_CONTEXT.Process(target=_count_under_lease, args=(tmp_path / "key", counter, 10)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0] * 4
    assert counter.read_text() == "40"
    assert holders(tmp_path / "key") == []


def test_the_lease_of_a_killed_process_is_taken_over_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "key"
    victim = _CONTEXT.Process(target=_hold_for_ever, args=(folder,))
    victim.start()
    _wait_for(lambda: any(holder.owns for holder in holders(folder)))
    assert victim.pid is not None
    os.kill(victim.pid, signal.SIGKILL)
    victim.join()
    started = time.monotonic()
    with hold(folder):
        assert time.monotonic() - started < 20
    assert holders(folder) == []


def test_a_holder_on_another_machine_lives_while_its_beat_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "PATIENCE_S", 0.05)
    witness, other = Witness(), Holder("n", "elsewhere boot", 1, "1", owns=True)
    for beat in range(4):
        assert not witness.is_dead(Holder(**{**asdict(other), "beat": beat}))
        time.sleep(0.03)
    time.sleep(0.1)
    assert witness.is_dead(Holder(**{**asdict(other), "beat": 3}))


def test_a_reused_process_id_does_not_keep_a_dead_holder_alive() -> None:
    me = Holder("n", machine(), os.getpid(), process_start(os.getpid()))
    assert not Witness().is_dead(me)
    assert Witness().is_dead(Holder("n", me.machine, me.pid, "some other start"))


def test_progress_is_seen_by_others_while_the_work_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "BEAT_S", 0.01)
    with hold(tmp_path / "key") as held:
        held.progress(34, 77)
        _wait_for(lambda: any(one.total for one in holders(tmp_path / "key")))
        assert [(one.done, one.total) for one in holders(tmp_path / "key")] == [(34, 77)]


def test_the_last_to_leave_takes_the_folder_along(tmp_path: Path) -> None:
    with hold(tmp_path / "leases" / "key"):
        pass
    assert list((tmp_path / "leases").iterdir()) == []


def test_whoever_gives_up_waiting_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    with hold(tmp_path / "key"):
        monkeypatch.setattr("r2s2r.artifacts.lease.time.sleep", interrupted)
        with pytest.raises(KeyboardInterrupt), hold(tmp_path / "key"):
            pass
        monkeypatch.undo()
        assert len(holders(tmp_path / "key")) == 1


def test_the_living_are_told_from_the_dead_of_other_machines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "PATIENCE_S", 0.3)
    monkeypatch.setattr(lease, "BEAT_S", 0.02)
    other, is_seen = Holder("n", "elsewhere boot", 1, "1", owns=True), threading.Event()
    path = tmp_path / "n.json"
    path.write_text(json.dumps(asdict(other)))
    assert living([tmp_path]) is None

    def beat() -> None:
        for number in count(1):
            path.with_name(".n.json").write_text(json.dumps(asdict(replace(other, beat=number))))
            path.with_name(".n.json").rename(path)
            if is_seen.wait(0.02):
                return

    monkeypatch.setattr(lease, "PATIENCE_S", 60.0)
    beating = threading.Thread(target=beat)
    beating.start()
    found = living([tmp_path])
    is_seen.set()
    beating.join()
    assert found is not None
    assert found.nonce == "n"


def test_what_is_no_lease_in_the_folder_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "rubbish.json").write_text("not json")
    (tmp_path / "other.json").write_text(json.dumps({"unknown": 1}))
    assert holders(tmp_path) == []
    with hold(tmp_path):
        assert len(holders(tmp_path)) == 1


@pytest.mark.parametrize(
    "lie",
    [
        {"nonce": "../../victim"},
        {"nonce": "other"},
        {"pid": "1"},
        {"pid": -1},
        {"pid": 1 << 40},
        {"owns": "yes"},
        {"beat": None},
        {"done": "1"},
        {"machine": 3},
    ],
)
def test_a_file_that_no_holder_wrote_holds_nothing_and_has_nothing_removed(
    tmp_path: Path, lie: dict[str, object]
) -> None:
    folder, victim = tmp_path / "leases" / "key", tmp_path / "victim.json"
    folder.mkdir(parents=True)
    victim.write_text("keep")
    dead = Holder("n", machine(), 1 << 22, "some other start", owns=True)
    (folder / "n.json").write_text(json.dumps({**asdict(dead), **lie}))
    (folder / "m.json").write_text("[" * 100_000)
    assert holders(folder) == []
    with hold(folder):
        pass
    assert victim.read_text() == "keep"
