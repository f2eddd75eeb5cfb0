"""The store: whole or not at all, equal content once, damage never served."""

import errno
import json
import os
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from r2s2r.artifacts import lease
from r2s2r.artifacts.action import Action, Request
from r2s2r.artifacts.fingerprint import FileDigests, canonical_json, digest_file
from r2s2r.artifacts.lease import hold
from r2s2r.artifacts.manifest import read_manifest
from r2s2r.artifacts.store import Store
from r2s2r.artifacts.sweep import in_use, mark_used, sweep
from r2s2r.artifacts.verify import verify
from r2s2r.errors import InputError, StoreError

REQUEST = Request("edit", 1, "curves", {"frames": 77}, {"footage": "f" * 64})


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "store")
    store.prepare()
    return store


def _publish(store: Store, content: str, nonce: str = "n") -> str:
    workspace = store.workspace(nonce)
    (workspace / "inner").mkdir()
    (workspace / "inner" / "data.txt").write_text(content)
    return store.publish(workspace)


def _record(store: Store, request: Request, result: str) -> None:
    store.record(Action(request.key, request, result, 1.0, "2026-01-01T00:00:00+00:00", "host", {}))


def _used_last_by(store: Store, scene: Path, request: Request) -> None:
    folder = store.root / "last" / "scene-1"
    folder.mkdir(exist_ok=True)
    content = {"scene": str(scene), "shot": "a", "requests": {"edit": asdict(request)}}
    (folder / f"{request.key[:8]}.json").write_text(json.dumps(content))


def test_equal_folders_become_one_object(store: Store) -> None:
    assert _publish(store, "same", "a") == _publish(store, "same", "b")
    assert len(list((store.root / "objects").iterdir())) == 1
    assert list((store.root / "tmp").iterdir()) == []


def test_an_action_is_found_by_its_key_only_while_its_object_is_there(store: Store) -> None:
    digest = _publish(store, "x")
    assert store.action(REQUEST.key) is None
    _record(store, REQUEST, digest)
    found = store.action(REQUEST.key)
    assert found is not None
    assert found.result == digest
    assert found.request == REQUEST
    (store.object(digest) / "manifest.json").unlink()
    assert store.action(REQUEST.key) is None


@pytest.mark.parametrize("garbage", ["", "{", "[]", "{}", '{"key": 1}', "null"])
def test_a_damaged_action_counts_as_not_done(store: Store, garbage: str) -> None:
    _record(store, REQUEST, _publish(store, "x"))
    (store.root / "actions" / f"{REQUEST.key}.json").write_text(garbage)
    assert store.action(REQUEST.key) is None


def test_an_action_filed_under_another_key_is_not_served(store: Store) -> None:
    _record(store, REQUEST, _publish(store, "x"))
    (store.root / "actions" / f"{REQUEST.key}.json").rename(store.root / "actions" / f"{'0' * 64}.json")
    assert store.action("0" * 64) is None


def test_the_key_depends_on_all_that_is_read_and_not_on_where_files_lie() -> None:
    base = asdict(REQUEST)
    changes: list[dict[str, Any]] = [
        {"version": 2},
        {"backend": "b"},
        {"parameters": {}},
        {"inputs": {}},
        {"file_digests": {"clip": "1"}},
    ]
    keys = {REQUEST.key} | {Request(**{**base, **change}).key for change in changes}
    assert len(keys) == 1 + len(changes)
    assert Request(**{**base, "files": {"clip": "/elsewhere"}}).key == REQUEST.key


def test_canonical_json_ignores_order_and_refuses_nan() -> None:
    assert canonical_json({"b": 1, "a": 2.5}) == canonical_json({"a": 2.5, "b": 1}) == b'{"a":2.5,"b":1}'
    with pytest.raises(ValueError, match="Out of range"):
        canonical_json(float("nan"))


def test_verify_removes_a_damaged_object_so_that_it_is_made_again(store: Store) -> None:
    good, bad = _publish(store, "good", "a"), _publish(store, "bad", "b")
    _record(store, REQUEST, bad)
    (store.object(bad) / "inner" / "data.txt").write_text("changed")
    verdicts = {verdict.digest: verdict.damage for verdict in verify(store)}
    assert verdicts[good] == ()
    assert "has changed" in verdicts[bad][0]
    assert store.has(good)
    assert store.action(REQUEST.key) is None


