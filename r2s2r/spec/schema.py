"""JSON Schemas of the YAML files, for editors: generated from the specs, so that they cannot drift from them."""

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType, NoneType
from typing import Any, TypeAlias

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from r2s2r.spec.base import Spec
from r2s2r.spec.docstrings import docstring
from r2s2r.spec.entity_files import EntitiesSpec
from r2s2r.spec.project_file import ProjectSpec
from r2s2r.spec.scene import SceneSpec

Schema: TypeAlias = dict[str, Any]

MODELS: Mapping[str, type[Spec]] = MappingProxyType(
    {"scene": SceneSpec, "project": ProjectSpec, "entities": EntitiesSpec}
)

# Draft 7 is what editors' YAML servers know best; nothing below needs more.
_DRAFT = "http://json-schema.org/draft-07/schema#"


def schema_text(name: str) -> str:
    """Return the schema of ``scene``, ``project`` or ``entities`` files as text."""
    model = MODELS[name]
    schema = model.model_json_schema(ref_template="#/definitions/{model}", schema_generator=_Generator)
    definitions = schema.pop("$defs", {})
    schema |= {"title": f"r2s2r {name} file", "definitions": definitions}
    schema = {"$schema": _DRAFT, **schema}
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def type_schema(written: Any) -> Schema:  # noqa: ANN401 - whatever stands in an annotation
    """Return the schema of a value that is no file, as it stands in those of files."""
    return TypeAdapter(written).json_schema(schema_generator=_Generator)


def write_schemas(folder: Path) -> list[Path]:
    """Write all schemas into a folder, as ``scene.schema.json`` and so on; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for name in MODELS:
        files.append(folder / f"{name}.schema.json")
        files[-1].write_text(schema_text(name), encoding="utf-8")
    return files


class _Generator(GenerateJsonSchema):
    """Pydantic's, with draft 7's way to write lists of a fixed length, and docstrings taken apart into descriptions."""

    def tuple_schema(self, schema: core_schema.TupleSchema) -> JsonSchemaValue:
        written = super().tuple_schema(schema)
        items = written.pop("prefixItems", None)
        if items:
            written["items"] = items[0]  # every such list of the language holds items of one kind
        return written

    def tagged_union_schema(self, schema: core_schema.TaggedUnionSchema) -> JsonSchemaValue:
        written = super().tagged_union_schema(schema)
        written.pop("discriminator", None)  # OpenAPI's, not JSON Schema's
        return written

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        written = super().dict_schema(schema)
        return (
            {**written, "additionalProperties": False} if "patternProperties" in written else written
        )  # no other keys

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        written = super().model_schema(schema)
        said = docstring(schema["cls"])
        written["description"] = said.summary
        if said.example is not None:
            written["examples"] = [said.example_data]
        for name, field in written.get("properties", {}).items():
            field["description"] = said.attributes.get(name, said.summary)  # `type` is what the class is
            if isinstance(field.get("default"), (dict, NoneType)):
                field.pop("default", None)
            elif isinstance(field["default"], float) and field.get("type") == "string":
                field["default"] = f"{field['default']:g}x"  # a multiple, as it is written
        return written

    def field_title_should_be_set(self, schema: object) -> bool:
        return False
