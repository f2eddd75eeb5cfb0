"""``r2s2r stage``: keys as arguments and from stdin, one after the other, and what is told of each."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from r2s2r.artifacts.lease import hold
from r2s2r.artifacts.store import Store
from tests.pipelines.farm import stand_in
from tests.pipelines.farm.unbuilt import take_out, write_ready

pytestmark = pytest.mark.timeout(120)

UNKNOWN = "0" * 64


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with animations and all that they are made from. Shared: copy it before a change."""
    return write_ready(tmp_path_factory.mktemp("ready"))


@pytest.fixture
def keys(ready: Path, tmp_path: Path) -> list[str]:
    """Keys of requests that can be built in ``tmp_path/store``."""
    (tmp_path / "troubles.json").write_text("{}")
    return take_out(ready, tmp_path / "store")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def start(folder: Path, *words: str) -> "subprocess.Popen[str]":
    """Start ``r2s2r stage`` on the store in this folder, by the stand-in's interpreter."""
    command = [sys.executable, stand_in.__file__, str(folder), "-m", "r2s2r", "stage", "--store", str(folder / "store")]
    pipe = subprocess.PIPE
    return subprocess.Popen([*command, *words], text=True, stdin=pipe, stdout=pipe, stderr=pipe)


def until(holds: Callable[[], object], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def kind(store: Store, key: str) -> str:
    told = json.loads((store.root / "failures" / f"{key}.json").read_bytes())
    return str(told["explanation"]["kind"])


def test_keys_from_stdin_are_built_as_they_come(keys: list[str], store: Store, tmp_path: Path):
    process = start(tmp_path, "-")
    assert process.stdin is not None
    for key in keys[:2]:
        process.stdin.write(f"{key}\n")
        process.stdin.flush()
        until(lambda key=key: store.action(key) is not None)  # type: ignore[misc]
    assert process.poll() is None, "more may come"
    _, said = process.communicate(f"{keys[2]}", timeout=60)
    assert process.returncode == 0
    assert said.splitlines() == [f"{key}: done" for key in keys[:3]]
    assert store.action(keys[2]) is not None, "the last line needs no end"


def test_one_that_fails_is_told_of_and_the_others_are_built(keys: list[str], store: Store, tmp_path: Path):
    (tmp_path / "troubles.json").write_text(json.dumps({keys[1]: "fails", keys[2]: "lacks"}))
    process = start(tmp_path, keys[0], keys[1], UNKNOWN, "../x", keys[2], keys[3])
    _, said = process.communicate(timeout=60)
    assert process.returncode == 3, "the worst"
    assert [line.partition(": ")[2][:20] for line in said.splitlines()] == [
        "done",
        "the numbers are not ",
        f"{store.root}: no request"[:20],
        "'../x' is not the ke",
        "there is no GPU",
        "done",
    ]
    assert [kind(store, key) for key in (keys[1], UNKNOWN, keys[2])] == ["stage", "store", "missing"]
    assert len(list((store.root / "failures").iterdir())) == 3
    assert store.action(keys[3]) is not None


def test_what_a_try_printed_and_how_it_ended_is_in_the_log_of_its_key(keys: list[str], store: Store, tmp_path: Path):
    key = keys[0]
    for trouble in ("fails", ""):
        (tmp_path / "troubles.json").write_text(json.dumps({key: trouble}))
        start(tmp_path, key).communicate(timeout=60)
    lines = (store.root / "logs" / f"{key}.log").read_text().splitlines()
    ends = ["process ", f"at {key}", "failed: the numbers are not finite", "process ", f"at {key}", "done in "]
    assert len(lines) == len(ends)
    assert all(end in line for end, line in zip(ends, lines, strict=True))
    assert not (store.root / "failures" / f"{key}.json").exists(), "what failed once is done now"


def test_a_bug_leaves_its_traceback_in_the_log(keys: list[str], store: Store, tmp_path: Path):
    (tmp_path / "troubles.json").write_text(json.dumps({keys[0]: "has a bug"}))
    process = start(tmp_path, *keys[:2])
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "Traceback" not in said
    log = (store.root / "logs" / f"{keys[0]}.log").read_text()
    assert "Traceback" in log
    assert log.splitlines()[-1].endswith("failed: has a bug")
    assert kind(store, keys[0]) == "unexpected"
    assert store.action(keys[1]) is not None


def test_nobody_listening_ends_nothing(keys: list[str], store: Store, tmp_path: Path):
    process = start(tmp_path, "-")
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdin.write("".join(f"{key}\n" for key in keys[:2]))
    for stream in (process.stdin, process.stdout, process.stderr):
        stream.close()
    assert process.wait(60) == 0
    assert all(store.action(key) is not None for key in keys[:2])


def test_a_signal_stops_the_one_it_is_at_where_it_can_go_on_and_begins_no_other(
    keys: list[str], store: Store, tmp_path: Path
):
    (tmp_path / "troubles.json").write_text(json.dumps({keys[0]: "segments"}))
    process = start(tmp_path, *keys[:2])
    until((tmp_path / "work.jsonl").exists)
    process.send_signal(signal.SIGUSR1)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 75
    assert [line.partition(": ")[2] for line in said.splitlines()] == [
        "stopped as asked, with 1 of 2 segments kept",
        "stopped as asked, before it was begun",
    ]
    assert [kind(store, key) for key in keys[:2]] == ["stopped", "stopped"]
    assert store.action(keys[1]) is None


def test_a_signal_ends_one_that_waits_for_keys(keys: list[str], tmp_path: Path):
    process = start(tmp_path, "-")
    assert process.stdin is not None
    process.stdin.write(f"{keys[0]}\n")
    process.stdin.flush()
    until((tmp_path / "work.jsonl").exists)
    process.send_signal(signal.SIGUSR1)
    assert process.wait(60) == 0
    process.communicate()


def test_a_gpu_that_somebody_works_on_is_waited_for(keys: list[str], store: Store, tmp_path: Path):
    [folder] = [store.lease_folder(f"gpu-{os.uname().nodename}-7")]
    with hold(folder):
        process = start(tmp_path, "--gpu", "7", keys[0])
        until(lambda: len(list(folder.iterdir())) >= 1)
        time.sleep(1.5)
        assert not (tmp_path / "work.jsonl").exists()
    assert process.wait(60) == 0
    process.communicate()
    assert not folder.exists()


def test_a_mistyped_store_is_refused_and_not_made(tmp_path: Path):
    process = start(tmp_path, UNKNOWN)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "there is no store" in said
    assert not (tmp_path / "store").exists()
