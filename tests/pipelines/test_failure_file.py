"""``failures/<key>.json``, which may be written by another version in an environment of its own."""

import json
from pathlib import Path

import pytest

from pipelines.failure_file import tell, told
from r2s2r.artifacts.store import Store
from r2s2r.errors import InputError


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path)
    store.prepare()
    return store


def test_what_is_told_is_heard(store: Store):
    tell(store, "a", InputError("too dark \udcff", field="select"))
    said = told(store, "a")
    assert said is not None
    assert (said.explanation["message"], said.explanation["field"]) == ("too dark \udcff", "select")


@pytest.mark.parametrize("text", ["", "[", "[]", "3", '{"explanation": {}, "machine": "a"}', "[" * 100_000])
def test_what_nobody_could_act_on_is_not_heard(store: Store, text: str):
    (store.root / "failures" / "a.json").write_text(text)
    assert told(store, "a") is None


@pytest.mark.parametrize("name", ["message", "kind", "exit_code", "is_expected", "is_of_scene", "field", "details"])
def test_an_explanation_that_lacks_a_part_is_not_heard(store: Store, name: str):
    tell(store, "a", InputError("too dark"))
    path = store.root / "failures" / "a.json"
    said = json.loads(path.read_text())
    del said["explanation"][name]
    path.write_text(json.dumps(said))
    assert told(store, "a") is None
