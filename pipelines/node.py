"""Node: one cached step of a shot, before anything is known of its inputs' contents."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from r2s2r.artifacts.action import Action, Request
from r2s2r.artifacts.fingerprint import digest_value
from r2s2r.artifacts.store import Store
from r2s2r.errors import InputError, MissingError
from r2s2r.models.weights import locate
from r2s2r.spec.perception import PerceptionSpec
from r2s2r.spec.video_model import VideoModelSpec

Stage = Literal[
    "footage", "mask", "traces", "depth", "camera", "entity", "motion", "plate",
    "edit", "render", "turntable", "control", "reference", "diffuse", "encode",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class Node:
    """One step: what it runs, with which parameters, on what.

    Attributes:
        name: The stage, with the entity or variant where there are several: ``mask:bunny``, ``diffuse:seed=2``.
        stage: The name without what follows the colon.
        version: The stage's VERSION.
        backend: Which implementation.
        parameters: Only what the stage reads, as JSON.
        inputs: The nodes it reads, by name, in the order of the data.
        files: Role -> outside file.
        model: The model it runs; None for most.
        weights: Role -> weights of its model, an absolute folder or a name on the hub, which may not be here.
        pins: Role -> SHA-256 that the project says its weights have.
        tools: Role -> what this machine does it with: a worker's environment; null where it is not configured.
        blame: The part of the scene this node reads, dotted; its errors are shown there.
    """

    name: str
    stage: Stage
    version: int
    backend: str
    parameters: Mapping[str, Any]
    inputs: tuple["Node", ...] = ()
    files: Mapping[str, Path] = field(default_factory=dict)
    model: VideoModelSpec | PerceptionSpec | None = None
    weights: Mapping[str, str] = field(default_factory=dict)
    pins: Mapping[str, str] = field(default_factory=dict)
    tools: Mapping[str, Any] = field(default_factory=dict)
    blame: str = ""

    @cached_property
    def recipe(self) -> str:
        """Digest of everything but file contents: nodes of equal recipe are one and the same task."""
        inputs = {node.name: node.recipe for node in self.inputs}
        files = {role: str(path) for role, path in self.files.items()} | dict(self.weights)
        own = [self.name, self.stage, self.version, self.backend, dict(self.parameters)]
        return digest_value([own, inputs, files])


def needed_by(nodes: Iterable[Node]) -> set[str]:
    """Return the names of these nodes and of all that they read."""
    needed, wanted = set(), list(nodes)
    while wanted:
        node = wanted.pop()
        if node.name not in needed:
            needed.add(node.name)
            wanted.extend(node.inputs)
    return needed


class Ledger:
    """What the store holds of given nodes. A key needs the inputs' results, so a node is only known after those before.

    Remembers what it found fresh, for the length of one plan or task; asks the store again about the rest.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._found: dict[str, Action] = {}
        self._digests: dict[Path, str] = {}
        self._located: dict[str, Path | MissingError] = {}

    def request(self, node: Node) -> Request | None:
        """Return what a worker would be asked, or None while an input is not built or weights are not known.

        Weights that are pinned are known without being here. Raises InputError when those here are others.
        """
        inputs = {}
        for before in node.inputs:
            action = self.action(before)
            if action is None:
                return None
            inputs[before.name] = action.result
        files = {**node.files, **self.folders(node)}
        digests = {**node.pins, **{role: self._digest(path) for role, path in files.items()}}
        if not digests.keys() >= {*node.files, *node.weights}:
            return None
        _check_pins(node, digests)
        return Request(
            stage=node.stage,
            version=node.version,
            backend=node.backend,
            parameters=dict(node.parameters),
            inputs=inputs,
            file_digests=digests,
            files={role: str(path) for role, path in files.items()},
            tools=dict(node.tools),
        )

    def action(self, node: Node) -> Action | None:
        """Return the node's finished action, or None when it is stale or unknown."""
        found = self._found.get(node.recipe)  # asked once: another thread may fetch it now, and have it forgotten
        if found is not None:
            return found
        request = self.request(node)
        action = None if request is None else self.store.action(request.key) or self._behind(request)
        if action is not None:
            self._found[node.recipe] = action
        return action

    def is_here(self, node: Node) -> bool:
        """Whether the node's result is in the store's folder: one that is only on the second level is done, too."""
        action = self.action(node)
        return action is not None and (self.store.second is None or self.store.has(action.result))

    def fetch(self, node: Node) -> bool:
        """Bring a node's result into the store's folder where only the second level has it; return whether it is here.

        One that cannot be had is not done any more. Raises StoreError when the folder cannot be written.
        """
        action = self.action(node)
        if action is not None and self.store.second is not None and not self.store.has(action.result):
            self.store.second.fetch(self.store, action.request)
            self._found.pop(node.recipe, None)
        return self.is_here(node)

    def _behind(self, request: Request) -> Action | None:
        """Return what the store's second level says of a request; nothing is fetched for that."""
        return None if self.store.second is None else self.store.second.action(request)

    def facts(self, node: Node) -> dict[str, Any] | None:
        """Return what a node's artefact states in ``facts.json``, or None when it is stale, unknown or not here."""
        action = self.action(node)
        if action is None or not self.is_here(node):
            return None
        facts: dict[str, Any] = json.loads((self.store.object(action.result) / "facts.json").read_bytes())
        return facts

    def findings(self, node: Node) -> tuple[str, ...]:
        """Return what a person should know of a node's artefact, each with the node's name; none when it is stale."""
        facts = self.facts(node)
        return () if facts is None else tuple(f"{node.name}: {finding}" for finding in facts["findings"])

    def absent(self, node: Node) -> tuple[str, ...]:
        """Say which of the node's weights are not on this machine, and how to get them."""
        found = (self._locate(written) for written in node.weights.values())
        return tuple(str(one) for one in found if isinstance(one, MissingError))

    def folders(self, node: Node) -> dict[str, Path]:
        """Return role -> folder of those of the node's weights that are on this machine."""
        found = {role: self._locate(written) for role, written in node.weights.items()}
        return {role: one for role, one in found.items() if isinstance(one, Path)}

    def _locate(self, written: str) -> Path | MissingError:
        if written not in self._located:
            try:
                self._located[written] = locate(written, folder=Path())
            except MissingError as error:
                self._located[written] = error
        return self._located[written]

    def _digest(self, path: Path) -> str:
        if path not in self._digests:
            self._digests[path] = self.store.files.digest(path)
        return self._digests[path]


def _check_pins(node: Node, digests: Mapping[str, str]) -> None:
    for role, pin in node.pins.items():
        if digests[role] != pin:
            raise InputError(
                f"{node.weights[role]}: the project pins these weights as {pin[:12]}..., but those here are "
                f"{digests[role][:12]}...; get the same ones, or let `r2s2r doctor SCENE --pin` pin these",
                field=role,
            )
