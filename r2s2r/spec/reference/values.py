"""Values: the words for what may be written as a field."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from r2s2r.spec.base import NAME_PATTERN, Description, FileName, Name
from r2s2r.spec.edited_names import EntityNames
from r2s2r.spec.encode import Fps
from r2s2r.spec.moves import Multiple, Target
from r2s2r.spec.reference.kinds import Kind
from r2s2r.spec.schema import Schema, type_schema
from r2s2r.spec.times import Time

_UNITS: Mapping[str, str] = MappingProxyType(
    {
        "_m_s2": "m/s²",
        "_m": "metres",
        "_mm": "millimetres",
        "_px": "pixels",
        "degrees": "degrees",
        "_deg": "degrees",
        "_s": "seconds",
        "hz": "per second",
        "_gb": "gigabytes",
        "fps": "frames a second",
        "width": "pixels",
        "height": "pixels",
        "frames": "frames",
        "frame": "frames",
        "turns": "turns",
        "_wxyz": "quaternion",
    }
)
# What a field does not say about itself.
_SAID_ELSEWHERE = ("description", "default", "title", "examples")


# Types that have a name of their own: [words](#anchor), where it is explained.
_NAMED: tuple[tuple[Schema, str], ...] = (
    (type_schema(Time), "[time](#values)"),
    (type_schema(Multiple), "[multiple](#values)"),
    (type_schema(Target), "[target](#values)"),
    (type_schema(Name), "[name](#values)"),
    (type_schema(EntityNames), "[names](#values)"),
    (type_schema(FileName), "file or name"),
    (type_schema(Description), "text"),
    (type_schema(Fps), "number or fraction (`30000/1001`)"),
)


def unit(field: str, value: Schema) -> str:
    """Return the unit of a field, which its name ends in; nothing for what has none, as a multiple (`height: 0.5x`)."""
    if type_schema(Multiple) in _choices(value):
        return ""
    return next((unit for end, unit in _UNITS.items() if field.endswith(end)), "")


def default(field: str, kind: Kind) -> str:
    """Return what a field is if nothing is written."""
    if field in kind.schema.get("required", ()):
        return "**required**"
    value = kind.schema["properties"][field].get("default")
    if value is None or value == {}:
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{_tidy(value)}`"


def _tidy(value: Any) -> str:  # noqa: ANN401 - any plain value
    """Write a value as people do: 5, not 5.0."""
    if isinstance(value, list):
        return f"[{', '.join(map(_tidy, value))}]"
    return f"{value:g}" if isinstance(value, float) else str(value)


def words(value: Schema, kinds: Mapping[str, Kind]) -> str:
    """Return what may be written, with links to the kinds it is made of."""
    bare = {key: part for key, part in value.items() if key not in _SAID_ELSEWHERE}
    choices = _choices(bare)
    for schema, name in _NAMED:
        if bare == schema or (choices and choices == _choices(schema)):
            return name
    if "$ref" in bare:
        kind = kinds[bare["$ref"].rsplit("/", 1)[-1]]
        return f"[{kind.title}](#{kind.anchor})"
    if choices:
        return _choice(choices, kinds)
    if "const" in bare or "enum" in bare:
        return _one_of([f"`{word}`" for word in bare["enum"]] if "enum" in bare else [f"`{bare['const']}`"])
    return _plain(bare, kinds)


def _choices(bare: Schema) -> list[Schema]:
    """Return the schemas of which a value meets one; that it may be left out is no choice."""
    return [part for part in (bare.get("anyOf") or bare.get("oneOf") or ()) if part.get("type") != "null"]


def _choice(choices: list[Schema], kinds: Mapping[str, Kind]) -> str:
    """Join what may be written; many moves or edits are not counted up, since their section does."""
    of = [kinds[choice["$ref"].rsplit("/", 1)[-1]] for choice in choices if "$ref" in choice]
    if len(of) > 4:
        what = of[0].title.partition(":")[0]
        return {"camera": "[camera moves](#camera-moves)", "edit": "[edits](#edits)"}[what]
    return _one_of(list(dict.fromkeys(words(choice, kinds) for choice in choices)))


def _plain(bare: Schema, kinds: Mapping[str, Kind]) -> str:
    match bare.get("type"):
        case "boolean":
            return "`true` or `false`"
        case "integer":
            return "whole number" + _bounds(bare)
        case "number":
            return "number" + _bounds(bare)
        case "array":
            return _list(bare, kinds)
        case "object":
            return _mapping(bare, kinds)
        case _:
            return "text"


def _mapping(bare: Schema, kinds: Mapping[str, Kind]) -> str:
    if "patternProperties" not in bare:
        names = bare.get("propertyNames", {})
        key = _one_of([f"`{name}`" for name in names["enum"]]) if "enum" in names else "text"
        return f"{key} → {words(bare['additionalProperties'], kinds)}"
    pattern, inner = next(iter(bare["patternProperties"].items()))
    key = "[name](#values)" if pattern == NAME_PATTERN else "[names](#values)"
    return f"{key} → {words(inner, kinds)}"


def _list(bare: Schema, kinds: Mapping[str, Kind]) -> str:
    items, fewest = bare["items"], bare.get("minItems", 0)
    if fewest and fewest == bare.get("maxItems"):
        plain = {"number": "numbers", "integer": "whole numbers"}.get(items.get("type"))
        return f"{fewest} {plain}{_bounds(items)}" if plain else f"{fewest} of {words(items, kinds)}"
    each = " each" if items.get("type") == "array" else ""
    return f"list of {words(items, kinds)}{each}" + (f", at least {fewest} of them" if fewest else "")


def _bounds(bare: Schema) -> str:
    """Say which numbers are allowed; limits that only keep a computer's integers whole are left out."""
    parts = []
    if "exclusiveMinimum" in bare and bare["exclusiveMinimum"] >= bare.get("minimum", bare["exclusiveMinimum"]):
        parts.append(f"above {bare['exclusiveMinimum']:g}")
    if "minimum" in bare:
        parts.append(f"{bare['minimum']:g} or more")
    if "exclusiveMaximum" in bare and bare["exclusiveMaximum"] < 2**31:
        parts.append(f"below {bare['exclusiveMaximum']:g}")
    if "maximum" in bare:
        parts.append(f"at most {bare['maximum']:g}")
    if "multipleOf" in bare:
        parts.append(f"a multiple of {bare['multipleOf']:g}")
    return f" ({', '.join(parts)})" if parts else ""


def _one_of(words_: list[str]) -> str:
    return words_[0] if len(words_) == 1 else f"{', '.join(words_[:-1])} or {words_[-1]}"