@pytest.mark.parametrize("break_it", ["truncate", "delete file", "delete manifest", "garble manifest", "edit manifest"])
def test_verify_finds_every_kind_of_damage(store: Store, break_it: str) -> None:
    folder = store.object(_publish(store, "content"))
    match break_it:
        case "truncate":
            (folder / "inner" / "data.txt").write_text("")
        case "delete file":
            (folder / "inner" / "data.txt").unlink()
        case "delete manifest":
            (folder / "manifest.json").unlink()
        case "garble manifest":
            (folder / "manifest.json").write_text("{")
        case "edit manifest":
            (folder / "manifest.json").write_text('{"files":{},"version":1}')
    (verdict,) = verify(store)
    assert verdict.damage
    assert not folder.exists()


def test_sweep_keeps_what_existing_scenes_used_and_removes_the_least_recently_used_first(
    store: Store, tmp_path: Path
) -> None:
    scene = tmp_path / "scene.yaml"
    scene.write_text("x")
    requests = [Request("edit", number, "curves", {}, {}) for number in range(4)]
    digests = [_publish(store, "z" * 1000 + str(number), str(number)) for number in range(4)]
    for age, (request, digest) in enumerate(zip(requests, digests, strict=True)):
        _record(store, request, digest)
        os.utime(store.root / "actions" / f"{request.key}.json", (1000 - age, 1000 - age))
    _used_last_by(store, scene, requests[3])
    would = sweep(store, max_size=2500, dry_run=True)
    assert would.objects == 2
    assert all(store.has(digest) for digest in digests)
    assert sweep(store, max_size=2500, dry_run=False).objects == 2
    assert [store.has(digest) for digest in digests] == [True, False, False, True]
    scene.unlink()
    assert sweep(store, max_size=0, dry_run=False).objects == 2
    assert sweep(store, max_size=0, dry_run=False).kept == 0


def test_sweep_keeps_the_inputs_of_what_is_reached(store: Store, tmp_path: Path) -> None:
    scene = tmp_path / "scene.yaml"
    scene.write_text("x")
    footage = _publish(store, "footage")
    _used_last_by(store, scene, Request("edit", 1, "curves", {}, {"footage": footage}))
    sweep(store, max_size=0, dry_run=False)
    assert store.has(footage)


def test_sweep_leaves_no_rubbish_behind(store: Store) -> None:
    (store.workspace("killed") / "half.txt").write_text("x")
    (store.root / "actions" / ".half.json.123").write_text("x")
    (store.root / "objects" / "without-manifest").mkdir()
    (store.root / "leases" / "key").mkdir()
    assert sweep(store, max_size=10**9, dry_run=False).rubbish == 4
    left = [path for path in store.root.rglob("*") if path.name != "store.json" and path.parent != store.root]
    assert left == []


def test_sweep_refuses_while_a_run_is_going_on(store: Store) -> None:
    with in_use(store), pytest.raises(StoreError, match="in use by process"):
        sweep(store, max_size=0, dry_run=False)


def test_sweep_refuses_while_a_request_is_being_built(store: Store) -> None:
    with hold(store.lease_folder("f" * 64)), pytest.raises(StoreError, match="in use by process"):
        sweep(store, max_size=0, dry_run=False)


def test_a_run_waits_for_a_sweep_that_has_begun(store: Store) -> None:
    began = threading.Event()

    def use() -> None:
        with in_use(store):
            began.set()

    with hold(store.lease_folder("sweep")):
        user = threading.Thread(target=use)
        user.start()
        assert not began.wait(0.3)
    assert began.wait(20)
    user.join()


def test_sweep_buries_a_run_of_a_machine_that_is_gone(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "PATIENCE_S", 0.2)
    monkeypatch.setattr(lease, "BEAT_S", 0.02)
    left = store.lease_folder("run-1")
    left.mkdir()
    (left / "n.json").write_text(json.dumps({"nonce": "n", "machine": "elsewhere", "pid": 1, "started": "1"}))
    assert sweep(store, max_size=0, dry_run=False).rubbish == 1
    assert not left.exists()


def test_sweep_removes_what_has_no_manifest_that_can_be_read(store: Store) -> None:
    digests = [_publish(store, content, content) for content in ("a", "b", "c")]
    for digest, garbage in zip(digests, ("{", "[]", '{"files": []}'), strict=True):
        (store.object(digest) / "manifest.json").write_text(garbage)
    assert sweep(store, max_size=10**9, dry_run=False).rubbish == 3
    assert list((store.root / "objects").iterdir()) == []


