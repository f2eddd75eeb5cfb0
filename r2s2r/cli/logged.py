"""Which logs are meant: those of a scene's nodes, by its latest run or by planning, or those of keys."""

from __future__ import annotations

import argparse
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from r2s2r.artifacts.journal import WAITING, journals
from r2s2r.artifacts.lease import Witness, holders
from r2s2r.artifacts.pulse import Pulses
from r2s2r.artifacts.run_state import ENDED, Activity, NodeState, RunState, shots_named
from r2s2r.cli.select import selected_shots
from r2s2r.errors import InputError, R2S2RError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from r2s2r.artifacts.store import Store

_KEY = re.compile(r"[0-9a-f]{4,64}")


@dataclass(frozen=True)
class Choice:
    """What the command line asks for. ``scene`` is a file, a name, or the first digits of a key."""

    scene: str
    shot: str | None
    node: str | None
    profile: str | None


class Logged:
    """The nodes whose logs are meant. Keys may come to be known while a run goes on."""

    def __init__(self, store: Store, nodes: list[NodeState], state: RunState | None = None) -> None:
        self.nodes = nodes
        self._store, self._state = store, state
        self._pulses, self._witness = Pulses(store), Witness()

    def path(self, node: NodeState) -> Path:
        """Return the file of a node whose key is known."""
        return self._store.log(node.key)

    def read(self) -> None:
        """Take in what happened since the last time."""
        if self._state is not None:
            self._state.read()

    def goes_on(self, node: NodeState) -> bool:
        """Whether a node's log may grow."""
        owners = [one for one in holders(self._store.lease_folder(node.key)) if one.owns] if node.key else []
        if any(not self._witness.is_dead(owner) for owner in owners):
            return True
        if self._state is None or self._state.ended is not None or node.activity in ENDED:
            return False
        return self._pulses.of(self._state.run.id) != "dead"


def logged(choice: Choice, store: Store) -> Logged:
    """Return the nodes that are meant.

    Raises:
        InputError: No run, no file and no key is called so, or it has no such shot or node.
    """
    scene = str(Path(choice.scene).absolute()) if Path(choice.scene).is_file() else choice.scene
    for run in journals(store):
        if run.kind != WAITING and shots_named(run, scene, choice.shot):
            state = RunState(store, run)
            return Logged(store, _of_run(state, scene, choice, store), state)
    if Path(scene).is_file():
        return Logged(store, _filtered(list(_planned(choice, store)), choice))
    keys = _keys(choice.scene, store) if choice.shot is None and _KEY.fullmatch(choice.scene) else []
    if not keys:
        of = f"shot {choice.shot} of a scene" if choice.shot else "scene"
        raise InputError(f"{choice.scene}: no run made a {of} of that name, and there is neither such a file nor a log")
    return Logged(store, [NodeState(key, key, shots=["request"], key=key) for key in keys])


def _of_run(state: RunState, scene: str, choice: Choice, store: Store) -> list[NodeState]:
    recipes = dict.fromkeys(
        recipe for shot in shots_named(state.run, scene, choice.shot) for _, recipe, _, _ in shot.nodes
    )
    nodes = _filtered([state.nodes[recipe] for recipe in recipes], choice)
    paths = {shot.path for shot in shots_named(state.run, scene, choice.shot)}
    if any(node.activity == "fresh" for node in nodes):
        # What was made before, the journal has no keys of. A scene that has mistakes by now tells none, either.
        with suppress(R2S2RError):
            keys = {one.recipe: one.key for path in paths for one in _planned(replace(choice, scene=path), store)}
            for node in nodes:
                node.key = node.key or keys.get(node.recipe, "")
    return nodes


def _planned(choice: Choice, store: Store) -> Iterator[NodeState]:
    """Yield the nodes of a scene file with the keys that they have now."""
    from pipelines.node import Ledger
    from pipelines.plan import plan_shot

    names = [choice.shot] if choice.shot else []
    args = argparse.Namespace(scenes=[Path(choice.scene)], shot=names, tag=[], profile=choice.profile)
    _, shots = selected_shots(args)
    ledger = Ledger(store)
    for shot in shots:
        for one in plan_shot(shot, ledger).nodes:
            label = f"{shot.scene.name}/{shot.shot.name}"
            activity: Activity = "fresh" if one.state == "fresh" else "waiting"
            yield NodeState(one.node.recipe, one.node.name, [label], activity, one.key or "")


def _filtered(nodes: list[NodeState], choice: Choice) -> list[NodeState]:
    """Return those of one name, or of one stage."""
    found = [node for node in nodes if choice.node in (None, node.name, node.name.partition(":")[0])]
    if not found:
        names = ", ".join(dict.fromkeys(node.name for node in nodes))
        raise InputError(f"{choice.node}: no such node of {choice.scene}; there are {names}")
    return list({node.recipe: node for node in found}.values())


def _keys(prefix: str, store: Store) -> list[str]:
    return sorted(path.stem for path in (store.root / "logs").glob(f"{prefix}*.log"))
