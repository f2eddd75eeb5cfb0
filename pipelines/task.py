"""One node as a Luigi task.

A task's parameters are content (the store and the node's recipe), never a scene's path: Luigi keeps one instance for
equal parameters, so a node that several shots share is built once, and an edited scene is another task.
"""

from functools import cached_property
from pathlib import Path
from typing import Any

import luigi

from pipelines.build import ask, build
from pipelines.failure import explanation
from pipelines.node import Ledger, Node
from r2s2r.artifacts.store import Store


class StageTask(luigi.Task):
    """Make one node's result be in the store. Made by ``task_for``, which gives it its node."""

    store = luigi.Parameter()
    recipe = luigi.Parameter()

    retry_count = 1  # Luigi's default is to try for ever; what fails once in a run fails again.
    priority = 0

    def __init__(self, store: str, recipe: str) -> None:
        super().__init__(store, recipe)
        self.node: Node  # not a parameter: the recipe stands for it

    @cached_property
    def ledger(self) -> Ledger:
        """What this task knows of the store."""
        return Ledger(Store(Path(self.store)))

    def requires(self) -> list["StageTask"]:
        """The tasks of the nodes this one reads."""
        return [task_for(self.ledger.store, node, priority=self.priority) for node in self.node.inputs]

    def complete(self) -> bool:
        """Whether the result of this very request is in the store: a manifest, not a file that happens to exist."""
        return self.ledger.action(self.node) is not None

    def run(self) -> None:
        """Build the node. Luigi does not ask ``complete`` again before this, so it begins with it."""
        if self.complete():
            return
        request = self.ledger.request(self.node)
        assert request is not None, "Luigi runs a task only after those it requires"
        ask(self.ledger.store, request)
        build(self.ledger.store, request)

    def on_failure(self, exception: BaseException) -> dict[str, Any]:
        """Tell the driver what went wrong; Luigi carries it there."""
        return explanation(exception)


def task_for(store: Store, node: Node, *, priority: int) -> StageTask:
    """Return the task of a node. Of several shots that share a node, the most urgent decides its priority."""
    task = StageTask(str(store.root), node.recipe)
    task.priority = max(priority, task.priority)
    task.node = node
    # Luigi knows of one; two models would not fit on it.
    task.resources = {"gpu": 1} if node.model or node.tools else {}
    return task
