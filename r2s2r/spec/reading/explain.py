"""Turns what pydantic refuses into problems with a place in the file and a plain sentence."""

from collections.abc import Iterator

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from r2s2r.spec.reading.fields import Place, place_of
from r2s2r.spec.reading.findings import Problem
from r2s2r.spec.reading.sentences import sentence, wrong_length
from r2s2r.spec.reading.suggest import did_you_mean


def problems(error: ValidationError, model: type[BaseModel]) -> Iterator[Problem]:
    """Yield what is wrong with data that was to become a ``model``, each thing once, in pydantic's order."""
    details = [detail for detail in error.errors(include_url=False) if not _is_echo(detail)]
    yield from dict.fromkeys(_problem(detail, model) for detail in details)


def _is_echo(detail: ErrorDetails) -> bool:
    """Tell whether a list is called too short only because some of its items, errors themselves, were not counted."""
    return detail["type"] == "too_short" and len(detail["input"]) >= detail["ctx"]["min_length"]


def _problem(detail: ErrorDetails, model: type[BaseModel]) -> Problem:
    loc = detail["loc"]
    place, parent = place_of(model, loc), place_of(model, loc[:-1])
    match detail["type"]:
        case "extra_forbidden":
            return Problem(place.loc, _unknown_key(str(loc[-1]), parent), in_key=True)
        case "missing" if isinstance(loc[-1], int):  # pydantic misses the items of a list of fixed length one by one
            return Problem(parent.loc, wrong_length(detail, parent))
        case "union_tag_invalid":
            return Problem((*place.loc, "type"), _unknown_type(str(detail["ctx"]["tag"]), place))
        case "union_tag_not_found":
            return Problem((*place.loc, "type"), f"is missing; give one of {', '.join(place.labels())}")
        case _:
            return Problem(place.loc, sentence(detail, place), in_key=loc[-1:] == ("[key]",))


def _unknown_key(key: str, parent: Place) -> str:
    allowed = sorted(parent.keys())
    return f"unknown key{did_you_mean(key, allowed)}; allowed here: {', '.join(allowed)}"


def _unknown_type(tag: str, place: Place) -> str:
    return f"must be one of {', '.join(place.labels())}, is {tag!r}{did_you_mean(tag, place.labels())}"
