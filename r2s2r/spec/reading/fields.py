"""Finds a field's type from the path pydantic gives, and takes the labels of unions out of that path."""

from collections.abc import Iterator
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Literal, NamedTuple, TypeAlias, Union, get_args, get_origin

from pydantic import BaseModel, Tag

from r2s2r.spec.reading.nodes import Loc

Annotation: TypeAlias = Any  # a type, Annotated[...], a union: typing has no type for them


class Member(NamedTuple):
    """One of the types a value may have, and the label pydantic's paths give it where there are several."""

    label: str | None
    type: Annotation


@dataclass(frozen=True)
class Place:
    """Where an error is.

    Attributes:
        loc: The path as it is in the file.
        members: The types a value may have there; empty where the language has no such place.
    """

    loc: Loc
    members: tuple[Member, ...]

    def keys(self) -> tuple[str, ...]:
        """Return the keys a mapping may have here, as they are written."""
        models = (member.type for member in self.members if _is_model(member.type))
        return tuple(dict.fromkeys(key for model in models for key in _fields(model)))

    def labels(self) -> tuple[str, ...]:
        """Return the values ``type`` may have here."""
        return tuple(member.label for member in self.members if member.label is not None)

    def length(self) -> int | None:
        """Return how many items a list has to have here; None where any number goes."""
        for member in self.members:
            if _is_list(member.type) and Ellipsis not in get_args(member.type):
                return len(get_args(member.type))
        return None


def place_of(model: type[BaseModel], pydantic_loc: Loc) -> Place:
    """Follow a path of pydantic's, starting at ``model``."""
    members: tuple[Member, ...] = (Member(None, model),)
    loc: Loc = ()
    for component in pydantic_loc:
        if len(members) > 1:  # Pydantic says next which one it chose.
            members = tuple(member for member in members if member.label == component)
        elif component != "[key]":
            members = _child(members, component)
            loc = (*loc, component)
    return Place(loc, members)


def _child(members: tuple[Member, ...], component: str | int) -> tuple[Member, ...]:
    for member in members:
        if _is_model(member.type):
            annotation = _fields(member.type).get(str(component))
            return () if annotation is None else tuple(_members(annotation))
        if _is_list(member.type):
            return tuple(_members(get_args(member.type)[0]))
        if arguments := get_args(member.type):  # a dict's
            return tuple(_members(arguments[-1]))
    return ()


def _members(annotation: Annotation) -> Iterator[Member]:
    """Yield the types of an annotation: unions spread out, None left out."""
    origin: Any = get_origin(annotation)
    if origin is Annotated:
        inner, *metadata = get_args(annotation)
        labels = [note.tag for note in metadata if isinstance(note, Tag)]
        for member in _members(inner):
            yield Member(labels[0], member.type) if labels else member
    elif origin in (Union, UnionType):
        for part in get_args(annotation):
            yield from _members(part)
    elif annotation is not type(None):
        yield Member(_type_label(annotation), annotation)


def _type_label(annotation: Annotation) -> str | None:
    """Return the value of a model's ``type`` field, which unions of models are told apart by."""
    field = annotation.model_fields.get("type") if _is_model(annotation) else None
    return get_args(field.annotation)[0] if field is not None and get_origin(field.annotation) is Literal else None


def _fields(model: type[BaseModel]) -> dict[str, Annotation]:
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}


def _is_list(annotation: Annotation) -> bool:
    origin: Any = get_origin(annotation)
    return origin is tuple


def _is_model(annotation: Annotation) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
