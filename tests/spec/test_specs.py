"""Specs are frozen, and what they dump can be read again."""

import pytest
from pydantic import ValidationError

from r2s2r.spec.edit import EditSpec
from r2s2r.spec.entities import EntitySpec

FULL = """\
shots:
  a:
    camera:
      - {type: orbit, around: bunny, degrees: 24, from: 0.5s, to: 50%}
      - {type: keyframes, keys: [{at: 90%, look_at: [1, 2, 3], position_m: [0, 1, 0]}]}
      - {type: dolly, distance_m: 1, towards: bunny}
    edits:
      bunny: [{type: transform, keys: [{at: 0.1, scale: [1, 2, 1]}]}, {type: remove, from: 33.3333333333%}]
    encode: {deliver_fps: 30000/1001}
"""


def test_a_resolved_scenes_specs_read_the_same_from_their_dumps(load):
    scene = load(FULL)
    shot = scene.shots["a"]
    specs = [scene.source, shot.edit, shot.render, shot.diffuse, shot.encode, scene.entities["bunny"].spec]
    for spec in specs:
        assert type(spec).model_validate_json(spec.model_dump_json()) == spec


def test_dumps_use_the_words_of_the_language(load):
    edit = load(FULL).shots["a"].edit.model_dump(mode="json")
    assert (edit["camera"][0]["from"], edit["camera"][0]["to"]) == ("0.5s", "50%")
    assert EntitySpec.model_validate({"copy": "bunny"}).model_dump()["copy"] == "bunny"


def test_specs_cannot_be_changed(load):
    edit = load(FULL).shots["a"].edit
    with pytest.raises(ValidationError, match="frozen"):
        edit.frames = 3


def test_an_edit_may_be_built_in_code():
    output = {"width": 64, "height": 64, "fps": 16, "fit": "crop"}
    edit = EditSpec.model_validate({"frames": 3, "camera": (), "edits": {}, "output": output})
    assert edit.frames == 3
