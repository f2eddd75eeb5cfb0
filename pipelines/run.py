"""Run: make what is stale, shot by shot, with Luigi; one shot's failure leaves the others alone."""

import logging
import os
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from pipelines.deliver import DELIVERABLES
from pipelines.failure import Failure
from pipelines.farm.chosen import ExecutorName
from pipelines.farm.needs import Needs, has_own_environment, is_handed_over, needs_of
from pipelines.gate import AlwaysOpen, Gate
from pipelines.lacks import lacks
from pipelines.node import Ledger, Node
from pipelines.plan import ShotPlan
from pipelines.processes import start_fork_server
from pipelines.results import ShotResult, deliver_end, results_of, wanted_here
from pipelines.write_back import written_back
from r2s2r.artifacts.journal import Journal, JournalRun, JournalShot, new_run_id
from r2s2r.artifacts.sweep import in_use
from r2s2r.errors import StoreError
from r2s2r.spec.project import Project

if TYPE_CHECKING:
    from pipelines.farm.farm import Farm
    from pipelines.tracker import Tracker  # imports Luigi, which a run with nothing to do need not wait for


@dataclass(frozen=True)
class RunOptions:
    """How to run.

    Attributes:
        project: The project of the scenes: its farm, and its folder for people; videos go to
            ``out/<scene>/<shot>/<profile>``, entities to ``out/<scene>/entities/<entity>``.
        workers: Processes of this machine at once.
        executor: Where goes what is not built by these.
        fail_fast: Start nothing more after the first failure.
        gate: Decides right before each start.
        unfit: Recipe -> why the farm cannot build it: its shots fail, and the farm is not asked about them again.
    """

    project: Project
    workers: int
    executor: ExecutorName
    fail_fast: bool = False
    gate: Gate = field(default_factory=AlwaysOpen)
    unfit: Mapping[str, str] = field(default_factory=dict)


Display: TypeAlias = "Callable[[Tracker], AbstractContextManager[object]]"


def run(
    plans: list[ShotPlan],
    ledger: Ledger,
    options: RunOptions,
    *,
    display: Display = lambda _: nullcontext(),
    journal: Journal | None = None,
) -> list[ShotResult]:
    """Make the planned shots, the first first where priorities are equal.

    Args:
        plans: What is to be done.
        ledger: Of the store where results go: what planning has found there need not be asked again.
        options: How.
        display: Opened with the tracker while Luigi works.
        journal: Told of everything; None: one is begun, unless there is nothing to do.

    Raises:
        StoreError: The store cannot be written.
        InputError: The farm has not what the project file asks it for.
        MissingError: The farm does not answer.

    What goes wrong in a node is in the results.
    """
    store = ledger.store
    stale = [plan for plan in plans if not (plan.is_fresh and all(map(ledger.is_here, wanted_here(plan))))]
    if not stale:
        with written_back(plans, ledger):
            return results_of(plans, ledger, options.project.out, None)
    store.prepare()
    run_id = new_run_id() if journal is None else journal.run.id
    begun = journal or Journal(store, journal_of(run_id, plans, options))
    with in_use(store, run_id), begun as noted, written_back(plans, ledger) as write_back:
        tracker = _tracker(stale, ledger, options, noted, write_back)
        able = [plan for plan in stale if not _lacks(plan, ledger, options, tracker)]
        if able:
            with display(tracker):
                _build(able, ledger, options, tracker, noted)
        return results_of(plans, ledger, options.project.out, tracker)


def journal_of(run_id: str, plans: Iterable[ShotPlan], options: RunOptions) -> JournalRun:
    """Return what the journal of a run begins with."""
    return JournalRun(
        id=run_id,
        kind="run",
        machine=socket.gethostname(),
        pid=os.getpid(),
        started=time.time(),
        executor=options.executor,
        out=str(options.project.out),
        until=None,
        refused=(),
        shots=tuple(journal_shot(plan) for plan in plans),
    )


def journal_shot(plan: ShotPlan, *, estimate_s: float | None = None, put_off: str = "") -> JournalShot:
    """Return what the journal says of a shot."""
    scene, shot = plan.shot.scene, plan.shot.shot
    nodes = tuple((one.node.name, one.node.recipe, one.state, "; ".join(one.why)) for one in plan.nodes)
    return JournalShot(scene.name, shot.name, str(scene.path), scene.profile, shot.priority, nodes, estimate_s, put_off)


