"""Work: what became of each node of a night, as the journals of its runs tell it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from r2s2r.artifacts.journal import Event, Happening, JournalRun, events
from r2s2r.artifacts.store import Store

_ENDS: frozenset[Happening] = frozenset({"done", "failed", "retried", "deferred", "cancelled"})
_BAD: frozenset[Happening] = frozenset({"failed", "retried"})


@dataclass(frozen=True)
class Span:
    """A stretch of work.

    Attributes:
        where: Machine and GPU.
        start: Seconds since 1970, by the driver's clock.
        end: Likewise.
        is_bad: Whether it ended without a result, and not because somebody wished so.
        key: Of the request; empty where it is not known.
    """

    where: str
    start: float
    end: float
    is_bad: bool
    key: str


@dataclass
class NodeWork:
    """What became of a node; grows while a journal is read.

    Attributes:
        last: What happened last.
        was_begun: Whether it was worked on; what was there already is only said to be done.
        key: Of its request.
        where: Machine and GPU that worked on it last.
        cause: Kind of its failure.
        message: Why it failed, was tried again or put off, does not start or go on.
        seconds: Of work, all tries together.
        gpu_seconds: Likewise.
        retries: How often it was tried again.
        retried: Why, the last time.
        queued_s: It waited in the queue.
        queued: Since when it waits; None: it does not.
        began: Since when it is worked on; None: it is not.
        gpus: It takes so many while it is worked on.
    """

    last: Happening = "queued"
    was_begun: bool = False
    key: str = ""
    where: str = ""
    cause: str = ""
    message: str = ""
    seconds: float = 0.0
    gpu_seconds: float = 0.0
    retries: int = 0
    retried: str = ""
    queued_s: float = 0.0
    queued: float | None = None
    began: float | None = None
    gpus: int = 0


@dataclass
class Work:
    """What became of all nodes, by recipe; grows while journals are read, in order.

    Attributes:
        nodes: Recipe -> what became of it.
        spans: All stretches of work.
        seen: Latest time that was read.
        ended: When the last run ended; None where it did not say so.
        ending: Why, where it did not end as it should.
    """

    nodes: dict[str, NodeWork] = field(default_factory=dict)
    spans: list[Span] = field(default_factory=list)
    seen: float = 0.0
    ended: float | None = None
    ending: str = ""

    @classmethod
    def read(cls, store: Store, runs: Sequence[JournalRun]) -> "Work":
        """Read the journals of a night's runs, the earliest first."""
        work = cls()
        for run in runs:
            work.add(run, events(store, run.id))
        return work

    def add(self, run: JournalRun, told: Iterable[Event]) -> None:
        """Take in one run."""
        self.ended, self.ending = None, ""
        self.seen = max(self.seen, run.started)
        for recipe in {recipe for shot in run.shots for _, recipe, state, _ in shot.nodes if state == "fresh"}:
            if recipe in self.nodes:
                self.nodes[recipe].last = "done"  # since then, by whomever
        for event in told:
            self.seen = max(self.seen, event.at)
            self._take(event, run.machine)
        self._close()

    def _take(self, event: Event, machine: str) -> None:
        if not event.recipe:
            if event.what == "ended":
                self.ended, self.ending = event.at, event.message
            return
        node = self.nodes.setdefault(event.recipe, NodeWork())
        node.key, node.message = event.key or node.key, event.message
        if event.what == "queued":
            self._interrupt(node, event.at)
            node.queued = event.at
        elif event.what == "running":
            self._interrupt(node, event.at)
            node.queued_s += max(0.0, event.at - node.queued) if node.queued is not None else 0.0
            node.queued, node.began, node.where, node.was_begun = None, event.at, event.where or machine, True
            node.gpus = event.gpus
        elif event.what in _ENDS:
            self._end(node, event, machine)
        else:
            return  # its executor has said something of it
        node.last = event.what

    def _end(self, node: NodeWork, event: Event, machine: str) -> None:
        took = max(0.0, event.seconds or (event.at - node.began if node.began is not None else 0.0))
        node.was_begun = node.was_begun or took > 0
        node.where = event.where or node.where or machine
        if took > 0:
            self.spans.append(Span(node.where, event.at - took, event.at, event.what in _BAD, node.key))
        node.seconds += took
        node.gpu_seconds += took * event.gpus
        if event.what == "retried":
            node.retries, node.retried = node.retries + 1, event.message
        node.began = node.queued = None
        node.cause = event.cause

    def _interrupt(self, node: NodeWork, at: float) -> None:
        """Count work that ended without a word."""
        if node.began is not None and at > node.began:
            self.spans.append(Span(node.where, node.began, at, True, node.key))
            node.seconds += at - node.began
            node.gpu_seconds += (at - node.began) * node.gpus
        node.began = None

    def _close(self) -> None:
        """What is still at work when a run's journal ends is counted until then: its driver is gone."""
        for node in self.nodes.values():
            self._interrupt(node, self.seen)
            node.queued = None
