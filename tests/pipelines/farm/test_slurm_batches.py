"""Batches: which task of an array builds what, and whose it is."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.farm.job import Job
from pipelines.farm.needs import Needs
from pipelines.farm.slurm.batches import Batch, claim, drop, keys_of_task, read_batches, release, tasks_of, write_batch
from pipelines.farm.slurm.drivers import is_gone
from r2s2r.artifacts.lease import Holder, hold, process
from r2s2r.artifacts.store import Store
from r2s2r.errors import StoreError

_NEEDS = Needs("diffuse", 1, None, 2, 8.0, 60.0, 2, None, None, None, ("python",), ())


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path)
    store.prepare()
    return store


def _jobs(affinities: str) -> list[Job]:
    return [Job(f"k{index}", "diffuse", _NEEDS, affinity, "") for index, affinity in enumerate(affinities)]


def test_a_task_has_at_most_so_many_keys_and_all_of_one_model():
    assert tasks_of(_jobs("abaab"), 2) == [("k0", "k2"), ("k3",), ("k1", "k4")]
    assert tasks_of(_jobs("abaab"), 1) == [("k0",), ("k2",), ("k3",), ("k1",), ("k4",)]


def test_a_task_finds_its_keys_by_its_index(store: Store, monkeypatch: pytest.MonkeyPatch):
    batch = Batch.new("diffuse", [("a", "b"), ("c",)], process(os.getpid()))
    write_batch(store, batch)
    monkeypatch.setenv("SLURM_ARRAY_TASK_ID", "1")
    assert keys_of_task(batch.path(store)) == ("c",)
    assert list(read_batches(store)) == [batch]


@pytest.mark.parametrize("index", ["2", "", "x", "-1"])
def test_an_index_that_the_batch_does_not_have_is_refused(store: Store, monkeypatch: pytest.MonkeyPatch, index: str):
    batch = Batch.new("diffuse", [("a",), ("c",)], process(os.getpid()))
    write_batch(store, batch)
    monkeypatch.setenv("SLURM_ARRAY_TASK_ID", index)
    with pytest.raises(StoreError, match="has no task"):
        keys_of_task(batch.path(store))


@pytest.mark.parametrize("nonce", ["../../victim", "*", "another"])
def test_a_batch_that_calls_itself_otherwise_than_its_file_is_not_read(store: Store, nonce: str):
    batch = Batch.new("diffuse", [("a",)], process(os.getpid()))
    write_batch(store, batch)
    text = batch.path(store).read_text()
    batch.path(store).write_text(text.replace(batch.nonce, nonce))
    assert list(read_batches(store)) == []


def test_a_batch_that_cannot_be_read_is_said_and_others_are_read(store: Store):
    (store.root / "jobs" / "a.json").write_text('{"tasks": 3}')
    batch = Batch.new("diffuse", [("a",)], process(os.getpid()))
    write_batch(store, batch)
    assert list(read_batches(store)) == [batch]
    with pytest.raises(StoreError, match=r"a\.json"):
        keys_of_task(store.root / "jobs" / "a.json")


def test_one_driver_takes_a_batch_over_and_the_next_one_may_again(store: Store):
    batch, me = Batch.new("diffuse", [("a",)], _dead()), process(os.getpid())
    write_batch(store, batch)
    assert [claim(store, batch, me), claim(store, batch, process(os.getpid()))] == [True, False]
    assert not claim(store, replace(batch, driver=me), process(os.getpid())), "it lives"
    assert claim(store, replace(batch, driver=_dead()), me)
    drop(store, batch)
    assert list((store.root / "jobs").iterdir()) == []


def test_who_was_killed_while_taking_a_batch_over_does_not_keep_it(store: Store):
    batch, me = Batch.new("diffuse", [("a",)], _dead()), process(os.getpid())
    write_batch(store, batch)
    assert claim(store, batch, _dead())
    assert claim(store, batch, _dead())
    assert claim(store, batch, me)
    assert not claim(store, batch, process(os.getpid()))


def _dead() -> Holder:
    """A process of this machine that is no more."""
    return replace(process(os.getpid()), started="never")


def test_a_driver_that_lives_is_not_gone_but_one_that_let_go_is(store: Store):
    batch = Batch.new("diffuse", [("a",)], process(os.getpid()))
    assert not is_gone(store, batch.driver)
    release(store, batch)
    [released] = read_batches(store)
    assert is_gone(store, released.driver)


def test_a_driver_of_another_machine_lives_as_long_as_the_lease_of_its_run(store: Store):
    elsewhere = Holder("n", "login2 boot 4026531836", 77, "123")
    assert is_gone(store, elsewhere)
    with hold(store.lease_folder("run-1")):
        assert is_gone(store, elsewhere)
    folder = store.lease_folder("run-2")
    folder.mkdir()
    (folder / "m.json").write_text(
        '{"nonce": "m", "machine": "login2 boot 4026531836", "pid": 77, "started": "123", "owns": true}'
    )
    assert not is_gone(store, elsewhere)