def _tracker(
    plans: list[ShotPlan], ledger: Ledger, options: RunOptions, journal: Journal, write_back: Callable[[Node], None]
) -> "Tracker":
    from pipelines.tracker import Tracker

    nodes = {one.node.recipe: one.node for plan in plans for one in plan.nodes}
    ends = {node.recipe: (plan, node) for plan in plans for node in plan.ends if node.stage in DELIVERABLES}

    def deliver_at_once(recipe: str) -> None:
        write_back(nodes[recipe])
        if recipe in ends:
            plan, node = ends[recipe]
            with suppress(StoreError):  # the others go on; in the end it is tried again, and reported
                deliver_end(plan, node, ledger, options.project.out)

    return Tracker(
        ledger.store,
        options.gate,
        journal,
        gpus=lambda node: needs_of(node, options.project).gpus,
        on_done=deliver_at_once,
    )


def lacking(plan: ShotPlan, ledger: Ledger, options: RunOptions) -> tuple[Failure, ...]:
    """Return what keeps a shot from being begun: what this machine lacks for its nodes, or the farm."""
    farm = options.project.spec.farm

    def is_elsewhere(node: Node) -> bool:
        return is_handed_over(node, farm, options.executor) and has_own_environment(node, farm, options.executor)

    unfit = (one.node for one in plan.nodes if one.node.recipe in options.unfit)
    return (
        *lacks(plan, ledger, is_elsewhere=is_elsewhere),
        *(Failure.of_project(node, options.unfit[node.recipe]) for node in unfit),
    )


def _lacks(plan: ShotPlan, ledger: Ledger, options: RunOptions, tracker: "Tracker") -> bool:
    """Note what a shot lacks; return whether that is anything."""
    found = lacking(plan, ledger, options)
    tracker.lack(found)
    return bool(found)


def _build(plans: list[ShotPlan], ledger: Ledger, options: RunOptions, tracker: "Tracker", journal: Journal) -> None:
    start_fork_server(_stages_here(plans, options))  # it imports what they need while this process imports Luigi

    from luigi.task_register import Register

    from pipelines.supply import supplied
    from pipelines.task import task_for
    from pipelines.worker import Drive, ForkServerWorker

    logging.getLogger("luigi-interface").setLevel(logging.CRITICAL)  # The tracker tells what happens, in our words.
    Register.clear_instance_cache()  # tasks of an earlier run in this process believe what they saw then
    urgent = sorted(plans, key=lambda plan: -plan.shot.shot.priority)
    with _farm(plans, ledger, options, tracker) as elsewhere, supplied(ledger) as supply:
        drive = Drive(
            observer=tracker,
            gate=options.gate,
            elsewhere=elsewhere,
            supply=supply,
            processes=options.workers,
            fail_fast=options.fail_fast,
            wanted=journal.wanted,
            tasks=(
                task_for(ledger, node, priority=plan.shot.shot.priority, is_wanted_here=True)
                for plan in urgent
                for node in wanted_here(plan)
            ),
        )
        with ForkServerWorker(drive) as worker:
            worker.run()


def _stages_here(plans: list[ShotPlan], options: RunOptions) -> list[str]:
    """Return the stage of each node that processes of the driver's own are to build."""
    stale = {one.node.recipe: one.node for plan in plans for one in plan.nodes if one.state != "fresh"}
    farm = options.project.spec.farm
    return [node.stage for node in stale.values() if not is_handed_over(node, farm, options.executor)]


def _farm(
    plans: list[ShotPlan], ledger: Ledger, options: RunOptions, tracker: "Tracker"
) -> "AbstractContextManager[Farm | None]":
    """Return the farm; None where these shots need none. It is asked first whether it can do what will be asked."""
    wanted: dict[Needs, None] = {}
    labels = {}
    for plan in plans:
        for node in handed_over(plan, ledger, options):
            labels[node.recipe] = f"{plan.shot.scene.name}/{plan.shot.shot.name}"
            wanted[needs_of(node, options.project)] = None
    if not wanted:
        return nullcontext()
    from pipelines.farm.chosen import executor_for
    from pipelines.farm.farm import Farm

    executor = executor_for(options.executor, ledger.store, options.project.spec.farm)
    executor.check(list(wanted))
    return Farm(ledger.store, executor, options.project, labels=labels, watcher=tracker)


def handed_over(plan: ShotPlan, ledger: Ledger, options: RunOptions) -> Iterator[Node]:
    """Yield the nodes of a shot that an executor is to build."""
    for one in plan.nodes:
        is_made = one.state == "fresh" and ledger.is_here(one.node)  # what is only in the bucket may be lost
        if not is_made and is_handed_over(one.node, options.project.spec.farm, options.executor):
            yield one.node
