"""One store on several machines: each result is made once, whoever dies, stands still or has another clock."""

import errno
import os
import shutil
import signal
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines import perform
from pipelines.build import build
from r2s2r.artifacts import lease
from r2s2r.artifacts.action import Request
from r2s2r.artifacts.atomic import read_shared
from r2s2r.artifacts.lease import Holder, Witness, hold, holders
from r2s2r.artifacts.store import Store, remove
from tests.artifacts.machines import Machine, machines, note, wait_for
from tests.pipelines.conftest import Project, write_clip

REQUEST = Request("footage", 1, "pyav", {"frame": 0}, {})
DRIVERS = 20
_ISOLATED = ("unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child", "--mount-proc")
SCENE = """\
version: 1
name: crowd
source: {clip: clip.mkv, frame: 0, ground: {camera_height_m: 1.2, pitch_deg: -4}}
entities: {box: {select: {polygon_px: [[30, 30], [60, 30], [60, 80], [30, 80]]}}}
shots: {still: {frames: 1}}
output: {width: 64, height: 64}
"""


def _build(root: Path, log: Path, who: str, seconds: float) -> None:
    """Build the request with a stage that takes so long, and tells when it begins and ends."""

    def stage(request: Request, store: Store, place: object) -> dict[str, object]:
        note(log, f"{who} began")
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            time.sleep(0.02)
            place.progress(1, 2)  # type: ignore[attr-defined]
        (place.out / "data").write_text("made")  # type: ignore[attr-defined]
        note(log, f"{who} ended")
        return {}

    perform.perform = stage
    build(Store(root), REQUEST)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "store")
    store.prepare()
    return store


def _told(log: Path) -> list[str]:
    """Return what was noted so far."""
    return log.read_text().splitlines() if log.exists() else []


def _is_whole(store: Store) -> bool:
    """Whether the one result is there, and nothing else is left."""
    action = store.action(REQUEST.key)
    assert action is not None
    assert (store.object(action.result) / "data").read_text() == "made"
    return not any(list((store.root / name).iterdir()) for name in ("leases", "tmp", "checkpoints"))


def test_machines_whose_clocks_are_an_hour_apart_make_a_result_once(store: Store, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with machines() as running:
        for number, clock_s in enumerate((0.0, 3600.0, -3600.0)):
            running.start(Machine(f"m{number}", clock_s, patience_s=60.0), _build, store.root, log, str(number), 2.0)
        assert running.exit_codes() == [0, 0, 0]
    assert sorted(line.split()[1] for line in log.read_text().splitlines()) == ["began", "ended"]
    assert _is_whole(store)


def test_the_work_of_a_machine_that_died_is_taken_over_when_patience_ends(store: Store, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with machines() as running:
        victim = running.start(Machine("first", clock_s=-3600.0), _build, store.root, log, "first", 600.0)
        wait_for(lambda: _told(log))
        os.kill(victim, signal.SIGKILL)
        died = time.monotonic()
        running.start(Machine("second", clock_s=3600.0), _build, store.root, log, "second", 0.1)
        assert running.exit_codes() == [-signal.SIGKILL, 0]
        assert time.monotonic() - died > 1.0
    assert log.read_text().splitlines() == ["first began", "second began", "second ended"]
    shutil.rmtree(next((store.root / "tmp").iterdir()))  # what the dead one had begun: of a sweep
    assert _is_whole(store)


def test_a_machine_that_stood_still_gives_up_what_another_took_over(store: Store, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with machines() as running:
        frozen = running.start(Machine("first", patience_s=60.0), _build, store.root, log, "first", 600.0)
        wait_for(lambda: _told(log))
        os.kill(frozen, signal.SIGSTOP)
        running.start(Machine("second"), _build, store.root, log, "second", 1.5)
        wait_for(lambda: "second began" in _told(log))
        os.kill(frozen, signal.SIGCONT)
        assert running.exit_codes() == [0, 0]
    assert _told(log) == ["first began", "second began", "second ended"]
    assert _is_whole(store)


def test_two_that_both_finish_leave_one_result(store: Store, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with machines() as running:
        frozen = running.start(Machine("first"), _build, store.root, log, "first", 1.0)
        wait_for(lambda: _told(log))
        os.kill(frozen, signal.SIGSTOP)
        running.start(Machine("second"), _build, store.root, log, "second", 0.0)
        wait_for(lambda: "second ended" in _told(log))
        os.kill(frozen, signal.SIGCONT)
        assert running.exit_codes() == [0, 0]
    assert len(list((store.root / "objects").iterdir())) == 1
    assert _is_whole(store)


def test_who_could_not_look_does_not_take_others_for_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "PATIENCE_S", 0.3)
    monkeypatch.setattr(lease, "_LONGEST_GAP_S", 0.1)
    witness, other = Witness(), Holder("n", "elsewhere", 1, "1", owns=True)
    assert not witness.is_dead(other)
    time.sleep(0.5)  # as if the server had hung, for the other one as well
    assert not witness.is_dead(other)
    assert not witness.is_dead(replace(other, beat=1))


def test_a_lease_that_cannot_be_read_is_somebodys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "PATIENCE_S", 0.3)
    (tmp_path / "n.json").symlink_to(tmp_path / "gone")  # listed, but not found: a file replaced elsewhere, for NFS
    (found,) = holders(tmp_path)
    assert found.owns
    began = time.monotonic()
    with hold(tmp_path):
        assert time.monotonic() - began > 0.3


def test_what_nfs_keeps_of_an_open_file_hinders_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with hold(tmp_path / "key"):
        (tmp_path / "key" / ".nfs0001").touch()
    with hold(tmp_path / "key"):
        assert len(holders(tmp_path / "key")) == 1

    def busy(path: object) -> None:
        raise OSError(errno.ENOTEMPTY, "Directory not empty", str(path))

    monkeypatch.setattr("r2s2r.artifacts.store.shutil.rmtree", busy)
    remove(tmp_path / "key")


def test_a_file_that_nfs_remembers_as_missing_is_looked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = os.open

    def revalidating(path: Path, flags: int) -> int:
        monkeypatch.undo()
        (tmp_path / "action.json").write_bytes(b"made elsewhere")
        return opened(path, flags)

    monkeypatch.setattr("r2s2r.artifacts.atomic.os.open", revalidating)
    assert read_shared(tmp_path / "action.json") == b"made elsewhere"


def _isolates() -> bool:
    """Whether processes can be given a machine of their own here: other process ids, other names."""
    return shutil.which(_ISOLATED[0]) is not None and subprocess.run([*_ISOLATED, "true"], check=False).returncode == 0


@pytest.mark.slow
@pytest.mark.skipif(not _isolates(), reason="needs user and process namespaces")
def test_of_twenty_drivers_at_once_each_on_its_machine_one_makes_each_result(tmp_path: Path) -> None:
    (tmp_path / "scene.yaml").write_text(SCENE)
    write_clip(tmp_path / "clip.mkv")
    words = [*_ISOLATED, *Project(tmp_path).command("run", "scene.yaml", "--workers", "2")]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    drivers = [
        subprocess.Popen(words, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        for _ in range(DRIVERS)
    ]
    said = [driver.communicate(timeout=500)[1].decode() for driver in drivers]
    assert [driver.returncode for driver in drivers] == [0] * DRIVERS, said
    logs = {path.stem: path.read_text() for path in (tmp_path / ".r2s2r" / "logs").glob("*.log")}
    assert logs.keys() == {path.stem for path in (tmp_path / ".r2s2r" / "actions").iterdir()}
    assert {key: text.count(" started on ") for key, text in logs.items()} == dict.fromkeys(logs, 1)
