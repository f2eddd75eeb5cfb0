"""Sweeping by age, what workers leave, by the store's own clock. More on sweeping by size is in ``test_store``."""

import json
import os
import subprocess
import time
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from r2s2r.artifacts.action import Action, Request
from r2s2r.artifacts.fingerprint import canonical_json
from r2s2r.artifacts.lease import holders, process
from r2s2r.artifacts.store import Store
from r2s2r.artifacts.sweep import in_use, sweep
from r2s2r.errors import StoreError
from tests.runs import lease_from_elsewhere, left, living, run_of, shots

DAY_S = 24 * 3600


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "store")
    store.prepare()
    return store


def made(store: Store, name: str, *, days_ago: float, inputs: dict[str, str] | None = None) -> Action:
    """Make a result that was used so long ago."""
    workspace = store.workspace(name)
    (workspace / "data.txt").write_text(name * 100)
    request = Request("edit", 1, name, {}, inputs or {})
    action = Action(request.key, request, store.publish(workspace), 1.0, "2026-01-01T00:00:00+00:00", "host", {})
    store.record(action)
    age(store.root / "actions" / f"{action.key}.json", days_ago)
    return action


def age(path: Path, days: float) -> None:
    then = time.time() - days * DAY_S
    os.utime(path, (then, then))


def reach(store: Store, scene: Path, action: Action) -> None:
    """Let a scene have had this result when it was last run."""
    scene.write_text("x")
    folder = store.root / "last" / "scene-1"
    folder.mkdir(exist_ok=True)
    content = {"scene": str(scene), "shot": "a", "requests": {"edit": action.as_json()["request"]}}
    (folder / "a.json").write_bytes(canonical_json(content))


def test_what_was_not_used_for_long_goes_however_small_it_is(store, tmp_path):
    old, new, kept = (made(store, name, days_ago=days) for name, days in (("old", 40), ("new", 20), ("kept", 400)))
    reach(store, tmp_path / "scene.yaml", kept)
    would = sweep(store, max_size=10**9, keep_days=30, dry_run=True)
    assert (would.objects, would.kept_objects) == (1, 2)
    assert store.action(old.key) is not None
    assert sweep(store, max_size=10**9, keep_days=30, dry_run=False) == would
    assert [store.action(one.key) is not None for one in (old, new, kept)] == [False, True, True]
    (tmp_path / "scene.yaml").unlink()
    assert sweep(store, max_size=10**9, keep_days=30, dry_run=False).objects == 1
    assert store.action(kept.key) is None


def test_a_result_that_two_actions_lead_to_is_as_old_as_the_younger(store):
    action = made(store, "same", days_ago=40)
    other = Request("render", 1, "b", {}, {})
    store.record(Action(other.key, other, action.result, 1.0, "2026-01-01T00:00:00+00:00", "host", {}))
    assert sweep(store, max_size=10**9, keep_days=30, dry_run=False).objects == 0
    age(store.root / "actions" / f"{other.key}.json", 35)
    assert sweep(store, max_size=10**9, keep_days=30, dry_run=False).objects == 1
    assert list((store.root / "actions").iterdir()) == []


def test_size_and_age_work_together(store):
    names = ["a", "b", "c", "d"]
    for number, name in enumerate(names):
        made(store, name, days_ago=40 - 10 * number)
    swept = sweep(store, max_size=250, keep_days=35, dry_run=False)
    assert (swept.objects, swept.kept, swept.kept_objects) == (2, 200, 2)


def test_old_notes_go_and_those_of_lately_stay(store):
    for name in ("failures", "logs", "jobs", "requests"):
        for label, days in (("old", 31), ("new", 29)):
            path = store.root / name / f"{label}.json"
            path.write_text("{}")
            age(path, days)
    batch = store.root / "jobs" / "batch"
    batch.mkdir()
    (batch / "task").write_text("")
    age(batch, 31)
    swept = sweep(store, max_size=10**9, dry_run=False)
    assert swept.notes == 4
    assert sorted(path.name for path in store.root.glob("*/*.json")) == ["new.json"] * 4
    assert batch.exists(), "what is in it was written just now"


def test_journals_of_the_latest_runs_stay_however_old_they_are(store):
    for number in range(25):
        with left(store, run_of(shots("orbit"), f"run{number:02}")):
            pass
        for path in (*(store.root / "runs" / f"run{number:02}").iterdir(), store.root / "runs" / f"run{number:02}"):
            age(path, 100)
    assert sweep(store, max_size=10**9, dry_run=False).notes == 5
    assert sorted(path.name for path in (store.root / "runs").iterdir())[0] == "run05"


