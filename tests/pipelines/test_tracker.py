"""What the tracker tells the gate."""

from pathlib import Path

import pytest

from pipelines.estimates import Guess
from pipelines.gate import AlwaysOpen
from pipelines.night.gate import Budget, NightGate
from pipelines.node import Ledger, Node
from pipelines.task import task_for
from pipelines.tracker import Tracker
from r2s2r.artifacts.action import Action
from r2s2r.artifacts.store import Store


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
