"""Merges what is written in several places, the nearest first, and remembers which place each part came from."""

from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from r2s2r.spec.reading.document import Document
from r2s2r.spec.reading.findings import Findings, Problem
from r2s2r.spec.reading.nodes import Loc

Mapping: TypeAlias = dict[str, Any]  # plain data, as read from YAML


@dataclass(frozen=True)
class Layer:
    """A mapping in a file that takes part in a merge.

    Attributes:
        document: The file.
        loc: Where in it.
        data: What takes part of what is written there.
    """

    document: Document
    loc: Loc
    data: Mapping


@dataclass(frozen=True)
class Merged:
    """Layers, the nearest first: a field of a nearer layer replaces the same field of the others.

    Attributes:
        layers: At least one.
        settings: Fields that hold settings: these merge field by field, all the way down.
    """

    layers: tuple[Layer, ...]
    settings: frozenset[str]

    def data(self) -> Mapping:
        """Return the merged mapping."""
        merged: Mapping = {}
        for layer in reversed(self.layers):
            for key, value in layer.data.items():
                merged[key] = _merge(merged.get(key), value) if key in self.settings else value
        return merged

    def document(self, loc: Loc) -> Document | None:
        """Return the file of the nearest layer that has something written at ``loc``; None where none has."""
        for layer in self.layers:
            value: Any = layer.data
            for component in loc:
                value = value.get(str(component)) if isinstance(value, dict) else None
            if value is not None:
                return layer.document
        return None

    def report(self, findings: Findings, problem: Problem, *, note: str = "") -> None:
        """Note a problem at the nearest layer that wrote its field; ``note`` is added if that is not the first one."""
        layer = max(self.layers, key=lambda layer: self._depth(layer, problem.loc))  # the first of equals
        inherited = layer is not self.layers[0]
        there = (*layer.loc, *problem.loc)
        layer.document.report(findings, replace(problem, loc=there), note=note if inherited else "")

    @staticmethod
    def _depth(layer: Layer, loc: Loc) -> int:
        return layer.document.depth((*layer.loc, *loc)) - len(layer.loc) if loc and loc[0] in layer.data else 0


def _merge(further: Any, nearer: Any) -> Any:  # noqa: ANN401 - plain data
    if not isinstance(further, dict) or not isinstance(nearer, dict):
        return nearer
    return {**further, **{key: _merge(further.get(key), value) for key, value in nearer.items()}}
