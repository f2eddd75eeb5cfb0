"""Candidates: the shots that are not fresh, with what is left to do for each, and who does it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import assert_never

from pipelines.estimates import Estimator, Guess
from pipelines.farm.local_gpus import gpus_here
from pipelines.farm.needs import Needs, is_handed_over, needs_of
from pipelines.farm.slurm.client import RefusedError, UnansweredError
from pipelines.farm.slurm.cluster import ask_cluster
from pipelines.night.decision import Candidate, Pool, Task
from pipelines.node import Ledger, Node
from pipelines.plan import ShotPlan
from pipelines.run import RunOptions
from r2s2r.errors import MissingError


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


def _candidate(plan: ShotPlan, guesses: dict[str, Guess], options: RunOptions) -> Candidate:
    tasks = [_task(one.node, guesses, options) for one in plan.nodes if one.state != "fresh"]
    return Candidate(plan, tuple(tasks))


def _task(node: Node, guesses: dict[str, Guess], options: RunOptions) -> Task:
    gpus, is_job = gpus_of(node, options), is_handed_over(node, options.project.spec.farm, options.executor)
    before = tuple(one.recipe for one in node.inputs if one.recipe in guesses)
    return Task(node.recipe, guesses[node.recipe], "gpu" if gpus else "job" if is_job else "process", gpus, before)


def estimator_for(ledger: Ledger, options: RunOptions) -> Estimator:
    """Return what estimates: this machine's GPU says nothing of those of a cluster."""
    return Estimator(ledger) if options.executor == "local" else Estimator(ledger, lambda: None)


def gpus_of(node: Node, options: RunOptions) -> int:
    """Return how many GPUs a node takes while it runs."""
    return needs_of(node, options.project).gpus


def places(candidates: Candidates, options: RunOptions) -> dict[Pool, int]:
    """Return how many tasks each pool does at once."""
    pools = {task.pool for shot in candidates.shots for task in shot.tasks}
    farm = options.project.spec.farm
    match options.executor:
        case "local":
            gpus, jobs = len(gpus_here(farm.local)) if "gpu" in pools else 0, options.workers
        case "slurm":
            gpus, jobs = _gpus_of_cluster(_needs_of_gpus(candidates, options)), farm.slurm.max_jobs
        case _:
            assert_never(options.executor)
    return {"process": options.workers, "job": jobs, "gpu": gpus or 1}


def _needs_of_gpus(candidates: Candidates, options: RunOptions) -> set[Needs]:
    """Return what those tasks need that take GPUs."""
    nodes = {one.node.recipe: one.node for shot in candidates.shots for one in shot.plan.nodes}
    recipes = {task.recipe for shot in candidates.shots for task in shot.tasks if task.pool == "gpu"}
    return {needs_of(nodes[recipe], options.project) for recipe in recipes}


def _gpus_of_cluster(needs: Collection[Needs]) -> int:
    """Return how many GPUs such jobs may have at once, as if nobody else wanted any; 0 while nobody answers."""
    if not needs:
        return 0
    try:
        cluster = ask_cluster()
    except (MissingError, UnansweredError, RefusedError):
        return 0  # the run that follows says so
    wanted = ((one, cluster.partition(one.partition)) for one in needs)
    nodes = ((node, one) for one, place in wanted if place for node in place.nodes)
    fitting = [(node, one) for node, one in nodes if node.is_up and node.holds(one)]
    found: dict[str, int] = {}
    for node, one in fitting:
        found[node.name] = max(found.get(node.name, 0), node.gpus_of(one.gpu_type))
    return sum(found.values())
