"""RunState: where each node of a run is, from its journal, read as it grows."""

from collections import Counter
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

from r2s2r.artifacts.journal import Event, JournalRun, JournalShot, read_event
from r2s2r.artifacts.lease import holders
from r2s2r.artifacts.store import Store
from r2s2r.artifacts.tail import Tail

Activity = Literal["fresh", "waiting", "queued", "running", "done", "failed", "deferred", "cancelled"]
"""Of a node, and of a shot: ``fresh`` before the run began; ``waiting`` for others, or for its turn with the driver;
``queued`` with the executor; ``deferred`` to another night."""

ENDED: frozenset[Activity] = frozenset({"fresh", "done", "failed", "deferred", "cancelled"})
_AFTER: dict[str, Activity] = {
    "queued": "queued", "running": "running", "done": "done", "failed": "failed", "retried": "waiting",
    "deferred": "deferred", "cancelled": "cancelled",
}  # fmt: skip
_GIVEN_UP: frozenset[Activity] = frozenset({"failed", "cancelled"})
# A shot is what the first of these is that one of its nodes is.
_SHOT_ORDER: tuple[Activity, ...] = ("failed", "cancelled", "running", "queued", "deferred", "waiting", "done", "fresh")


@dataclass
class NodeState:
    """Where one node is.

    Attributes:
        recipe: The node.
        name: Its name.
        shots: The shots that it belongs to, as ``scene/shot``.
        activity: What it is doing.
        key: Of its request; empty while that is not known.
        where: Machine and GPU.
        job: What the executor calls it.
        since: When it became what it is, in seconds since 1970 by the driver's clock.
        seconds: It took.
        tries: How often it was tried again.
        message: Why it failed, was tried again or put off; of what is queued or runs, why it does not start or go on.
    """

    recipe: str
    name: str
    shots: list[str] = field(default_factory=list)
    activity: Activity = "waiting"
    key: str = ""
    where: str = ""
    job: str = ""
    since: float = 0.0
    seconds: float = 0.0
    tries: int = 0
    message: str = ""

    @property
    def label(self) -> str:
        """What people call it: with its shot, or with its scene where several shots share it."""
        return f"{self.shots[0] if len(self.shots) == 1 else self.shots[0].partition('/')[0]} {self.name}"


