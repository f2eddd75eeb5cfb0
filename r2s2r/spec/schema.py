"""JSON Schemas of the YAML files, for editors: generated from the specs, so that they cannot drift from them."""

import inspect
import json
import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType, NoneType
from typing import Any, TypeAlias

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from r2s2r.spec.base import Spec
from r2s2r.spec.entity_files import EntitiesSpec
from r2s2r.spec.project_file import ProjectSpec
from r2s2r.spec.scene import SceneSpec

Schema: TypeAlias = dict[str, Any]

MODELS: Mapping[str, type[Spec]] = MappingProxyType(
    {"scene": SceneSpec, "project": ProjectSpec, "entities": EntitiesSpec}
)

# Draft 7 is what editors' YAML servers know best; nothing below needs more.
_DRAFT = "http://json-schema.org/draft-07/schema#"

# `    name: What it is.` under "Attributes:", with the deeper lines that go on with it.
_ATTRIBUTE = re.compile(r"^    (?P<name>\w+): (?P<text>.+(?:\n {8}.+)*)", re.MULTILINE)


def schema_text(name: str) -> str:
    """Return the schema of ``scene``, ``project`` or ``entities`` files as text."""
    model = MODELS[name]
    schema = model.model_json_schema(ref_template="#/definitions/{model}", schema_generator=_Generator)
    definitions = schema.pop("$defs", {})
    schema |= {"title": f"r2s2r {name} file", "definitions": definitions}
    schema = {"$schema": _DRAFT, **schema}
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


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
        return {**super().dict_schema(schema), "additionalProperties": False}  # keys that are no names

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        written = super().model_schema(schema)
        summary, attributes = _docstring(schema["cls"])
        written["description"] = summary
        for name, field in written.get("properties", {}).items():
            field["description"] = attributes.get(name, summary)  # `type` is what the class is
            if isinstance(field.get("default"), (dict, NoneType)):
                field.pop("default", None)
        return written

    def field_title_should_be_set(self, schema: object) -> bool:
        return False


def _docstring(model: type) -> tuple[str, dict[str, str]]:
    """Return what a class's docstring says of the class and of its attributes, those of its bases included."""
    attributes: dict[str, str] = {}
    for base in reversed(model.__mro__):
        _, _, section = inspect.cleandoc(base.__doc__ or "").partition("\n\nAttributes:\n")
        attributes |= {found["name"]: _plain(found["text"]) for found in _ATTRIBUTE.finditer(section)}
    summary = inspect.cleandoc(model.__doc__ or "").partition("\n\nAttributes:\n")[0]
    return _plain(summary), attributes


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("``", "`")
