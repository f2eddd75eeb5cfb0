"""``r2s2r schema``."""

import json

import pytest

from r2s2r.spec.reference import reference_text
from r2s2r.spec.schema import MODELS, schema_text


def test_the_scenes_schema_is_printed(r2s2r):
    ended = r2s2r("schema")
    assert (ended.code, ended.out) == (0, schema_text("scene"))


@pytest.mark.parametrize("kind", MODELS)
def test_any_kind_may_be_asked_for(r2s2r, kind):
    assert json.loads(r2s2r("schema", kind).out)["title"] == f"r2s2r {kind} file"


def test_the_reference_is_printed(r2s2r):
    ended = r2s2r("schema", "reference")
    assert (ended.code, ended.out) == (0, reference_text())


def test_all_are_written(r2s2r, folder):
    ended = r2s2r("schema", "--write")
    written = [f"schemas/{kind}.schema.json" for kind in MODELS]
    assert ended.out.splitlines() == [f"wrote {file}" for file in (*written, "docs/scene-reference.md")]
    assert (folder / "docs" / "scene-reference.md").read_text(encoding="utf-8") == reference_text()
    assert (folder / "schemas" / "scene.schema.json").read_text(encoding="utf-8") == schema_text("scene")


@pytest.mark.parametrize("folder_of", ["--folder", "--docs"])
def test_a_place_that_cannot_be_written_is_said(r2s2r, folder_of):
    ended = r2s2r("schema", "--write", folder_of, "clip.mp4")
    assert (ended.code, ended.out) == (2, "")
    assert "clip.mp4: cannot write there" in ended.err
