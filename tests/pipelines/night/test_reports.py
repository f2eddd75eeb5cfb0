"""What nights took, and which of them still wait for their report."""

import time
from pathlib import Path

import pytest

from pipelines.night.reports import report_killed, spent_s
from r2s2r.artifacts.journal import Event, Journal, JournalRun
from r2s2r.artifacts.store import Store

NOW = time.time()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "store")
    store.prepare()
    return store


def note(store: Store, name: str, *events: Event, started: float = NOW, kind: str = "night") -> None:
    run = JournalRun(name, kind, "here", 1, started, "local", str(store.root.parent / "out"), None, (), ())
    with Journal(store, run) as journal:
        for event in events:
            journal.note(event)


def test_gpu_seconds_of_all_tries_of_this_night_count(store):
    tries = (
        Event(NOW, "a", "retried", seconds=100.0, gpus=2),
        Event(NOW, "a", "done", seconds=50.0, gpus=2),
        Event(NOW, "b", "done", seconds=70.0),
        Event(NOW, "c", "deferred", seconds=10.0, gpus=1),
    )
    note(store, "2", *tries)
    note(store, "1", Event(NOW, "a", "done", seconds=900.0, gpus=1), started=NOW - 3600)
    note(store, "3", Event(NOW, "a", "done", seconds=900.0, gpus=1), kind="run")
    assert spent_s(store, since_s=NOW - 60) == 310.0


def test_what_ran_when_a_driver_was_killed_counts_until_its_journal_ends(store):
    late = NOW + 10_000  # whatever the end of this journal says
    note(store, "1", Event(late, "a", "running", gpus=2), Event(late + 30, "b", "running"))
    assert spent_s(store, since_s=NOW - 60) == pytest.approx(60.0)


def test_a_night_without_a_report_gets_one_and_only_once(store):
    note(store, "1", Event(NOW, "a", "running"))
    troubles: list[str] = []
    report_killed(store, store.root.parent / "out", troubles.append)
    (page,) = store.root.parent.glob("out/night/*/index.json")
    written = page.stat().st_mtime_ns
    report_killed(store, store.root.parent / "out", troubles.append)
    assert page.stat().st_mtime_ns == written
    assert troubles == []


def test_a_report_that_cannot_be_written_is_told_and_ends_nothing(store):
    (store.root.parent / "out").write_text("no folder")
    note(store, "1")
    troubles: list[str] = []
    report_killed(store, store.root.parent / "out", troubles.append)
    assert "the report cannot be written" in troubles[0]


def test_a_journal_that_names_another_folder_gets_no_report_there(store):
    note(store, "1")
    report_killed(store, store.root.parent / "mine", pytest.fail)
    assert not (store.root.parent / "out").exists()


def test_a_store_without_nights_has_nothing_to_report(store):
    report_killed(store, store.root.parent / "out", pytest.fail)
    assert spent_s(store, since_s=0.0) == 0.0
