"""Kinds: every mapping that the language knows, where it may stand, and what it is called there."""

import json
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_args

from pydantic.fields import FieldInfo

from r2s2r.spec.base import Spec
from r2s2r.spec.docstrings import docstring
from r2s2r.spec.schema import MODELS, Schema, schema_text

NAME = "NAME"
"""Stands in places for a name that the author chooses."""

_REF = "#/definitions/"


@dataclass(frozen=True)
class Kind:
    """A mapping of the language, with fields of its own.

    Attributes:
        spec: Its class.
        file: Which file it was found in first: ``scene``, ``project`` or ``entities``.
        places: Where it stands, the one nearest to the top first: ``shots.NAME.camera[orbit]``.
        schema: Its JSON Schema.
    """

    spec: type[Spec]
    file: str
    places: tuple[str, ...]
    schema: Schema

    @property
    def type(self) -> str | None:
        """What it says as ``type``, where kinds are told apart by that."""
        const: str | None = self.schema.get("properties", {}).get("type", {}).get("const")
        return const

    @property
    def example(self) -> str:
        """One of it, as YAML."""
        return docstring(self.spec).example or ""

    @property
    def fields(self) -> list[str]:
        """Its fields but ``type``: its own first, then those that it shares with others."""
        shared = {field.alias or name for base in self.spec.__mro__[1:] for name, field in _fields(base).items()}
        names = [name for name in self.schema["properties"] if name != "type"]
        return sorted(names, key=shared.__contains__)

    @property
    def title(self) -> str:
        """Its heading."""
        place = self.places[0]
        for before, after in _SHORT.items():
            place = place.replace(before, after)
        return re.sub(r"\[(\w+)\]", r": \1", place) or _FILES[self.file]

    @property
    def anchor(self) -> str:
        """Its heading as Markdown's links name it."""
        return re.sub(r"[^\w -]", "", self.title.lower()).replace(" ", "-")


_SHORT = {f"shots.{NAME}.camera[": "camera[", f"shots.{NAME}.edits.{NAME}[": "edit["}
_FILES = {"scene": "The scene file", "project": "The project file, r2s2r.yaml", "entities": "A file of entities"}


def kinds() -> dict[str, Kind]:
    """Return every kind by the name of its spec, those nearest to the top of a scene first."""
    found: dict[str, Kind] = {}
    for file, model in MODELS.items():
        whole = json.loads(schema_text(file))
        specs = {file: model} | {spec.__name__: spec for spec in _inside(model)}
        for name, where in _places(file, whole).items():
            schema = whole if name == file else whole["definitions"][name]
            found.setdefault(name, Kind(specs[name], file, tuple(where), schema))
    return found


def _fields(model: type) -> dict[str, FieldInfo]:
    return model.model_fields if issubclass(model, Spec) else {}


def _inside(model: type[Spec]) -> Iterator[type[Spec]]:
    """Yield the specs that a spec is made of, at any depth."""
    waiting: list[Any] = [field.annotation for field in model.model_fields.values()]
    while waiting:
        written = waiting.pop()
        if isinstance(written, type) and issubclass(written, Spec):
            yield written
            waiting += [field.annotation for field in written.model_fields.values()]
        waiting += get_args(written)


def _places(file: str, whole: Schema) -> dict[str, list[str]]:
    """Return kind -> its places, breadth first; below a kind that stands in several places, those of the first one."""
    found = {file: [""]}
    waiting = deque([("", whole)])
    while waiting:
        place, schema = waiting.popleft()
        for field, value in schema.get("properties", {}).items():
            for inner, name in _below(f"{place}.{field}".lstrip("."), value, whole["definitions"]):
                if name not in found:
                    found[name] = []
                    waiting.append((inner, whole["definitions"][name]))
                if inner not in found[name]:
                    found[name].append(inner)
    return found


def _below(place: str, value: Schema, definitions: Schema) -> Iterator[tuple[str, str]]:
    """Yield place and name of the kinds that a value may be or hold."""
    if "$ref" in value:
        name = value["$ref"].removeprefix(_REF)
        kind = definitions[name].get("properties", {}).get("type", {}).get("const")
        yield (re.sub(r"\[\]$", f"[{kind}]", place) if kind else place), name
    for part in (*value.get("anyOf", ()), *value.get("oneOf", ()), *value.get("allOf", ())):
        yield from _below(place, part, definitions)
    if isinstance(value.get("items"), dict):
        yield from _below(f"{place}[]", value["items"], definitions)
    for part in (*value.get("patternProperties", {}).values(), value.get("additionalProperties")):
        if isinstance(part, dict):
            yield from _below(f"{place}.{NAME}", part, definitions)
