"""A job that was killed for the host's memory is tried again with the fallbacks that its spec allows, and no others."""

import json
from pathlib import Path

import pytest

from pipelines.build import ask
from pipelines.farm.lighter import lighter
from r2s2r.artifacts.action import Request
from r2s2r.artifacts.store import Store
from r2s2r.models.fallback import with_fallbacks
from r2s2r.spec.animate import AnimateSpec
from r2s2r.spec.diffuse import DiffuseSpec


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path)
    store.prepare()
    return store


def asked_for(store: Store, **animate: object) -> tuple[str, AnimateSpec]:
    spec = DiffuseSpec.model_validate_json(json.dumps({"backend": "animate", "animate": animate}))
    parameters = {"diffuse": spec.model_dump(mode="json"), "seed": 0, "prompt": ""}
    request = Request("diffuse", 1, "animate", parameters, {})
    ask(store, request)
    return request.key, spec.animate


def test_fallbacks_are_switched_on_one_by_one_in_the_order_that_is_written(store):
    key, spec = asked_for(store, allow_fallback=["tiling", "fp8"])
    assert lighter(store, key) == "the host's memory did not suffice; again with tiling, as allow_fallback says"
    assert "fp8" in lighter(store, key)
    assert lighter(store, key) == ""
    noted = store.checkpoints(key) / "fallbacks-of-some-gpu.json"
    assert with_fallbacks(lambda taken: taken, spec, noted=noted, discard=lambda: None) == ("fp8", "tiling")


def test_a_spec_that_allows_none_is_not_tried_again(store):
    key, _ = asked_for(store)
    assert lighter(store, key) == ""
    assert not store.checkpoints(key).exists()


def test_what_is_on_already_is_not_switched_on_again(store):
    key, _ = asked_for(store, allow_fallback=["fp8"], precision="fp8")
    assert lighter(store, key) == ""


def test_segments_that_were_made_without_it_are_not_mixed_with_those_made_with_it(store):
    key, _ = asked_for(store, allow_fallback=["fp8", "tiling"])
    folder = store.checkpoints(key)
    folder.mkdir()
    (folder / "segment-0.safetensors").write_bytes(b"")
    (folder / "fallbacks-0a1b2c3d.json").write_text(json.dumps(["fp8"]))  # it ran out of a GPU's memory before
    assert "tiling" in lighter(store, key)
    assert list(folder.glob("*.safetensors")) == []


@pytest.mark.parametrize("stage", ["render", "encode"])
def test_other_stages_have_no_fallback(store, stage):
    request = Request(stage, 1, "cpu", {"frames": 3}, {})
    ask(store, request)
    assert lighter(store, request.key) == ""
    assert lighter(store, "0" * 64) == ""
