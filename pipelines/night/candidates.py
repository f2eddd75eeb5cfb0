"""Candidates: the shots that are not fresh, with what is left to do for each, and who does it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from pipelines.estimates import Estimator, Guess
from pipelines.farm.chosen import executor_for
from pipelines.farm.needs import is_handed_over, needs_of
from pipelines.night.decision import Candidate, Pool, Task
from pipelines.node import Node
from pipelines.plan import ShotPlan
from pipelines.run import RunOptions
from r2s2r.artifacts.store import Store


@dataclass(frozen=True)
class Candidates:
    """The shots that are not fresh.

    Attributes:
        shots: With what is left to do for each.
        guesses: Recipe -> how long a node will take, of all of them.
    """

    shots: tuple[Candidate, ...]
    guesses: dict[str, Guess]

    @classmethod
    def of(cls, plans: Iterable[ShotPlan], estimator: Estimator, options: RunOptions) -> "Candidates":
        """Estimate what is left of these plans."""
        guesses = dict[str, Guess]()
        shots = []
        for plan in plans:
            if not plan.is_fresh:
                own = estimator.guesses(plan)
                guesses.update(own)
                shots.append(_candidate(plan, own, options))
        return cls(tuple(shots), guesses)

    def only(self, shots: Iterable[Candidate]) -> "Candidates":
        """Return some of them."""
        return replace(self, shots=tuple(shots))


def _candidate(plan: ShotPlan, guesses: dict[str, Guess], options: RunOptions) -> Candidate:
    tasks = [
        Task(
            recipe=one.node.recipe,
            guess=guesses[one.node.recipe],
            pool="job" if is_handed_over(one.node, options.project.spec.farm, options.executor) else "process",
            gpus=gpus_of(one.node, options),
            before=tuple(before.recipe for before in one.node.inputs if before.recipe in guesses),
        )
        for one in plan.nodes
        if one.state != "fresh"
    ]
    return Candidate(plan, tuple(tasks))


def gpus_of(node: Node, options: RunOptions) -> int:
    """Return how many GPUs a node takes while it runs."""
    return needs_of(node, options.project).gpus


def places(candidates: Candidates, store: Store, options: RunOptions) -> dict[Pool, int]:
    """Return how many tasks each pool does at once."""
    hands_over = any(task.pool == "job" for shot in candidates.shots for task in shot.tasks)
    jobs = executor_for(options.executor, store, options.project.spec.farm).capacity if hands_over else 1
    return {"process": options.workers, "job": max(1, jobs)}
