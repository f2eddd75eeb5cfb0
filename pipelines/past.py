"""The past: what finished nodes took. A store may hold tens of thousands, so of many only some are read."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import nlargest
from math import prod

from pipelines.work import work_done
from r2s2r.artifacts.action import Action, Measured
from r2s2r.artifacts.store import Store

_NEWEST = 1000
_OTHERS = 1000


@dataclass(frozen=True)
class Past:
    """What a finished node took.

    Attributes:
        kind: Stage and backend.
        seconds: Of wall time; of one that went on from checkpoints, what the whole of it would have taken.
        work: How much there was to do, as ``work`` measures it; None where that is not known.
        denoising_s: How much of that a video model spent on its steps; 0 for all other nodes.
        measured: What it noted of itself.
    """

    kind: tuple[str, str]
    seconds: float
    work: float | None
    denoising_s: float
    measured: Measured

    def scaled(self, work: float | None) -> float:
        """Return the seconds that another amount of work would have taken."""
        return self.seconds * work / self.work if work and self.work else self.seconds


def past_of(store: Store, key: str) -> Past | None:
    """Return what the node of a key took; None where it was never finished, or nobody knows any more."""
    try:
        action = Action.from_json(json.loads((store.root / "actions" / f"{key}.json").read_bytes()))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    request, measured = action.request, action.measured
    denoising_s = prod(float(measured.get(name, 0)) for name in ("seconds_per_step", "steps", "segments"))
    work = work_done(store, request, action.result)
    return Past((request.stage, request.backend), max(action.seconds, denoising_s), work, denoising_s, measured)


def sampled(store: Store) -> dict[tuple[str, str], tuple[Past, ...]]:
    """Return (stage, backend) -> what nodes took: of the newest, and of some of the others."""
    found = dict[tuple[str, str], list[Past]]()
    for key in _sample(store):
        past = past_of(store, key)
        if past is not None:
            found.setdefault(past.kind, []).append(past)
    return {kind: tuple(runs) for kind, runs in found.items()}


def _sample(store: Store) -> Iterator[str]:
    """Yield the keys to read. Names of actions are hashes, so every n-th of them is a fair sample."""
    try:
        with os.scandir(store.root / "actions") as entries:
            times = {entry.name[:-5]: entry.stat().st_mtime for entry in entries if _is_action(entry.name)}
    except FileNotFoundError:
        return
    newest = set(nlargest(_NEWEST, times, key=times.__getitem__))
    others = sorted(times.keys() - newest)
    yield from newest
    yield from others[:: max(1, len(others) // _OTHERS)]


def _is_action(name: str) -> bool:
    return name.endswith(".json") and not name.startswith(".")
