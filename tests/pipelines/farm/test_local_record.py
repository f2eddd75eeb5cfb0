"""Records of stage processes: whom a driver may take over, and so end."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from pipelines.farm.local import LocalExecutor
from pipelines.farm.local_record import Record, new_record, records
from r2s2r.artifacts.lease import Holder, process
from r2s2r.artifacts.store import Store
from r2s2r.spec.farm import LocalSpec


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path)
    store.prepare()
    return store


@contextmanager
def bystander() -> Iterator[Holder]:
    """Be somebody who has nothing to do with this store."""
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as sleeper:
        try:
            yield process(sleeper.pid)
            assert sleeper.poll() is None
        finally:
            sleeper.kill()


def _record(holder: Holder) -> Record:
    return Record(holder, None, (), "a" * 64, 0.0, 0.0)


def test_a_process_of_the_same_number_that_began_later_is_left_alone(store: Store):
    with bystander() as holder:
        _record(replace(holder, started="1")).write(new_record(store, "x"))
        assert LocalExecutor(store, LocalSpec(gpus=())).reattach() == []


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")
def test_what_another_user_wrote_is_not_believed(store: Store):
    with bystander() as holder:
        _record(holder).write(new_record(store, "x"))
        os.chown(new_record(store, "x"), 65_534, 65_534)
        assert LocalExecutor(store, LocalSpec(gpus=())).reattach() == []


@pytest.mark.parametrize("pid", [0, -1, 1, 1 << 40, "1", None, 2.5])
def test_numbers_that_stand_for_several_processes_or_none_are_not_read(store: Store, pid: object):
    record = asdict(_record(process(os.getpid())))
    new_record(store, "x").write_text(json.dumps({**record, "process": {**record["process"], "pid": pid}}))
    assert list(records(store)) == []


@pytest.mark.parametrize("text", ["", "null", "[]", "{}", "[" * 100_000, '{"process": 3}'])
def test_what_is_torn_is_not_read_and_hides_no_other(store: Store, text: str):
    new_record(store, "a").write_text(text)
    mine = _record(process(os.getpid()))
    mine.write(new_record(store, "b"))
    assert list(records(store)) == [(new_record(store, "b"), mine)]
