"""The second level: what the bucket holds is believed as far as it hashes; when it is away, nobody waits for it."""

import io
import json
import logging
import os
import subprocess
import sys
import tarfile
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from r2s2r.artifacts.action import Action, Request
from r2s2r.artifacts.fingerprint import canonical_json
from r2s2r.artifacts.manifest import Manifest, read_manifest
from r2s2r.artifacts.remote import Bucket, RemoteError
from r2s2r.artifacts.remote_level import SecondLevel
from r2s2r.artifacts.remote_pack import unpack
from r2s2r.artifacts.store import Store
from r2s2r.errors import MissingError, StoreError
from tests.bucket import CREDENTIALS, SECRET, Server, TestBucket, flipped, s3_server

REQUEST = Request("edit", 1, "curves", {"frames": 77}, {"footage": "f" * 64}, files={"clip": "/home/anna/clip.mp4"})


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with s3_server(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture
def bucket(server: Server, monkeypatch: pytest.MonkeyPatch) -> TestBucket:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    return server.bucket()


def _store(folder: Path) -> Store:
    store = Store(folder)
    store.prepare()
    return store


@pytest.fixture
def anna(tmp_path: Path) -> Store:
    """The store of a machine that has made a result."""
    store = _store(tmp_path / "anna")
    _make(store, REQUEST, b"frame" * 20_000)
    return store


@pytest.fixture
def bert(tmp_path: Path) -> Store:
    """The store of a machine that has nothing."""
    return _store(tmp_path / "bert")


def _make(store: Store, request: Request, content: bytes) -> Action:
    workspace = store.workspace(uuid.uuid4().hex)
    (workspace / "rgb").mkdir()
    (workspace / "rgb" / "000000.png").write_bytes(content)
    (workspace / "größe.json").write_bytes(b"{}")
    action = Action(
        request.key, request, store.publish(workspace), 2.5, "2026-11-23T22:00:00+00:00", "anna", {"r2s2r": "1"}
    )
    store.record(action)
    return action


def _write_back(bucket: TestBucket, store: Store, request: Request = REQUEST) -> Action:
    action = store.action(request.key)
    assert action is not None
    SecondLevel(bucket.opened()).write_back(store, action)
    return action


def _is_untouched(store: Store) -> bool:
    return not any(any((store.root / name).iterdir()) for name in ("actions", "objects", "tmp", "leases"))


def test_what_one_machine_wrote_another_gets_whole(bucket: TestBucket, anna: Store, bert: Store) -> None:
    made = _write_back(bucket, anna)
    own = replace(REQUEST, files={"clip": "/mnt/clip.mp4"})
    assert SecondLevel(bucket.opened()).fetch(bert, own)
    got = bert.action(REQUEST.key)
    assert got == replace(made, request=own)
    assert read_manifest(bert.object(made.result)).damage(bert.object(made.result)) == []
    assert (bert.object(made.result) / "rgb" / "000000.png").read_bytes() == b"frame" * 20_000
    assert not list((bert.root / "tmp").iterdir())
    assert not list((bert.root / "leases").iterdir())


def test_nothing_of_a_machines_files_goes_into_the_bucket(bucket: TestBucket, anna: Store) -> None:
    _write_back(bucket, anna)
    (path,) = bucket.paths("actions")
    assert b"/home/anna" not in bucket.read(path)


def test_one_listing_tells_a_plan_what_came_out_and_nothing_is_fetched(bucket: TestBucket, anna: Store) -> None:
    made = _write_back(bucket, anna)
    second = SecondLevel(bucket.opened())
    found = second.action(REQUEST)
    assert found is not None
    assert found.result == made.result
    before = bucket.line.sent
    assert second.action(replace(REQUEST, version=2)) is None
    assert bucket.line.sent == before


def test_more_results_than_fit_on_a_page_of_a_listing_are_all_found(bucket: TestBucket) -> None:
    requests = [replace(REQUEST, version=number) for number in range(1100)]
    bucket.files.pipe({f"{bucket.name}/film/actions/{one.key}-{'a' * 64}.json": b"{}" for one in requests})
    second = SecondLevel(bucket.opened())
    assert all(second.action(one) for one in requests)


def test_names_that_are_not_ours_are_passed_over(bucket: TestBucket) -> None:
    for name in ("x.json", f"{'a' * 64}.json", f"{'a' * 64}-{'b' * 64}.json.gz", f"deep/{'a' * 64}-{'b' * 64}.txt"):
        bucket.write(f"{bucket.name}/film/actions/{name}", b"{}")
    assert SecondLevel(bucket.opened()).action(REQUEST) is None


def test_an_object_that_two_requests_share_is_sent_and_fetched_once(
    bucket: TestBucket, anna: Store, bert: Store
) -> None:
    other = replace(REQUEST, version=2)
    _make(anna, other, b"frame" * 20_000)
    _write_back(bucket, anna)
    before = bucket.line.sent
    _write_back(bucket, anna, other)
    assert bucket.line.sent - before < 50_000
    assert len(bucket.paths("objects")) == 1
    second = SecondLevel(bucket.opened())
    assert second.fetch(bert, REQUEST)
    before = bucket.line.received
    assert second.fetch(bert, other)
    assert bucket.line.received - before < 50_000


def _archive(files: dict[str, bytes], *, manifest: bytes | None = None, link: str = "") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, data in ({} if manifest is None else {"manifest.json": manifest} | files).items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            if link and name != "manifest.json":
                member.type, member.linkname, member.size = tarfile.SYMTYPE, link, 0
            tar.addfile(member, io.BytesIO(data))
    return out.getvalue()


OBJECT_DAMAGE: dict[str, Callable[[bytes], bytes | None]] = {
    "corrupted": flipped,
    "truncated": lambda data: data[: len(data) // 2],
    "truncated in a header": lambda data: data[:700],
    "empty": lambda data: b"",
    "missing": lambda data: None,
    "not an archive": lambda data: b"<html>proxy error</html>" * 100,
    "its manifest is another's": lambda data: data.replace(b"000000.png", b"000001.png"),
    "longer than it should be": lambda data: data[:-20_480] + _archive({"more": b"x"}, manifest=b"{}"),
}


@pytest.mark.parametrize("damage", OBJECT_DAMAGE.values(), ids=OBJECT_DAMAGE.keys())
def test_a_bad_object_is_told_removed_and_never_served(
    bucket: TestBucket,
    anna: Store,
    bert: Store,
    damage: Callable[[bytes], bytes | None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    _write_back(bucket, anna)
    (path,) = bucket.paths("objects")
    damaged = damage(bucket.read(path))
    bucket.remove(path) if damaged is None else bucket.write(path, damaged)
    second = SecondLevel(bucket.opened())
    assert second.action(REQUEST) is not None
    assert not second.fetch(bert, REQUEST)
    assert second.action(REQUEST) is None
    assert _is_untouched(bert)
    assert "removed there, and made again" in caplog.text
    assert bucket.paths("objects") == bucket.paths("actions") == []
    _write_back(bucket, anna)
    assert SecondLevel(bucket.opened()).fetch(bert, REQUEST)


def _other_action(data: bytes) -> bytes:
    return data.replace(b'"frames":77', b'"frames":78')


ACTION_DAMAGE: dict[str, Callable[[bytes], bytes | None]] = {
    "corrupted": lambda data: data.replace(b"2.5", b'"x"'),
    "truncated": lambda data: data[: len(data) // 2],
    "empty": lambda data: b"",
    "missing": lambda data: None,
    "another request's": _other_action,
    "another object's": lambda data: data.replace(b'"result":"', b'"result":"0')[:-1] + b"}",
    "too deep": lambda data: b"[" * 100_000,
    "not text": lambda data: os.urandom(2000),
}


@pytest.mark.parametrize("damage", ACTION_DAMAGE.values(), ids=ACTION_DAMAGE.keys())
def test_a_bad_action_is_removed_and_never_believed(
    bucket: TestBucket, anna: Store, bert: Store, damage: Callable[[bytes], bytes | None]
) -> None:
    _write_back(bucket, anna)
    (path,) = bucket.paths("actions")
    second = SecondLevel(bucket.opened())
    assert second.action(REQUEST) is not None
    damaged = damage(bucket.read(path))
    bucket.remove(path) if damaged is None else bucket.write(path, damaged)
    assert not second.fetch(bert, REQUEST)
    assert _is_untouched(bert)
    assert bucket.paths("actions") == []


def test_what_is_damaged_on_the_way_is_fetched_once_more(
    bucket: TestBucket, anna: Store, bert: Store, caplog: pytest.LogCaptureFixture
) -> None:
    made = _write_back(bucket, anna)
    second = SecondLevel(bucket.opened())
    assert second.action(REQUEST)
    bucket.line.state = "noisy"
    assert second.fetch(bert, REQUEST)
    assert "asked for once more" in caplog.text
    assert read_manifest(bert.object(made.result)).damage(bert.object(made.result)) == []
    assert len(bucket.paths("objects")) == 1


def test_a_bad_object_is_replaced_by_who_made_it_again_also_where_it_may_not_be_removed(
    bucket: TestBucket, anna: Store, bert: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write_back(bucket, anna)
    (path,) = bucket.paths("objects")
    bucket.write(path, b"rubbish")
    second = SecondLevel(bucket.opened())

    def refused(name: str) -> None:
        raise RemoteError("may not")

    monkeypatch.setattr(second.bucket, "remove", refused)
    assert not second.fetch(bert, REQUEST)
    second._off_until = 0.0
    second.write_back(bert, _make(bert, REQUEST, b"frame" * 20_000))
    assert SecondLevel(bucket.opened()).fetch(_store(bert.root / "third"), REQUEST)


EVIL_NAMES = ("../../outside", "/var/outside", "a/../../b", "manifest.json", "./a", "a//b", "", "a\x00b", "x" * 300)


@pytest.mark.parametrize("name", EVIL_NAMES)
def test_a_manifest_cannot_name_files_outside_of_its_folder(tmp_path: Path, name: str) -> None:
    data = b"evil"
    manifest = Manifest({name: ("3" * 64, len(data))})
    folder = tmp_path / "made"
    folder.mkdir()
    manifest.write(folder)
    archive = _archive({name: data}, manifest=(folder / "manifest.json").read_bytes())
    out = tmp_path / "deep" / "out"
    out.mkdir(parents=True)
    with pytest.raises(RemoteError):
        unpack(io.BytesIO(archive), manifest.digest, out)
    assert {path.name for path in tmp_path.rglob("*")} <= {"made", "manifest.json", "deep", "out", "a"}


def test_a_link_in_an_archive_is_no_file(tmp_path: Path) -> None:
    manifest = Manifest({"a": ("3" * 64, 0)})
    manifest.write(tmp_path)
    archive = _archive({"a": b""}, manifest=(tmp_path / "manifest.json").read_bytes(), link="/etc/passwd")
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(RemoteError, match="where a should be"):
        unpack(io.BytesIO(archive), manifest.digest, out)
    assert not list(out.iterdir())


class _Endless:
    """An archive whose header claims terabytes, which come."""

    def __init__(self, kind: bytes) -> None:
        member = tarfile.TarInfo("manifest.json")
        member.size, member.type = 8 << 30, kind
        self._begin, self.count = member.tobuf(tarfile.GNU_FORMAT), 0

    def read(self, size: int, /) -> bytes:
        data, self._begin = (self._begin + b" " * (size - len(self._begin)), b"") if self._begin else (b" " * size, b"")
        self.count += len(data)
        return data


@pytest.mark.parametrize("kind", [tarfile.REGTYPE, tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_SPARSE])
def test_an_archive_that_claims_to_be_endless_is_not_read_for_long(tmp_path: Path, kind: bytes) -> None:
    endless = _Endless(kind)
    with pytest.raises(RemoteError):
        unpack(endless, "0" * 64, tmp_path)
    assert endless.count < 100 << 20


def test_what_is_damaged_here_is_not_spread(bucket: TestBucket, anna: Store) -> None:
    action = anna.action(REQUEST.key)
    assert action is not None
    (anna.object(action.result) / "größe.json").write_bytes(b"[]")
    with pytest.raises(StoreError, match="r2s2r verify"):
        _write_back(bucket, anna)
    assert bucket.paths("") == []


def test_an_upload_that_breaks_off_leaves_nothing_to_be_seen(bucket: TestBucket, anna: Store) -> None:
    large = replace(REQUEST, version=3)
    action = _make(anna, large, os.urandom(30_000_000))
    bucket.line.on_bytes = lambda: bucket.line.cut() if bucket.line.sent > 12_000_000 else None
    with pytest.raises(RemoteError):
        SecondLevel(bucket.opened()).write_back(anna, action)
    assert bucket.paths("") == []
    bucket.line.on_bytes, bucket.line.state = (lambda: None), "open"
    _write_back(bucket, anna, large)
    assert len(bucket.paths("objects")) == 1


_BY_PROCESS = """
import resource, sys
from pathlib import Path
from r2s2r.artifacts.action import Request
from r2s2r.artifacts.remote import Bucket
from r2s2r.artifacts.remote_level import SecondLevel
from r2s2r.artifacts.store import Store
from r2s2r.spec.remote import RemoteSpec
store, request = Store(Path(sys.argv[2])), Request(**__import__("json").loads(sys.argv[3]))
second = SecondLevel(Bucket(RemoteSpec.model_validate_json(sys.argv[4])))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
if sys.argv[1] == "fetch":
    assert second.fetch(store, request)
else:
    second.write_back(store, store.action(request.key))
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def _process(verb: str, store: Store, request: Request, bucket: TestBucket) -> "subprocess.Popen[str]":
    said = json.dumps(asdict(request))
    words = (sys.executable, "-c", _BY_PROCESS, verb, str(store.root), said, bucket.spec.model_dump_json())
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _output(process: "subprocess.Popen[str]") -> str:
    with process:
        out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out


def test_a_kill_in_the_middle_of_an_upload_leaves_nothing_to_be_seen(bucket: TestBucket, anna: Store) -> None:
    large = replace(REQUEST, version=3)
    _make(anna, large, os.urandom(30_000_000))
    process = _process("write_back", anna, large, bucket)
    bucket.line.on_bytes = lambda: process.kill() if bucket.line.sent > 12_000_000 else None
    with process:
        process.communicate(timeout=60)
    assert process.returncode == -9
    assert bucket.paths("") == []
    bucket.line.on_bytes = lambda: None
    _write_back(bucket, anna, large)
    assert len(bucket.paths("objects")) == len(bucket.paths("actions")) == 1


def test_memory_does_not_grow_with_an_object(bucket: TestBucket, anna: Store, bert: Store) -> None:
    large = replace(REQUEST, version=4)
    _make(anna, large, os.urandom(150_000_000))
    assert int(_output(_process("write_back", anna, large, bucket))) < 110
    assert int(_output(_process("fetch", bert, large, bucket))) < 110


def test_of_twenty_processes_that_want_an_object_one_fetches_it(bucket: TestBucket, anna: Store, bert: Store) -> None:
    large = replace(REQUEST, version=5)
    _make(anna, large, os.urandom(3_000_000))
    _write_back(bucket, anna, large)
    before = bucket.line.received
    for out in map(_output, [_process("fetch", bert, large, bucket) for _ in range(20)]):
        assert out
    assert bucket.line.received - before < 4_500_000


def test_of_twenty_processes_that_have_an_object_one_sends_it(bucket: TestBucket, anna: Store) -> None:
    large = replace(REQUEST, version=5)
    _make(anna, large, os.urandom(3_000_000))
    for out in map(_output, [_process("write_back", anna, large, bucket) for _ in range(20)]):
        assert out
    assert bucket.line.sent < 4_500_000
    assert len(bucket.paths("objects")) == len(bucket.paths("actions")) == 1


@pytest.mark.parametrize("state", ["cut", "silent"])
def test_a_server_that_is_away_is_said_once_and_within_seconds(
    bucket: TestBucket, bert: Store, anna: Store, state: str, caplog: pytest.LogCaptureFixture
) -> None:
    bucket.line.state = state  # type: ignore[assignment]
    second, started = SecondLevel(replace(bucket, timeout_s=1.0).opened()), time.monotonic()
    action = anna.action(REQUEST.key)
    assert action is not None
    assert second.action(REQUEST) is None
    assert not second.fetch(bert, REQUEST)
    for _ in range(5):
        with pytest.raises(RemoteError):
            second.write_back(anna, action)
    assert time.monotonic() - started < 20, "each wish alone would take four"
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "127.0.0.1 cannot be reached" in caplog.text


@pytest.mark.parametrize("state", ["cut", "silent"])
def test_a_server_that_goes_away_after_the_listing_loses_only_what_it_had(
    bucket: TestBucket, anna: Store, bert: Store, state: str, caplog: pytest.LogCaptureFixture
) -> None:
    _write_back(bucket, anna)
    second = SecondLevel(replace(bucket, timeout_s=1.0).opened())
    assert second.action(REQUEST)
    bucket.line.cut() if state == "cut" else setattr(bucket.line, "state", state)
    assert not second.fetch(bert, REQUEST)
    assert second.action(REQUEST) is None
    assert _is_untouched(bert)
    assert len(caplog.records) == 1
    bucket.line.state = "open"
    assert SecondLevel(bucket.opened()).fetch(bert, REQUEST), "nothing was removed for that"


def test_a_slow_server_is_waited_for(bucket: TestBucket, anna: Store, bert: Store) -> None:
    bucket.line.delay_s = 0.1
    _write_back(bucket, anna)
    assert SecondLevel(bucket.opened()).fetch(bert, REQUEST)


def test_a_bucket_that_does_not_exist_is_said_with_what_to_do(bucket: TestBucket) -> None:
    spec = bucket.spec.model_copy(update={"url": "s3://no-such-bucket/film"})
    with pytest.raises(RemoteError, match=r"no such bucket; make it, or correct `remote\.url`"):
        Bucket(spec).names("actions")


def test_absent_credentials_are_said_with_what_to_do(bucket: TestBucket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(RemoteError, match="AWS_ACCESS_KEY_ID"):
        Bucket(bucket.spec.model_copy(update={"timeout_s": 3.0})).names("actions")
    profile = bucket.spec.model_copy(update={"profile": "nobody"})
    with pytest.raises(RemoteError, match=r"remote\.profile"):
        Bucket(profile).names("actions")


def test_wrong_credentials_are_said_and_not_shown(bucket: TestBucket, caplog: pytest.LogCaptureFixture) -> None:
    with bucket.guarded():
        with pytest.raises(RemoteError, match="refuses these credentials") as caught:
            bucket.opened().names("actions")
        assert SecondLevel(bucket.opened()).action(REQUEST) is None
    assert SECRET not in caplog.text + str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_without_its_packages_the_project_says_how_to_get_them(
    bucket: TestBucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "s3fs", None)
    with pytest.raises(MissingError, match=r"pip install 'r2s2r\[remote\]'"):
        bucket.opened()


def test_a_full_disk_is_no_fault_of_the_buckets(bucket: TestBucket, anna: Store, bert: Store) -> None:
    _write_back(bucket, anna)
    (bert.root / "objects").rmdir()
    (bert.root / "objects").write_bytes(b"")
    with pytest.raises(OSError, match="objects"):
        SecondLevel(bucket.opened()).fetch(bert, REQUEST)
    assert len(bucket.paths("objects")) == len(bucket.paths("actions")) == 1


def test_of_two_results_for_one_key_all_machines_take_the_same(bucket: TestBucket, anna: Store, bert: Store) -> None:
    _write_back(bucket, anna)
    made = _make(bert, REQUEST, b"another")
    told = canonical_json(made.as_json())
    bucket.write(f"{bucket.name}/film/actions/{REQUEST.key}-{made.result}.json", told)
    found, action = SecondLevel(bucket.opened()).action(REQUEST), anna.action(REQUEST.key)
    assert found is not None
    assert action is not None
    assert found.result == min(made.result, action.result)
