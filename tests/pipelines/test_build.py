"""Building one request: what becomes of it when a file changes under way."""

from pathlib import Path

import pytest

from pipelines import perform
from pipelines.build import build
from pipelines.inputs import Workplace
from r2s2r.artifacts.action import Measured, Request
from r2s2r.artifacts.store import Store
from r2s2r.errors import InputError


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    path = tmp_path / "model.safetensors"
    path.write_bytes(b"as asked for")
    return path


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "store")
    store.prepare()
    return store


def _request(store: Store, weights: Path) -> Request:
    digests = {"weights": store.files.digest(weights)}
    return Request("diffuse", 1, "animate", {}, {}, digests, {"weights": str(weights)})


def test_a_file_that_changed_since_it_was_asked_for_is_not_begun_with(store: Store, weights: Path) -> None:
    request = _request(store, weights)
    kept = store.checkpoints(request.key) / "segment-0000.safetensors"
    kept.parent.mkdir()
    kept.write_bytes(b"made of what was asked for")
    weights.write_bytes(b"others, since then")
    with pytest.raises(InputError, match=r"model\.safetensors: changed since the run began"):
        build(store, request)
    assert kept.exists(), "for when the file is back"


def test_nobody_goes_on_from_checkpoints_of_a_file_that_changed(
    store: Store, weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stage(request: Request, store: Store, place: Workplace) -> Measured:
        weights.write_bytes(b"others, while it ran")
        place.checkpoints.mkdir()
        (place.checkpoints / "segment-0000.safetensors").write_bytes(b"made of who knows which")
        return {}

    monkeypatch.setattr(perform, "perform", stage)
    request = _request(store, weights)
    with pytest.raises(InputError, match=r"model\.safetensors: changed since the run began"):
        build(store, request)
    assert not store.checkpoints(request.key).exists()
    assert store.action(request.key) is None
