"""Results: what became of each shot of a run, and its video where people look for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.deliver import DELIVERABLES, deliver
from pipelines.failure import Failure
from pipelines.node import Ledger, Node
from pipelines.plan import ShotPlan, remember
from r2s2r.artifacts.sweep import mark_used
from r2s2r.artifacts.top_view import PLAN
from r2s2r.errors import StoreError

if TYPE_CHECKING:
    from pipelines.tracker import Tracker


@dataclass(frozen=True)
class ShotResult:
    """What became of one shot.

    Attributes:
        plan: What was to be done.
        failures: Of this shot's nodes, and of delivering its video.
        is_complete: Whether all wanted nodes are in the store, and the video, if one is wanted, is where people look.
        delivered: Node name -> where its result was put for people: of a shot, its video.
        folders: Node name -> folder of what else the plan was for.
        seconds: Node name -> time it took in this run.
        findings: What a person should know of the results made in this run, each with its node's name.
        put_off: Why it was left for another time; empty for most.
    """

    plan: ShotPlan
    failures: tuple[Failure, ...]
    is_complete: bool
    delivered: dict[str, Path]
    folders: dict[str, Path]
    seconds: dict[str, float]
    findings: tuple[str, ...]
    put_off: str = ""


def results_of(plans: Iterable[ShotPlan], ledger: Ledger, out: Path, tracker: "Tracker | None") -> list[ShotResult]:
    """Return what became of shots; what they are made of was used now."""
    results, used = [], dict[str, None]()
    for plan in plans:
        results.append(result_of(plan, ledger, out, tracker))
        used.update((action.key, None) for one in plan.nodes if (action := ledger.action(one.node)) is not None)
    mark_used(ledger.store, used)
    return results


def wanted_here(plan: ShotPlan) -> tuple[Node, ...]:
    """Return the nodes whose results people get, the others' may stay where they are: the edit has the shot's plan."""
    has_video = any(node.stage == "encode" for node in plan.ends)
    edits = tuple(one.node for one in plan.nodes if has_video and one.node.name == "edit")
    return (*edits, *(node for node in plan.ends if node not in edits))


def result_of(plan: ShotPlan, ledger: Ledger, out: Path, tracker: "Tracker | None") -> ShotResult:
    """Return what became of a shot, after putting what is made of it where people look."""
    nodes = [planned.node for planned in plan.nodes]
    is_complete = all(ledger.is_here(node) for node in plan.ends)
    remember(plan.shot, ledger)
    delivered, undelivered = _delivered(plan, ledger, out)
    failures = [tracker.failures[node.recipe] for node in nodes if tracker and node.recipe in tracker.failures]
    states = {node.name: tracker.progress(node.recipe) for node in nodes} if tracker else {}
    # What is done without having been begun here was fetched, or made by another driver.
    made = [
        one for one in nodes if one.name in states and states[one.name].activity == "done" and states[one.name].seconds
    ]
    return ShotResult(
        plan=plan,
        failures=(*failures, *undelivered),
        is_complete=is_complete and not undelivered,
        delivered=delivered,
        folders={
            node.name: ledger.store.object(action.result)
            for node in plan.ends
            if node.stage not in DELIVERABLES and (action := ledger.action(node)) is not None and ledger.is_here(node)
        },
        seconds={node.name: states[node.name].seconds for node in made},
        findings=tuple(finding for node in made for finding in ledger.findings(node)),
        put_off=next((tracker.put_offs[one.recipe] for one in nodes if tracker and one.recipe in tracker.put_offs), ""),
    )


def _delivered(plan: ShotPlan, ledger: Ledger, out: Path) -> tuple[dict[str, Path], tuple[Failure, ...]]:
    """Put what is made where people look for it; return where that is by node, and why some could not be put there."""
    delivered, failures = {}, []
    for node in plan.ends:
        if node.stage in DELIVERABLES and ledger.is_here(node):
            try:
                delivered[node.name] = deliver_end(plan, node, ledger, out)
            except StoreError as error:
                failures.append(Failure.of(node, error))
    return delivered, tuple(failures)


def deliver_end(plan: ShotPlan, node: Node, ledger: Ledger, out: Path) -> Path:
    """Put a finished node's result where people look for it; return its file. Raises StoreError when it cannot be."""
    action = ledger.action(node)
    assert action is not None, "only what is made is delivered"
    shot = out / plan.shot.scene.name / plan.shot.shot.name
    target = shot / (plan.shot.scene.profile if node.stage == "encode" else node.name.partition(":")[2])
    for before in wanted_here(plan):
        if node.stage == "encode" and before.stage == "edit" and (edited := ledger.action(before)) is not None:
            deliver(ledger.store.object(edited.result), (PLAN,), target)
    return deliver(ledger.store.object(action.result), DELIVERABLES[node.stage], target)