def test_what_was_used_lately_outlives_what_was_made_lately(store: Store) -> None:
    requests = [Request("edit", number, "curves", {}, {}) for number in range(2)]
    digests = [_publish(store, str(number) * 1000, str(number)) for number in range(2)]
    for age, (request, digest) in enumerate(zip(requests, digests, strict=True)):
        _record(store, request, digest)
        os.utime(store.root / "actions" / f"{request.key}.json", (1000 + age, 1000 + age))
    mark_used(store, [requests[0].key])
    assert sweep(store, max_size=1500, dry_run=False).objects == 1
    assert [store.has(digest) for digest in digests] == [True, False]


def test_an_object_without_manifest_is_replaced_by_the_same_made_again(store: Store) -> None:
    digest = _publish(store, "x")
    (store.object(digest) / "manifest.json").unlink()
    (store.object(digest) / "inner" / "data.txt").write_text("damaged")
    assert _publish(store, "x") == digest
    assert store.has(digest)
    assert (store.object(digest) / "inner" / "data.txt").read_text() == "x"
    assert list((store.root / "tmp").iterdir()) == []


def test_outside_files_are_hashed_again_only_when_they_changed(store: Store, tmp_path: Path) -> None:
    clip = tmp_path / "clip"
    clip.write_bytes(b"one")
    digests = FileDigests(store.root / "files")
    first = digests.digest(clip)
    assert first == digest_file(clip)
    remembered = next((store.root / "files").iterdir())
    facts = json.loads(remembered.read_bytes())
    remembered.write_text(json.dumps({**facts, "sha256": "remembered"}))
    assert digests.digest(clip) == "remembered"
    clip.write_bytes(b"two, longer")
    assert digests.digest(clip) == digest_file(clip)


def test_a_file_that_kept_its_size_and_time_is_hashed_again(store: Store, tmp_path: Path) -> None:
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(b"one")
    before, time_ns = store.files.digest(weights), weights.stat().st_mtime_ns
    time.sleep(0.05)  # longer than a tick of the file system's clock
    weights.write_bytes(b"two")
    os.utime(weights, ns=(time_ns, time_ns))  # as `cp -p` does
    assert store.files.digest(weights) != before


def test_a_folder_is_known_by_what_is_in_linked_folders_too(store: Store, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "model.safetensors").write_bytes(b"one")
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "transformer").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "model" / "round").symlink_to(tmp_path / "model")
    linked = store.files.digest(tmp_path / "model")
    (tmp_path / "elsewhere" / "model.safetensors").write_bytes(b"other")
    assert store.files.digest(tmp_path / "model") != linked
    (tmp_path / "elsewhere" / "model.safetensors").write_bytes(b"one")
    (tmp_path / "whole" / "transformer").mkdir(parents=True)
    (tmp_path / "whole" / "transformer" / "model.safetensors").write_bytes(b"one")
    assert store.files.digest(tmp_path / "whole") == linked, "how it lies there is not in the digest"


def test_an_outside_file_that_cannot_be_read_is_wrong_input(store: Store, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone\.mp4: cannot be read"):
        store.files.digest(tmp_path / "gone.mp4")


def test_a_digest_is_found_though_it_cannot_be_remembered(tmp_path: Path) -> None:
    clip = tmp_path / "clip"
    clip.write_bytes(b"one")
    assert FileDigests(tmp_path / "no store" / "files").digest(clip) == digest_file(clip)


def test_a_full_disk_and_a_read_only_store_say_what_to_do(store: Store) -> None:
    with pytest.raises(StoreError, match=r"disk is full.*gc"), store.explained():
        raise OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(StoreError, match="R2S2R_STORE"), store.explained():
        raise OSError(errno.EROFS, "Read-only file system")


def test_a_store_of_another_format_is_refused(store: Store) -> None:
    (store.root / "store.json").write_text('{"format":99}\n')
    with pytest.raises(StoreError, match="another version"):
        store.prepare()
    with pytest.raises(StoreError, match="another version"):
        store.exists()


def test_manifests_list_every_file_with_its_size(store: Store) -> None:
    manifest = read_manifest(store.object(_publish(store, "12345")))
    assert {name: size for name, (_, size) in manifest.files.items()} == {"inner/data.txt": 5}
    assert manifest.size == 5


@pytest.mark.parametrize("root", ["file", "file/store", "a" * 300])
def test_a_file_in_place_of_the_store_or_a_path_no_disk_holds_is_named(tmp_path, root):
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(StoreError, match=r"cannot be the store .*; set R2S2R_STORE to another folder"):
        Store(tmp_path / root).prepare()


def test_a_store_that_is_removed_while_in_use_is_named(tmp_path):
    store = Store(tmp_path / "store")
    store.prepare()
    store.root.rename(tmp_path / "moved")
    with pytest.raises(StoreError, match="moved or removed while it was in use; run again"), store.explained():
        store.workspace("a")
