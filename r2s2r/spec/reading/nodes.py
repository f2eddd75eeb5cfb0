"""The tree of a YAML text: plain data that knows where everything stands."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

Loc: TypeAlias = tuple[str | int, ...]
"""The path of a value: keys of mappings, indices of lists."""


class Mark(NamedTuple):
    """A position in a file, counted from 1."""

    line: int
    column: int


@dataclass(slots=True)
class Node:
    """A value.

    Attributes:
        data: It as JSON has it.
        mark: Where it stands.
        entries: If it is a mapping, what it holds.
        items: If it is a list, what it holds.
        size: Number of nodes in it, itself included.
        height: Number of levels.
    """

    data: Any
    mark: Mark
    entries: "dict[str, Entry]" = field(default_factory=dict)
    items: "list[Node]" = field(default_factory=list)
    size: int = 1
    height: int = 1


class Entry(NamedTuple):
    """A value in a mapping, and where its key stands."""

    key: Mark
    node: Node


class Complaint(NamedTuple):
    """Something refused in a tree that could be built all the same."""

    loc: Loc
    mark: Mark
    message: str
