"""Asking a driver to end nodes, and seeing whether it does."""

import time
from dataclasses import dataclass

from r2s2r.artifacts.journal import want_cancelled
from r2s2r.artifacts.pulse import Pulses
from r2s2r.artifacts.run_state import NodeState, RunState
from r2s2r.artifacts.store import Store

_LOOK_S = 0.25
# Drivers look at what is wanted about twice a second; a job of a cluster takes some seconds to end.
_PATIENCE_S = 30.0
# What had begun when the driver looked shows within this.
_QUIET_S = 2.0
_FEW = 5


@dataclass(frozen=True)
class Said:
    """What became of a wish: whether all that is meant has ended, and words for people."""

    has_ended: bool
    words: str


def ask_driver(state: RunState, recipes: set[str], store: Store, *, is_whole: bool) -> Said:
    """Ask a run's driver to end nodes (``is_whole``: all of the run), and wait some seconds until it did."""
    with store.explained():
        want_cancelled(store, state.run.id, *(["*"] if is_whole else sorted(recipes)))
    nodes = [state.nodes[recipe] for recipe in recipes]
    pulses, asked = Pulses(store), time.monotonic()
    quiet = asked
    while state.ended is None and pulses.of(state.run.id) != "dead" and time.monotonic() - quiet < _QUIET_S:
        time.sleep(_LOOK_S)
        state.read()
        if _busy(nodes):
            quiet = time.monotonic()
        if time.monotonic() - asked > _PATIENCE_S:
            return Said(False, _still(state, nodes))
    return Said(not _busy(nodes), _ended(state, nodes) if not _busy(nodes) else _still(state, nodes))


def names(nodes: list[NodeState]) -> str:
    """Return what people call nodes, the first few of them."""
    more = f" and {len(nodes) - _FEW} more" if len(nodes) > _FEW else ""
    return ", ".join(sorted(node.label for node in nodes)[:_FEW]) + more


def _busy(nodes: list[NodeState]) -> list[NodeState]:
    return [node for node in nodes if node.activity in ("queued", "running")]


def _ended(state: RunState, nodes: list[NodeState]) -> str:
    cancelled = [node for node in nodes if node.activity == "cancelled"]
    waiting = [node for node in nodes if node.activity == "waiting"]
    others = len(nodes) - len(cancelled) - len(waiting)
    words = [f"cancelled {names(cancelled)}"] if cancelled else []
    words += [f"{names(waiting)}, which waited, will not be begun"] if waiting else []
    words += [f"{others} ended by themselves before"] if others else []
    return f"run {state.run.id}: {'; '.join(words)}"


def _still(state: RunState, nodes: list[NodeState]) -> str:
    where = f"process {state.run.pid} on {state.run.machine}"
    return (
        f"run {state.run.id}: {where} was asked, but {names(_busy(nodes))} did not end yet; `r2s2r status` shows "
        "whether it does. If that process is gone, ask again in a minute"
    )