def test_half_written_files_of_all_kinds_are_rubbish(store):
    for name in ("failures", "jobs", "requests", "actions"):
        (store.root / name / ".half.123").write_text("x")
    assert sweep(store, max_size=10**9, dry_run=False).rubbish == 4


def test_age_is_told_by_the_stores_clock_not_by_this_machines(store, monkeypatch):
    action = made(store, "used", days_ago=0)
    a_year_on = time.time() + 365 * DAY_S
    monkeypatch.setattr(time, "time", lambda: a_year_on)
    assert sweep(store, max_size=10**9, keep_days=30, dry_run=False).objects == 0
    assert store.action(action.key) is not None


def test_a_lease_that_did_not_beat_for_hours_is_not_watched(store):
    for number in range(50):
        path = lease_from_elsewhere(store, f"key{number}")
        age(path, 0.5)
    began = time.monotonic()
    assert sweep(store, max_size=10**9, dry_run=False).rubbish == 50
    assert time.monotonic() - began < 30
    assert list((store.root / "leases").iterdir()) == []


def test_a_living_run_is_not_swept_however_old_its_lease_looks(store):
    with in_use(store):
        (folder,) = (store.root / "leases").iterdir()
        for path in folder.iterdir():
            age(path, 1)
        with pytest.raises(StoreError, match="in use by process"):
            sweep(store, max_size=0, keep_days=0, dry_run=False)


def test_a_night_that_waits_keeps_its_lease_and_no_sweep_out(store):
    action = made(store, "old", days_ago=40)
    run = run_of(shots("orbit"), kind="waiting")
    with living(store, run):
        for path in store.run_lease(run.id).iterdir():
            age(path, 1)
        swept = sweep(store, max_size=0, keep_days=0, dry_run=False)
        assert (swept.objects, swept.rubbish) == (1, 0)
        assert holders(store.run_lease(run.id)) != []
    assert store.action(action.key) is None


def test_the_lease_of_a_night_that_was_killed_while_it_waited_is_rubbish(store):
    run = run_of(shots("orbit"), kind="waiting")
    with left(store, run):
        pass
    gone = subprocess.Popen(["true"])
    gone.wait()
    folder = store.run_lease(run.id)
    folder.mkdir(parents=True)
    holder = replace(process(os.getpid()), pid=gone.pid, owns=True)
    (folder / f"{holder.nonce}.json").write_text(json.dumps(asdict(holder)))
    assert sweep(store, max_size=10**9, dry_run=True).rubbish == 1
    assert sweep(store, max_size=10**9, dry_run=False).rubbish == 1
    assert not folder.exists()


def test_the_lease_of_a_gpu_is_no_results(store):
    age(lease_from_elsewhere(store, "gpu-host-0"), 1)
    action = made(store, "a", days_ago=0)
    assert sweep(store, max_size=10**9, dry_run=False).rubbish == 1
    assert store.action(action.key) is not None


def test_progress_counts_what_is_read_and_removed(store):
    for number in range(5):
        made(store, f"n{number}", days_ago=100)
    told: list[tuple[int, int]] = []
    sweep(store, max_size=10**9, keep_days=1, dry_run=False, progress=lambda done, total: told.append((done, total)))
    assert (10, 10) in told
    assert told[-1] == (5, 5)


@pytest.mark.slow
def test_ten_thousand_results_are_judged_in_seconds(store):
    then = time.time() - 100 * DAY_S
    for number in range(10_000):
        digest, request = f"{number:064x}", Request("edit", number, "b", {}, {})
        (store.root / "objects" / digest).mkdir()
        (store.root / "objects" / digest / "manifest.json").write_text('{"version":1,"files":{"a.png":["0",1000]}}')
        action = Action(request.key, request, digest, 1.0, "2026-01-01T00:00:00+00:00", "host", {})
        path = store.root / "actions" / f"{action.key}.json"
        path.write_bytes(canonical_json(action.as_json()))
        os.utime(path, (then, then))
    began = time.process_time()
    swept = sweep(store, max_size=10**9, keep_days=30, dry_run=True)
    assert (swept.objects, swept.freed) == (10_000, 10_000_000)
    assert time.process_time() - began < 15
