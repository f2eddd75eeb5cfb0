"""Node: one cached step of a shot, before anything is known of its inputs' contents."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from r2s2r.artifacts.action import Action, Request
from r2s2r.artifacts.fingerprint import digest_value
from r2s2r.artifacts.store import Store

Stage = Literal["footage", "mask", "entity", "plate", "edit", "render", "diffuse", "encode"]


@dataclass(frozen=True, eq=False)
class Node:
    """One step: what it runs, with which parameters, on what.

    Attributes:
        name: ``footage``, ``mask:E``, ``entity:E``, ``plate``, ``edit``, ``render``, ``diffuse`` or ``encode``.
        stage: The name without the entity.
        version: The stage's VERSION.
        backend: Which implementation.
        parameters: Only what the stage reads, as JSON.
        inputs: The nodes it reads, by name, in the order of the data.
        files: Role -> outside file.
        blame: The part of the scene this node reads, dotted; its errors are shown there.
    """

    name: str
    stage: Stage
    version: int
    backend: str
    parameters: Mapping[str, Any]
    inputs: tuple["Node", ...] = ()
    files: Mapping[str, Path] = field(default_factory=dict)
    blame: str = ""

    @cached_property
    def recipe(self) -> str:
        """Digest of everything but file contents: nodes of equal recipe are one and the same task."""
        inputs = {node.name: node.recipe for node in self.inputs}
        files = {role: str(path) for role, path in self.files.items()}
        own = [self.name, self.stage, self.version, self.backend, dict(self.parameters)]
        return digest_value([own, inputs, files])


class Ledger:
    """What the store holds of given nodes. A key needs the inputs' results, so a node is only known after those before.

    Remembers what it found fresh, for the length of one plan or task; asks the store again about the rest.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._found: dict[str, Action] = {}
        self._digests: dict[Path, str] = {}

    def request(self, node: Node) -> Request | None:
        """Return what a worker would be asked, or None while an input is not built."""
        inputs = {}
        for before in node.inputs:
            action = self.action(before)
            if action is None:
                return None
            inputs[before.name] = action.result
        return Request(
            stage=node.stage,
            version=node.version,
            backend=node.backend,
            parameters=dict(node.parameters),
            inputs=inputs,
            file_digests={role: self._digest(path) for role, path in node.files.items()},
            files={role: str(path) for role, path in node.files.items()},
        )

    def action(self, node: Node) -> Action | None:
        """Return the node's finished action, or None when it is stale or unknown."""
        if node.recipe in self._found:
            return self._found[node.recipe]
        request = self.request(node)
        action = None if request is None else self.store.action(request.key)
        if action is not None:
            self._found[node.recipe] = action
        return action

    def _digest(self, path: Path) -> str:
        if path not in self._digests:
            self._digests[path] = self.store.files.digest(path)
        return self._digests[path]
