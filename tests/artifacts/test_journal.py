"""Journals are read as far as they can be reckoned with: other versions, other users and crashes write there, too."""

import json
import time
from dataclasses import asdict, fields
from pathlib import Path

import pytest

from r2s2r.artifacts.journal import Event, JournalRun, events, new_run_id, read_event, read_journal
from r2s2r.artifacts.store import Store
from tests.runs import left, run_of, shots

_KEY = "a" * 64


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "store")
    store.prepare()
    return store


def _write(store: Store, run: JournalRun, **changes: object) -> None:
    path = store.root / "runs" / run.id / "run.json"
    path.write_text(json.dumps({**asdict(run), **changes}))


def test_a_run_comes_back_as_it_was_written_with_names_that_are_no_utf_8(store: Store) -> None:
    run = run_of(shots("orbit"), out="/out\udcff", until=2e9, refused=(("a.yaml\udcff", "is empty"),))
    with left(store, run):
        pass
    assert read_journal(store, run.id) == run


def test_names_of_runs_sort_by_time_wherever_they_are_given(monkeypatch: pytest.MonkeyPatch) -> None:
    names = []
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago") * 50:  # whose clocks are a day apart
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        names.append(new_run_id())
    monkeypatch.undo()
    time.tzset()
    assert names == sorted(names)


@pytest.mark.parametrize("name", [field.name for field in fields(JournalRun)])
@pytest.mark.parametrize("value", [[[]], {"a": 1}, "../../elsewhere", float("nan"), -1])
def test_a_run_with_a_field_that_makes_no_sense_is_left_out(store: Store, name: str, value: object) -> None:
    if isinstance(value, str) and name in ("kind", "machine", "executor", "out"):
        return  # any words will do
    run = run_of(shots("orbit"))
    with left(store, run):
        pass
    _write(store, run, **{name: value})
    assert read_journal(store, run.id) is None


def test_a_run_that_calls_itself_otherwise_than_its_folder_is_left_out(store: Store) -> None:
    run = run_of(shots("orbit"))
    with left(store, run):
        pass
    _write(store, run, id="another")
    assert read_journal(store, run.id) is None


def test_a_journal_nested_without_end_is_left_out(store: Store) -> None:
    run = run_of(shots("orbit"))
    with left(store, run):
        pass
    (store.root / "runs" / run.id / "run.json").write_text("[" * 200_000)
    (store.root / "runs" / run.id / "events.jsonl").write_text("[" * 200_000 + "\n")
    assert read_journal(store, run.id) is None
    assert list(events(store, run.id)) == []


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"null",
        b"[1]",
        b'{"at":1}',
        b'{"at":"1","what":"done"}',
        b'{"at":NaN,"what":"done"}',
        b'{"at":1e12,"what":"done"}',
        b'{"at":1,"what":"exploded"}',
        b'{"at":1,"what":"done","seconds":-1}',
        b'{"at":1,"what":"done","gpus":true}',
        b'{"at":1,"what":"done","message":["a"]}',
    ],
)
def test_a_line_that_makes_no_sense_is_no_event(line: bytes) -> None:
    assert read_event(line) is None


@pytest.mark.parametrize("key", ["../../../etc/passwd", "a/b", "a\n", "*", "A"])
def test_a_key_that_cannot_name_a_file_of_the_store_is_not_taken_over(key: str) -> None:
    said = {"at": 1.0, "what": "failed", "message": "why"}
    assert read_event(json.dumps({**said, "key": _KEY}).encode()) == Event(1.0, "", "failed", key=_KEY, message="why")
    assert read_event(json.dumps({**said, "key": key}).encode()) == Event(1.0, "", "failed", message="why")