class RunState:
    """A run and its nodes. ``read`` brings it up to date, and costs what was written since the last time."""

    def __init__(self, store: Store, run: JournalRun) -> None:
        self.run = run
        self.nodes: dict[str, NodeState] = {}
        self.ended: Event | None = None
        folder = store.root / "runs" / run.id
        self._events = Tail(folder / "events.jsonl")
        self._lease = store.run_lease(run.id)
        self._told_at, self._told_in = run.started, folder / "run.json"
        for shot in run.shots:
            for name, recipe, state, _ in shot.nodes:
                node = self.nodes.setdefault(recipe, NodeState(recipe, name))
                node.shots.append(f"{shot.scene}/{shot.shot}")
                node.activity = "fresh" if state == "fresh" else "waiting"
        self.read()

    def read(self) -> None:
        """Take in what was written since the last time; a torn line is left out."""
        for line in self._events.lines():
            if (event := read_event(line)) is not None:
                self._take(event)

    def activity(self, shot: JournalShot) -> Activity:
        """Return where a shot is."""
        if shot.put_off:
            return "deferred"
        found = {self.nodes[recipe].activity for _, recipe, _, _ in shot.nodes}
        activity: Activity = next((one for one in _SHOT_ORDER if one in found), "fresh")
        # What has begun is under way, also between two of its nodes.
        return "running" if activity == "waiting" and "done" in found else activity

    def shots(self) -> Counter[Activity]:
        """Return how many shots are where."""
        return Counter(self.activity(shot) for shot in self.run.shots)

    def activities(self) -> Counter[Activity]:
        """Return how many nodes are where."""
        return Counter(node.activity for node in self.nodes.values())

    def next_shots(self) -> list[JournalShot]:
        """Return the shots of which nothing was begun, the most urgent first."""
        waiting = [shot for shot in self.run.shots if self.activity(shot) == "waiting"]
        return sorted(waiting, key=lambda shot: -shot.priority)

    def of(self, *wanted: Activity) -> list[NodeState]:
        """Return the nodes that are there, the longest there first."""
        return sorted((node for node in self.nodes.values() if node.activity in wanted), key=lambda node: node.since)

    def held_up(self) -> dict[str, list[NodeState]]:
        """Return what executors say of nodes that do not start or go on, each with these, the longest there first."""
        found: dict[str, list[NodeState]] = {}
        for node in self.of("queued", "running"):
            if node.message:
                found.setdefault(node.message, []).append(node)
        return found

    def only_theirs(self, shots: Collection[JournalShot]) -> set[str]:
        """Return the recipes that are still to end and that of all shots which go on only these need."""
        others = (shot for shot in self.run.shots if shot not in shots and self.activity(shot) not in _GIVEN_UP)
        kept = {recipe for shot in others for _, recipe, _, _ in shot.nodes}
        theirs = {recipe for shot in shots for _, recipe, _, _ in shot.nodes} - kept
        return {recipe for recipe in theirs if self.nodes[recipe].activity not in ENDED}

    def clock(self) -> float:
        """Return what the driver's clock shows, or showed in the end, which may be an hour from this machine's.

        Files tell: between the journal's last line and the lease's last beat the store's own clock counts.
        """
        if self.ended is not None:
            return self.ended.at
        with suppress(OSError, ValueError):
            beat = max(path.stat().st_mtime for path in self._lease.iterdir())
            return self._told_at + max(0.0, beat - self._told_in.stat().st_mtime)
        return self._told_at

    def elapsed_s(self) -> float:
        """Return how long the run took, or has taken."""
        return max(0.0, self.clock() - self.run.started)

    def left_s(self) -> float | None:
        """Return about how long the rest takes, from how long it took so far; None before anything can be said.

        Nor can it be while nothing runs and something that is queued is not started. Weighs shots by their estimates
        where all have one, else by their nodes.
        """
        if self.held_up() and not self.of("running"):
            return None
        to_make = [shot for shot in self.run.shots if not shot.put_off and self.activity(shot) != "fresh"]
        estimated = all(shot.estimate_s for shot in to_make)
        total = done = 0.0
        for shot in to_make:
            stale = [recipe for _, recipe, state, _ in shot.nodes if state != "fresh"]
            part = sum(self.nodes[recipe].activity in ENDED for recipe in stale) / max(1, len(stale))
            weight = (shot.estimate_s or 0.0) if estimated else float(len(stale))
            total, done = total + weight, done + weight * part
        return self.elapsed_s() * (total - done) / done if done else None

    def _take(self, event: Event) -> None:
        self._told_at, self._told_in = event.at, self._events.path
        if event.what == "ended":
            self.ended = event
            return
        node = self.nodes.get(event.recipe)
        if node is None:
            return
        if event.what in _AFTER:
            node.activity, node.since = _AFTER[event.what], event.at
        node.tries += event.what == "retried"
        node.key, node.where = event.key or node.key, event.where or node.where
        node.job, node.message = event.job or node.job, event.message
        node.seconds = event.seconds or node.seconds


def shots_named(run: JournalRun, scene: str, shot: str | None) -> tuple[JournalShot, ...]:
    """Return the shots of a scene, which is named or by its file; of one name where that is given."""
    return tuple(one for one in run.shots if scene in (one.scene, one.path) and shot in (None, one.shot))


@dataclass(frozen=True)
class Headway:
    """How far work is: ``done`` of ``total`` units (mostly frames), and the machine that is at it."""

    done: int = 0
    total: int = 0
    machine: str = ""


def headway(store: Store, key: str) -> Headway:
    """Return how far the work on a request is, by its lease; nothing while nobody is at it, or its key is not known."""
    owner = next((one for one in holders(store.lease_folder(key)) if one.owns), None) if key else None
    return Headway() if owner is None else Headway(owner.done, owner.total, owner.machine.partition(" ")[0])
