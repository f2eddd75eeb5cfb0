"""The decision: which shots are begun tonight, in which order, and which are put off, and why."""

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Literal, TypeAlias

from pipelines.estimates import Guess
from pipelines.plan import ShotPlan
from r2s2r.report.times import duration, local

Pool: TypeAlias = Literal["process", "job", "gpu"]
"""Who works: processes of this machine, or jobs of an executor, without a GPU and with."""


@dataclass(frozen=True)
class Task:
    """A node that is to be made, as far as time and budget see it.

    Attributes:
        recipe: Of the node.
        guess: How long it will take.
        pool: Who makes it.
        gpus: How many it takes meanwhile.
        before: Recipes of those of the shot's tasks that it waits for.
    """

    recipe: str
    guess: Guess
    pool: Pool
    gpus: int
    before: tuple[str, ...]

    @property
    def gpu_s(self) -> float:
        """GPU seconds it takes."""
        return self.guess.seconds * self.gpus

    @property
    def places(self) -> int:
        """How many of its pool's places it takes."""
        return max(1, self.gpus)


@dataclass(frozen=True, eq=False)
class Candidate:
    """A shot that is not fresh, and what is left to do for it, in the order of the data."""

    plan: ShotPlan
    tasks: tuple[Task, ...]

    @property
    def label(self) -> str:
        """What people call it."""
        return f"{self.plan.shot.scene.name}/{self.plan.shot.shot.name}"

    def work_s(self, paid: frozenset[str] | set[str] = frozenset()) -> float:
        """Return the seconds of all tasks but those that others need, too, and that are paid for."""
        return sum(task.guess.seconds for task in self.tasks if task.recipe not in paid)

    def gpu_s(self, paid: frozenset[str] | set[str] = frozenset()) -> float:
        """Return the GPU seconds, likewise."""
        return sum(task.gpu_s for task in self.tasks if task.recipe not in paid)

    def longest_s(self, paid: frozenset[str] | set[str] = frozenset()) -> float:
        """Return the seconds it takes when nothing has to wait for a free place: the longest way through its tasks."""
        ends = dict[str, float]()
        for task in self.tasks:
            begin = max((ends.get(before, 0.0) for before in task.before), default=0.0)
            ends[task.recipe] = begin + (0.0 if task.recipe in paid else task.guess.seconds)
        return max(ends.values(), default=0.0)


@dataclass(frozen=True)
class Limits:
    """What a night may take.

    Attributes:
        begin_s: It begins, in seconds since 1970.
        end_s: It ends; None: when all is done.
        gpu_s: GPU seconds that are left; None: any.
        places: How many tasks each pool does at once.
    """

    begin_s: float
    end_s: float | None
    gpu_s: float | None
    places: dict[Pool, int]


@dataclass(frozen=True)
class Chosen:
    """A shot that is begun, and when it is expected to be done at the latest, in seconds since 1970."""

    candidate: Candidate
    done_s: float


@dataclass(frozen=True)
class PutOff:
    """A shot that is put off, and why."""

    candidate: Candidate
    why: str


@dataclass(frozen=True)
class Decision:
    """What becomes of the shots that are not fresh.

    Attributes:
        begun: In their order.
        put_off: Likewise.
        done_s: When all that is begun is expected to be done, in seconds since 1970.
        gpu_s: GPU seconds that takes.
    """

    begun: tuple[Chosen, ...]
    put_off: tuple[PutOff, ...]
    done_s: float
    gpu_s: float

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """All that was decided about."""
        return (*(one.candidate for one in self.begun), *(one.candidate for one in self.put_off))


