"""What the tracker tells the gate."""

from pathlib import Path

import pytest

from pipelines.estimates import Guess
from pipelines.farm.job import Report
from pipelines.gate import AlwaysOpen
from pipelines.night.gate import Budget, NightGate
from pipelines.node import Ledger, Node
from pipelines.task import task_for
from pipelines.tracker import Tracker
from r2s2r.artifacts.action import Action
from r2s2r.artifacts.journal import Journal, events
from r2s2r.artifacts.store import Store
from tests.runs import run_of


@pytest.mark.parametrize("succeeded", [True, False])
def test_what_was_set_aside_for_a_job_is_free_when_it_ends_without_having_been_seen_to_run(
    tmp_path: Path, succeeded: bool
) -> None:
    node, budget = Node("diffuse", "diffuse", 1, "toy", {}), Budget(3600.0)
    gate = NightGate(closes=None, budget=budget, guesses={node.recipe: Guess(1800.0, "assumed")}, gpus=lambda _: 1)
    store = Store(tmp_path / "store")
    task = task_for(Ledger(store), node, priority=0)
    tracker = Tracker(store, gate, None, gpus=lambda _: 1, on_done=lambda _: None)
    assert gate.refusal(node) == ""
    tracker.queued(task)
    assert budget.reserved_s == {node.recipe: 1800.0}
    tracker.finished(task, succeeded=succeeded, explanation="" if succeeded else '"was cancelled"')
    assert budget.reserved_s == {}
    assert budget.left_s == 3600.0


def test_a_job_that_began_and_ended_between_two_looks_took_as_long_as_it_says_itself(tmp_path: Path) -> None:
    store, node = Store(tmp_path / "store"), Node("encode", "encode", 1, "toy", {})
    store.prepare()
    task = task_for(Ledger(store), node, priority=0)
    task.request = task.ledger.request(node)
    assert task.request is not None
    tracker = Tracker(store, AlwaysOpen(), None, gpus=lambda _: 0, on_done=lambda _: None)
    tracker.queued(task)
    workspace = store.workspace("w")
    (workspace / "data").write_text("x")
    store.record(Action(task.request.key, task.request, store.publish(workspace), 4.5, "", "nodeB", {}))
    tracker.finished(task, succeeded=True, explanation="")
    assert tracker.progress(node.recipe).seconds == 4.5
    assert tracker.progress(node.recipe).where == "nodeB"


def test_what_an_executor_says_is_kept_until_the_task_moves_on_and_is_told_with_what_is_put_off(tmp_path: Path) -> None:
    store, node, run = Store(tmp_path / "store"), Node("diffuse", "diffuse", 1, "toy", {}), run_of(())
    task = task_for(Ledger(store), node, priority=0)
    with Journal(store, run) as journal:
        tracker = Tracker(store, AlwaysOpen(), journal, gpus=lambda _: 1, on_done=lambda _: None)
        tracker.queued(task)
        tracker.said(task, Report("k", "queued", job="4711_0", said="nodes are down"))
        assert tracker.held_up() == {"nodes are down": [node.recipe]}
        tracker.began(task, Report("k", "running", "nodeA"))
        assert tracker.held_up() == {}
        tracker.said(task, Report("k", "running", "nodeA", said="suspended"))
        tracker.put_off(task, "the window ends at 07:00")
        tracker.finished(task, succeeded=False, explanation="")
        tracker.said(task, Report("k", "running", "nodeA", said="too late"))
        assert tracker.held_up() == {}
    told = [(event.what, event.job, event.message) for event in events(store, run.id) if event.recipe]
    assert told == [
        ("queued", "", ""),
        ("said", "4711_0", "nodes are down"),
        ("running", "", ""),
        ("said", "", "suspended"),
        ("deferred", "", "the window ends at 07:00; suspended"),
    ]
