"""The checked-in JSON Schemas are those of the specs."""

import json
import re
from pathlib import Path

import pytest

from r2s2r.spec.schema import MODELS, schema_text, write_schemas

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"


@pytest.mark.parametrize("name", list(MODELS))
def test_the_checked_in_schema_is_the_generated_one(name):
    checked_in = (SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8")
    assert checked_in == schema_text(name), "run `make schemas`"


def test_all_are_written_into_a_folder(tmp_path):
    files = write_schemas(tmp_path / "new")
    assert [file.name for file in files] == ["scene.schema.json", "project.schema.json", "entities.schema.json"]
    assert all(json.loads(file.read_text(encoding="utf-8")) for file in files)


@pytest.mark.parametrize("name", list(MODELS))
def test_it_is_plain_draft_7(name):
    text = schema_text(name)
    schema = json.loads(text)
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert not re.search(r'"(prefixItems|\$defs|discriminator|unevaluated\w+)"', text)
    references = set(re.findall(r'"\$ref": "#/definitions/(\w+)"', text))
    assert references == set(schema["definitions"])


@pytest.mark.parametrize("name", list(MODELS))
def test_every_field_has_a_description(name):
    schema = json.loads(schema_text(name))
    for model in (schema, *schema["definitions"].values()):
        for key, field in model["properties"].items():
            assert field.get("description"), f"{model['title']}.{key} has none: say it in the docstring"
            assert "``" not in field["description"]


def test_lists_of_a_fixed_length_say_so():
    place = json.loads(schema_text("scene"))["definitions"]["PlaceSpec"]["properties"]["rotate_deg"]
    assert (place["items"], place["minItems"], place["maxItems"]) == ({"type": "number"}, 3, 3)


def test_exactly_one_origin_is_said():
    entity = json.loads(schema_text("scene"))["definitions"]["EntitySpec"]
    assert entity["oneOf"] == [{"required": ["select"]}, {"required": ["asset"]}, {"required": ["copy"]}]


def test_words_of_the_language_are_used():
    orbit = json.loads(schema_text("scene"))["definitions"]["OrbitMove"]["properties"]
    assert set(orbit) == {"type", "around", "degrees", "from", "to", "ease"}
