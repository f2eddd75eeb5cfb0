"""Run: make what is stale, shot by shot, with Luigi; one shot's failure leaves the others alone."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from pipelines.deliver import DELIVERABLES, deliver
from pipelines.failure import Failure
from pipelines.lacks import lacks
from pipelines.node import Ledger, Node
from pipelines.plan import ShotPlan, remember
from pipelines.processes import start_fork_server
from r2s2r.artifacts.store import Store
from r2s2r.artifacts.sweep import in_use, mark_used
from r2s2r.artifacts.top_view import PLAN
from r2s2r.errors import StoreError

if TYPE_CHECKING:
    from pipelines.tracker import Tracker  # imports Luigi, which a run with nothing to do need not wait for


@dataclass(frozen=True)
class RunOptions:
    """How to run.

    Attributes:
        workers: Processes at once.
        fail_fast: Start nothing more after the first failure.
        out: Folder for people; videos go to ``out/<scene>/<shot>/<profile>``, entities to
            ``out/<scene>/entities/<entity>``.
    """

    workers: int
    fail_fast: bool
    out: Path


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
    """

    plan: ShotPlan
    failures: tuple[Failure, ...]
    is_complete: bool
    delivered: dict[str, Path]
    folders: dict[str, Path]
    seconds: dict[str, float]
    findings: tuple[str, ...]


Display: TypeAlias = "Callable[[Tracker], AbstractContextManager[object]]"


def run(
    plans: list[ShotPlan], store: Store, options: RunOptions, *, display: Display = lambda _: nullcontext()
) -> list[ShotResult]:
    """Make the planned shots; ``display`` is opened with the tracker while Luigi works.

    Raises StoreError when the store cannot be written; what goes wrong in a node is in the results.
    """
    ledger = Ledger(store)
    stale = [plan for plan in plans if not plan.is_fresh]
    if not stale:
        return [_result(plan, ledger, options, None) for plan in plans]
    from pipelines.tracker import Tracker

    store.prepare()
    lacking = {plan: lacks(plan, ledger) for plan in stale}
    stale = [plan for plan in stale if not lacking[plan]]
    ends = {node.recipe: (plan, node) for plan in stale for node in plan.ends if node.stage in DELIVERABLES}

    def deliver_at_once(recipe: str) -> None:
        if recipe in ends:
            plan, node = ends[recipe]
            with suppress(StoreError):  # the others go on; in the end it is tried again, and reported
                _deliver(plan, node, ledger, options)

    tracker = Tracker(store, deliver_at_once)
    tracker.failures.update((failure.node.recipe, failure) for found in lacking.values() for failure in found)
    with in_use(store):
        if stale:
            with display(tracker):
                _build(stale, store, options, tracker)
        return [_result(plan, ledger, options, tracker) for plan in plans]


def _build(plans: list[ShotPlan], store: Store, options: RunOptions, tracker: "Tracker") -> None:
    start_fork_server()  # it imports what stages need while this process imports Luigi

    from luigi.scheduler import Scheduler
    from luigi.task_register import Register

    from pipelines.task import task_for
    from pipelines.worker import ForkServerWorker

    logging.getLogger("luigi-interface").setLevel(logging.CRITICAL)  # The tracker tells what happens, in our words.
    Register.clear_instance_cache()  # tasks of an earlier run in this process believe what they saw then
    with ForkServerWorker(
        scheduler=Scheduler(), worker_processes=options.workers, observer=tracker, fail_fast=options.fail_fast
    ) as worker:
        for plan in plans:
            for node in plan.ends:
                worker.add(task_for(store, node, priority=plan.shot.shot.priority))
        worker.run()


def _result(plan: ShotPlan, ledger: Ledger, options: RunOptions, tracker: "Tracker | None") -> ShotResult:
    nodes = [planned.node for planned in plan.nodes]
    is_complete = all(ledger.action(node) is not None for node in plan.ends)
    remember(plan.shot, ledger)
    mark_used(ledger.store, (action.key for node in nodes if (action := ledger.action(node)) is not None))
    delivered, undelivered = _delivered(plan, ledger, options)
    failures = [tracker.failures[node.recipe] for node in nodes if tracker and node.recipe in tracker.failures]
    states = {node.name: tracker.progress(node.recipe) for node in nodes} if tracker else {}
    made = [node for node in nodes if node.name in states and states[node.name].activity == "done"]
    return ShotResult(
        plan=plan,
        failures=(*failures, *undelivered),
        is_complete=is_complete and not undelivered,
        delivered=delivered,
        folders={
            node.name: ledger.store.object(action.result)
            for node in plan.ends
            if node.stage not in DELIVERABLES and (action := ledger.action(node)) is not None
        },
        seconds={node.name: states[node.name].seconds for node in made},
        findings=tuple(finding for node in made for finding in ledger.findings(node)),
    )


def _delivered(plan: ShotPlan, ledger: Ledger, options: RunOptions) -> tuple[dict[str, Path], tuple[Failure, ...]]:
    """Put what is made where people look for it; return where that is by node, and why some could not be put there."""
    delivered, failures = {}, []
    for node in plan.ends:
        if node.stage in DELIVERABLES and ledger.action(node) is not None:
            try:
                delivered[node.name] = _deliver(plan, node, ledger, options)
            except StoreError as error:
                failures.append(Failure.of(node, error))
    return delivered, tuple(failures)


def _deliver(plan: ShotPlan, node: Node, ledger: Ledger, options: RunOptions) -> Path:
    action = ledger.action(node)
    assert action is not None, "only what is made is delivered"
    shot = options.out / plan.shot.scene.name / plan.shot.shot.name
    target = shot / (plan.shot.scene.profile if node.stage == "encode" else node.name.partition(":")[2])
    for before in plan.nodes:
        if node.stage == "encode" and before.node.name == "edit" and (edited := ledger.action(before.node)) is not None:
            deliver(ledger.store.object(edited.result), (PLAN,), target)
    return deliver(ledger.store.object(action.result), DELIVERABLES[node.stage], target)
