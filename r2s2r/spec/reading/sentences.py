"""The sentences in which a value is refused: what is needed, what is there, what to write instead."""

import re
from collections.abc import Callable
from typing import Any, TypeAlias

from pydantic_core import ErrorDetails

from r2s2r.spec.base import NAME_PATTERN
from r2s2r.spec.edited_names import NAMES_PATTERN
from r2s2r.spec.encode import FRACTION_PATTERN
from r2s2r.spec.farm import (
    CONSTRAINT_PATTERN,
    PROGRAM_PATTERN,
    SLURM_NAME_PATTERN,
    VARIABLE_PATTERN,
    WORD_PATTERN,
)
from r2s2r.spec.night import URL_PATTERN, WINDOW_PATTERN
from r2s2r.spec.project_file import SHA256_PATTERN
from r2s2r.spec.reading.fields import Place
from r2s2r.spec.reading.suggest import did_you_mean
from r2s2r.spec.remote import BUCKET_PATTERN

Sentence: TypeAlias = Callable[[ErrorDetails, Place], str]

_MOST_SHOWN = 40
_SIGNS = {"gt": ">", "ge": ">=", "lt": "<", "le": "<="}
_NUMBER_AND_UNIT = re.compile(r"\s*([-+]?\d+(?:\.\d+)?)\s*([^\d\s.,]*)\s*")
_PATTERNS = {
    NAME_PATTERN: "is not a name: a letter, then at most 63 of letters, digits and _ . -",
    NAMES_PATTERN: "names no entities: write a name, several (bunny, crate) or a pattern (crate.*)",
    FRACTION_PATTERN: "is not a rate: write frames a second, 24 or 24000/1001",
    SHA256_PATTERN: "is not a SHA-256: 64 hexadecimal digits, as `r2s2r doctor --pin` writes them",
    SLURM_NAME_PATTERN: "is not a name as Slurm has them: letters, digits and _ . : -",
    CONSTRAINT_PATTERN: "is not a constraint as Slurm has them: names of features, joined by & or |",
    WORD_PATTERN: "has a character in it that no program can be given (NUL)",
    PROGRAM_PATTERN: "is not a path: ~ is not expanded here; write the whole path, or one relative to this file",
    VARIABLE_PATTERN: "is not the name of a variable: letters, digits and _, no digit first",
    WINDOW_PATTERN: "is not a window: write its beginning and its end by the clock, 22:00-07:00",
    URL_PATTERN: "is not an address: write https://...",
    BUCKET_PATTERN: "is not a bucket: write s3://bucket/prefix",
}


def sentence(detail: ErrorDetails, place: Place) -> str:
    """Say what is wrong with the value at ``place``."""
    say = _SENTENCES.get(detail["type"])
    return say(detail, place) if say else _other(detail, place)


def written(value: Any) -> str:  # noqa: ANN401 - whatever YAML holds
    """Say what was written, e.g. ``the text 'fast'``."""
    if isinstance(value, str):
        return f"the text {_quoted(value)}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return _number(value)
    if value is None:
        return "null"
    return "a list" if isinstance(value, (list, tuple)) else "a mapping"


def wrong_length(detail: ErrorDetails, place: Place) -> str:
    """Say how many items a list has to have."""
    context, length = detail.get("ctx", {}), place.length()
    has = len(detail["input"])
    if length is not None:
        return f"needs {length} numbers, has {has}"
    if "min_length" in context:
        return f"needs at least {context['min_length']}, has {has}"
    return f"must have at most {context['max_length']}, has {has}"


def _quoted(text: str) -> str:
    return repr(text) if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]!r}..."


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else f"{value:.15g}"


def _missing(_: ErrorDetails, __: Place) -> str:
    return "is missing; it has to be given"


def _literal(detail: ErrorDetails, _: Place) -> str:
    choices = [choice.strip("'") for choice in detail["ctx"]["expected"].replace(" or ", ", ").split(", ")]
    value = detail["input"]
    allowed = f"one of {', '.join(choices)}" if len(choices) > 1 else choices[0]
    if isinstance(value, str):
        return f"must be {allowed}, is {_quoted(value)}{did_you_mean(value, choices)}"
    return f"must be {allowed}, is {written(value)}"


def _bound(detail: ErrorDetails, _: Place) -> str:
    bounds = [f"{sign} {_number(detail['ctx'][name])}" for name, sign in _SIGNS.items() if name in detail["ctx"]]
    return f"must be {' and '.join(bounds)}, is {written(detail['input'])}"


def _pattern(detail: ErrorDetails, _: Place) -> str:
    pattern = detail["ctx"]["pattern"]
    return f"{_quoted(detail['input'])} {_PATTERNS.get(pattern, f'does not match {pattern}')}"


def _list(detail: ErrorDetails, place: Place) -> str:
    length = place.length()
    return _needs(f"a list of {length} numbers" if length else "a list")(detail, place)


def _own(detail: ErrorDetails, _: Place) -> str:
    return str(detail["ctx"]["error"])


def _other(detail: ErrorDetails, _: Place) -> str:
    return f"{detail['msg'][:1].lower()}{detail['msg'][1:]}, is {written(detail['input'])}"


def _needs(wanted: str) -> Sentence:
    def say(detail: ErrorDetails, _: Place) -> str:
        value = detail["input"]
        if value is None:
            return f"needs {wanted}, is null; leave the key out for its default"
        return f"needs {wanted}, is {written(value)}{_remedy(wanted, value)}"

    return say


def _remedy(wanted: str, value: Any) -> str:  # noqa: ANN401 - whatever YAML holds
    if wanted == "text":
        return "; put it in quotes" if isinstance(value, (bool, int, float)) else ""
    if isinstance(value, str) and wanted.endswith(" number") and (parts := _NUMBER_AND_UNIT.fullmatch(value)):
        return f"; write {parts[1]}, without {parts[2]!r}" if parts[2] else "; remove the quotes"
    return ""


_MAPPING = _needs("a mapping (key: value)")
_WHOLE_NUMBER = _needs("a whole number")

_SENTENCES: dict[str, Sentence] = {
    "missing": _missing,
    "literal_error": _literal,
    "greater_than": _bound,
    "greater_than_equal": _bound,
    "less_than": _bound,
    "less_than_equal": _bound,
    "string_pattern_mismatch": _pattern,
    "string_too_short": lambda _, __: "must not be empty",
    "string_too_long": lambda detail, _: f"must have at most {detail['ctx']['max_length']} characters",
    "too_short": wrong_length,
    "too_long": wrong_length,
    "tuple_type": _list,
    "string_type": _needs("text"),
    "float_type": _needs("a number"),
    "int_type": _WHOLE_NUMBER,
    "int_from_float": _WHOLE_NUMBER,
    "bool_type": _needs("true or false"),
    "dict_type": _MAPPING,
    "model_type": _MAPPING,
    "model_attributes_type": _MAPPING,
    "value_error": _own,
}
