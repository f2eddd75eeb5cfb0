"""The night's gate: starts nothing that would pass the end of the window or the budget, and closes at the end."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pipelines.estimates import Guess
from pipelines.gate import Closing
from pipelines.node import Node
from r2s2r.report.times import duration, local

_HOUR_S = 3600.0
# Of what was fresh when the night was planned, and has to be made after all.
_UNFORESEEN = Guess(0.0, "not foreseen")


@dataclass
class Budget:
    """GPU hours: what may be taken, and what was.

    Attributes:
        limit_s: GPU seconds; None: any.
        spent_s: By what has ended.
        reserved_s: Recipe -> GPU seconds that what was let through, and has not ended, is expected to take.
        running: Recipe -> since when it runs, on how many GPUs.
    """

    limit_s: float | None
    spent_s: float = 0.0
    reserved_s: dict[str, float] = field(default_factory=dict)
    running: dict[str, tuple[float, int]] = field(default_factory=dict)

    @property
    def left_s(self) -> float | None:
        """What is left for a decision; None: any."""
        return None if self.limit_s is None else max(0.0, self.limit_s - self.spent_s)

    def used_s(self, now_s: float) -> float:
        """Return what is used up to now, by what runs, too."""
        return self.spent_s + sum((now_s - since) * gpus for since, gpus in self.running.values())


@dataclass(frozen=True)
class Closes:
    """When a gate closes, in seconds since 1970.

    Attributes:
        end_s: What still runs is ended.
        notice_s: So long before, it is asked to stop where it can go on later.
    """

    end_s: float
    notice_s: float


class NightGate:
    """A ``Gate`` with a window and a budget. Its methods may be called from any thread."""

    def __init__(
        self,
        *,
        closes: Closes | None,
        budget: Budget,
        guesses: Mapping[str, Guess],
        gpus: Callable[[Node], int],
        now: Callable[[], float] = time.time,
    ) -> None:
        self._closes, self._budget = closes, budget
        self._guesses, self._gpus, self._now = guesses, gpus, now
        self._lock = threading.Lock()

    def refusal(self, node: Node) -> str:
        """Return why a node may not start any more; empty: it may, and what it will take is set aside for it."""
        guess, gpus = self._guesses.get(node.recipe, _UNFORESEEN), self._gpus(node)
        with self._lock:
            why = self._no_time(guess) or self._no_budget(node.recipe, guess.seconds * gpus)
            if why:
                self._budget.reserved_s.pop(node.recipe, None)  # it may have waited in a queue since it was let through
            elif gpus:
                self._budget.reserved_s[node.recipe] = guess.seconds * gpus
        return why

    def started(self, node: Node, *, gpus: int) -> None:
        """A node runs."""
        if gpus:
            with self._lock:
                self._budget.running[node.recipe] = (self._now(), gpus)

    def ended(self, node: Node, *, seconds: float, gpus: int) -> None:
        """A node, or a try of it, ended: what was set aside is free, and what it took is gone."""
        if gpus:
            with self._lock:
                self._budget.running.pop(node.recipe, None)
                self._budget.reserved_s.pop(node.recipe, None)
                self._budget.spent_s += seconds * gpus

    def closing(self) -> Closing:
        """Close at the end; a while before, and when the budget is used up, ask what runs to stop."""
        now_s = self._now()
        if self._closes is not None and now_s >= self._closes.end_s:
            return Closing("now", self._ended())
        if self._closes is not None and now_s >= self._closes.end_s - self._closes.notice_s:
            return Closing("gently", f"the window ends at {local(self._closes.end_s):%H:%M}")
        with self._lock:
            limit_s = self._budget.limit_s
            is_used_up = limit_s is not None and bool(self._budget.running) and self._budget.used_s(now_s) >= limit_s
        return Closing("gently", "the night's GPU hours are used up") if is_used_up else Closing()

    def _ended(self) -> str:
        assert self._closes is not None
        return f"the window ended at {local(self._closes.end_s):%H:%M}"

    def _no_time(self, guess: Guess) -> str:
        if self._closes is None:
            return ""
        left_s = self._closes.end_s - self._now()
        if guess.seconds <= left_s:
            return ""
        if left_s <= 0:
            return self._ended()
        end = f"{local(self._closes.end_s):%H:%M}"
        return f"takes about {duration(guess.seconds)}, and the window ends in {duration(left_s)}, at {end}"

    def _no_budget(self, recipe: str, gpu_s: float) -> str:
        if self._budget.limit_s is None or not gpu_s:
            return ""
        others_s = sum(seconds for other, seconds in self._budget.reserved_s.items() if other != recipe)
        left_s = self._budget.limit_s - self._budget.spent_s - others_s
        if gpu_s <= left_s:
            return ""
        limit, left = self._budget.limit_s / _HOUR_S, max(0.0, left_s) / _HOUR_S
        return f"takes about {gpu_s / _HOUR_S:.2g} GPU hours, and of the night's {limit:g} only {left:.2g} are left"