class _Packing:
    """What is begun so far, packed as a list schedule (Graham 1969): each task to the place with least to do.

    A shot is done when its pools' next free place and then its own longest way are through. Gaps, where a place waits
    for another pool, are not seen: in them the tasks of other shots run.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.paid: set[str] = set()
        self.gpu_s = 0.0
        self.begun: list[Chosen] = []
        self._busy_s: dict[Pool, list[float]] = {pool: [0.0] * count for pool, count in limits.places.items()}

    def done_s(self, candidate: Candidate) -> float:
        """Return when a shot would be done, in seconds since the beginning."""
        own = dict[Pool, float]()
        for task in self._unpaid(candidate):
            own[task.pool] = own.get(task.pool, 0.0) + task.guess.seconds * task.places
        wait = max((self._busy_s[pool][0] for pool in own), default=0.0)
        wide = max((seconds / self.limits.places[pool] for pool, seconds in own.items()), default=0.0)
        return wait + max(candidate.longest_s(self.paid), wide)

    def take(self, candidate: Candidate) -> None:
        """Begin a shot."""
        self.begun.append(Chosen(candidate, self.limits.begin_s + self.done_s(candidate)))
        self.gpu_s += candidate.gpu_s(self.paid)
        for task in self._unpaid(candidate):
            for _ in range(task.places):
                heapq.heapreplace(self._busy_s[task.pool], self._busy_s[task.pool][0] + task.guess.seconds)
        self.paid.update(task.recipe for task in candidate.tasks)

    def _unpaid(self, candidate: Candidate) -> list[Task]:
        return [task for task in candidate.tasks if task.recipe not in self.paid]


def decide(candidates: Sequence[Candidate], limits: Limits) -> Decision:
    """Choose what is begun: by priority, then the shortest first; what a shot shares with one before it costs nothing.

    A shot that does not fit is put off, and shorter ones after it may still be begun.
    """
    packing, put_off = _Packing(limits), list[PutOff]()
    for candidate in _in_order(candidates, packing.paid):
        why = _refusal(candidate, packing, limits)
        if why:
            put_off.append(PutOff(candidate, why))
        else:
            packing.take(candidate)
    done_s = max((one.done_s for one in packing.begun), default=limits.begin_s)
    return Decision(tuple(packing.begun), tuple(put_off), done_s, packing.gpu_s)


def _in_order(candidates: Sequence[Candidate], paid: set[str]) -> Iterator[Candidate]:
    """Yield the most urgent, and of these the one with least left to do; that of others shrinks as one is begun."""
    sharing = dict[str, list[Candidate]]()
    for candidate in candidates:
        for task in candidate.tasks:
            sharing.setdefault(task.recipe, []).append(candidate)
    ticket = count()
    entry: Callable[[Candidate], tuple[int, float, str, int, Candidate]] = lambda one: (  # noqa: E731
        -one.plan.shot.shot.priority, one.work_s(paid), one.label, next(ticket), one
    )  # fmt: skip
    queue = [entry(candidate) for candidate in candidates]
    heapq.heapify(queue)
    gone = set[int]()
    while queue:
        *_, candidate = heapq.heappop(queue)
        if id(candidate) in gone:
            continue
        gone.add(id(candidate))
        before = {task.recipe for task in candidate.tasks} - paid
        yield candidate
        cheaper = {id(one): one for recipe in before & paid for one in sharing[recipe] if id(one) not in gone}
        for one in cheaper.values():
            heapq.heappush(queue, entry(one))


def _refusal(candidate: Candidate, packing: _Packing, limits: Limits) -> str:
    """Return why a shot is put off; empty: it is begun."""
    if limits.end_s is not None:
        done_s, room_s = packing.done_s(candidate), limits.end_s - limits.begin_s
        if done_s > room_s:
            return _too_long(candidate, packing, done_s, room_s)
    if limits.gpu_s is not None:
        gpu_s, left_s = candidate.gpu_s(packing.paid), limits.gpu_s - packing.gpu_s
        if gpu_s > left_s:
            return f"takes about {_hours(gpu_s)} GPU hours, and {_hours(max(0.0, left_s))} are left for it"
    return ""


def _too_long(candidate: Candidate, packing: _Packing, done_s: float, room_s: float) -> str:
    own_s = candidate.longest_s(packing.paid)
    if own_s > room_s:
        return f"takes about {duration(own_s)}, and there are {duration(room_s)}"
    end = local(packing.limits.begin_s + room_s)
    return f"would be done {duration(done_s - room_s)} after the end at {end:%H:%M}, with what is begun before it"


def _hours(seconds: float) -> str:
    return f"{seconds / 3600:.2g}"
