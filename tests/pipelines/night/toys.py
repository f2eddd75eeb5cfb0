"""Shots of nothing but names and times, to decide about; a clock and a voice for nights."""

from collections.abc import Callable
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from types import SimpleNamespace

from pipelines.estimates import Guess
from pipelines.night.decision import Candidate, Decision, Limits, Pool, Task
from pipelines.night.wish import Refused
from r2s2r.artifacts.progress import unheard

PLACES: dict[Pool, int] = {"process": 2, "job": 4, "gpu": 1}


def task(recipe: str, seconds: float, *before: str, pool: Pool = "process", gpus: int = 0) -> Task:
    return Task(recipe, Guess(seconds, "assumed"), pool, gpus, before)


def gpu_task(recipe: str, seconds: float, *before: str, gpus: int = 1) -> Task:
    return task(recipe, seconds, *before, pool="gpu", gpus=gpus)


def shot(name: str, *tasks: Task, priority: int = 0) -> Candidate:
    """A candidate that has of a plan only what a decision reads."""
    plan = SimpleNamespace(
        shot=SimpleNamespace(scene=SimpleNamespace(name="scene"), shot=SimpleNamespace(name=name, priority=priority)),
        nodes=[SimpleNamespace(node=SimpleNamespace(recipe=one.recipe, name=one.recipe)) for one in tasks],
    )
    return Candidate(plan, tasks)  # type: ignore[arg-type]


def limits(seconds: float | None = None, gpu_s: float | None = None, places: dict[Pool, int] | None = None) -> Limits:
    return Limits(0.0, seconds, gpu_s, places or PLACES)


@dataclass
class FakeClock:
    """A clock that only waiting moves."""

    time_s: float
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.time_s

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time_s += seconds


@dataclass
class Heard:
    """A voice that notes what it is told, and does something when work begins."""

    at_work: Callable[[], None] = lambda: None
    refusals: list[Refused] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    def bar(self, what: str):
        return nullcontext(unheard)

    def refused(self, refused: tuple[Refused, ...]) -> None:
        self.refusals.extend(refused)

    def waiting(self, until_s: float) -> None:
        self.waits.append(until_s)

    def decided(self, decision: Decision) -> None:
        self.decisions.append(decision)

    def display(self, plans, store):
        @contextmanager
        def shown(tracker):
            self.at_work()
            yield

        return shown

    def trouble(self, words: str) -> None:
        self.troubles.append(words)
