"""Plan: which nodes of a shot are fresh, stale or unknown, and why."""

import json
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from pipelines.node import Ledger, Node, needed_by
from pipelines.shot import ShotNodes
from r2s2r.artifacts.action import Request
from r2s2r.artifacts.atomic import write_atomically
from r2s2r.artifacts.fingerprint import canonical_json, digest_value
from r2s2r.artifacts.store import Store

State = Literal["fresh", "stale", "unknown"]


@dataclass(frozen=True)
class PlannedNode:
    """A node and what the store knows of it.

    Attributes:
        node: The node.
        key: Its key; None while an input is not built.
        state: ``unknown`` when it depends on results that are not there yet.
        why: Reasons, in words; empty when fresh.
    """

    node: Node
    key: str | None
    state: State
    why: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class ShotPlan:
    """The plan of one shot."""

    shot: ShotNodes
    nodes: tuple[PlannedNode, ...]

    @property
    def is_fresh(self) -> bool:
        """Whether there is nothing to do."""
        return all(planned.state == "fresh" for planned in self.nodes)

    @property
    def ends(self) -> tuple[Node, ...]:
        """The nodes no other node of the plan reads: what a run is for."""
        read = {before.name for one in self.nodes for before in one.node.inputs}
        return tuple(one.node for one in self.nodes if one.node.name not in read)

    def until(self, names: Collection[str]) -> "ShotPlan":
        """Return the plan of the nodes of these names or stages (``mask:bunny``, ``mask``) and all that they need."""
        needed = needed_by([one.node for one in self.nodes if {one.node.name, one.node.stage} & set(names)])
        return ShotPlan(self.shot, tuple(one for one in self.nodes if one.node.name in needed))


def plan_shot(shot: ShotNodes, ledger: Ledger) -> ShotPlan:
    """Plan one shot; builds nothing. In a store that is there, digests of outside files are remembered."""
    history: History | None = None
    planned = []
    for node in shot.nodes:
        action = ledger.action(node)
        if action is not None:
            planned.append(PlannedNode(node, action.key, "fresh", ()))
            continue
        history = history or History.read(ledger.store, shot)
        request = ledger.request(node)
        if request is None:
            planned.append(PlannedNode(node, None, "unknown", _unknown(node, ledger)))
        else:
            planned.append(PlannedNode(node, request.key, "stale", history.reasons(node.name, request)))
    return ShotPlan(shot, tuple(planned))


def _unknown(node: Node, ledger: Ledger) -> tuple[str, ...]:
    waits = ", ".join(before.name for before in node.inputs if ledger.action(before) is None)
    return (*([f"waits for {waits}"] if waits else []), *ledger.absent(node))


@dataclass(frozen=True)
class Sizes:
    """The three sizes of a shot's picture, as (width, height). ``source`` is None until the clip has been decoded."""

    source: tuple[int, int] | None
    generation: tuple[int, int]
    delivery: tuple[int, int]


def sizes(plan: ShotPlan, ledger: Ledger) -> Sizes:
    """Return source, generation and delivery size."""
    shot, facts = plan.shot.shot, ledger.facts(plan.shot["footage"])
    generation, delivery = ((one.width, one.height) for one in (shot.edit.output, shot.output))
    if facts is None:
        return Sizes(None, generation, delivery)
    return Sizes((facts["width"], facts["height"]), generation, delivery)


@dataclass(frozen=True)
class History:
    """What was asked for each node of a scene's shot when it was last run, by node name, and the keys of that."""

    requests: dict[str, Request]
    keys: dict[str, str]

    @classmethod
    def read(cls, store: Store, shot: ShotNodes) -> "History":
        """Read it; empty when the shot was never run here."""
        try:
            stored = json.loads(_history_path(store, shot).read_bytes())
            return cls({name: Request(**request) for name, request in stored["requests"].items()}, stored["keys"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return cls({}, {})

    def reasons(self, name: str, request: Request) -> tuple[str, ...]:
        """Say, in words, how a request differs from the last one of the same node."""
        last = self.requests.get(name)
        if last is None:
            return ("never built",)
        return tuple(_differences(last, request)) or ("its result is no longer in the store",)


def remember(shot: ShotNodes, ledger: Ledger) -> None:
    """Note what the shot's finished nodes were asked, for the next plan's reasons and for ``gc``.

    A store that is full or read-only remembers nothing.
    """
    history = History.read(ledger.store, shot)
    done = {node.name: action for node in shot.nodes if (action := ledger.action(node)) is not None}
    kept = {node.name: history.keys[node.name] for node in shot.nodes if node.name in history.keys}
    keys = {**kept, **{name: action.key for name, action in done.items()}}
    if keys == history.keys:
        return
    requests = {name: asdict(done[name].request if name in done else history.requests[name]) for name in keys}
    path = _history_path(ledger.store, shot)
    content = {"scene": str(shot.scene.path), "shot": shot.shot.name, "requests": requests, "keys": keys}
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, canonical_json(content))


def _history_path(store: Store, shot: ShotNodes) -> Path:
    folder = digest_value([str(shot.scene.path), shot.scene.profile])[:16]
    return store.root / "last" / f"{shot.scene.name}-{folder}" / f"{shot.shot.name}.json"


def _differences(last: Request, now: Request) -> Iterator[str]:
    if last.version != now.version:
        yield f"the stage's version {last.version} -> {now.version}"
    if last.backend != now.backend:
        yield f"backend {last.backend} -> {now.backend}"
    yield from _changed_values(last.parameters, now.parameters, "")
    for role in sorted(last.file_digests.keys() | now.file_digests.keys()):
        if last.file_digests.get(role) != now.file_digests.get(role):
            yield f"the file {now.files.get(role, last.files.get(role))} changed"
    for name in sorted(last.inputs.keys() | now.inputs.keys()):
        if last.inputs.get(name) != now.inputs.get(name):
            yield f"{name} is gone" if name not in now.inputs else f"{name} changed"


def _changed_values(last: Any, now: Any, at: str) -> Iterator[str]:  # noqa: ANN401 - any JSON value
    if isinstance(last, dict) and isinstance(now, dict):
        for key in sorted(last.keys() | now.keys()):
            inner = f"{at}.{key}" if at else key
            yield from _changed_values(last.get(key), now.get(key), inner)
    elif isinstance(last, list) and isinstance(now, list) and len(last) == len(now):
        for index, (old, new) in enumerate(zip(last, now, strict=True)):
            yield from _changed_values(old, new, f"{at}[{index}]")
    elif last != now:
        yield f"{at} {_brief(last)} -> {_brief(now)}"


def _brief(value: Any) -> str:  # noqa: ANN401 - any JSON value
    """Write a value in a line's room: numbers and words as they are, large values by what they are."""
    match value:
        case None:
            return "(none)"
        case float():
            return f"{value:g}"
        case dict() if "type" in value:
            return f"({value['type']})"
        case list() | dict():
            text = json.dumps(value)
            return text if len(text) <= 40 else f"({len(value)} entries)"
        case _:
            return str(value)
