"""One node as a Luigi task.

A task's parameters are content (the store and the node's recipe), never a scene's path: Luigi keeps one instance for
equal parameters, so a node that several shots share is built once, and an edited scene is another task.
"""

from functools import cache
from pathlib import Path
from typing import Any

import luigi

from pipelines.build import build
from pipelines.failure import explanation
from pipelines.node import Ledger, Node
from r2s2r.artifacts.action import Request
from r2s2r.artifacts.store import Store


class StageTask(luigi.Task):
    """Make one node's result be in the store. Made by ``task_for``, which gives it its node.

    Only the driver knows the node and what the store holds of others; what crosses to the process is the request.
    """

    store = luigi.Parameter()
    recipe = luigi.Parameter()

    retry_count = 1  # Luigi's default is to try for ever; who drives knows what is worth another try.
    priority = 0

    def __init__(self, store: str, recipe: str) -> None:
        super().__init__(store, recipe)
        self.node: Node  # not a parameter: the recipe stands for it
        self.ledger: Ledger
        self.request: Request | None = None
        self.is_wanted_here = False

    def __getstate__(self) -> dict[str, Any]:
        """Leave the driver's knowledge behind: the graph of nodes would cost more than what is done with it."""
        return {name: value for name, value in self.__dict__.items() if name not in ("node", "ledger")}

    @classmethod
    @cache
    def get_params(cls) -> list[tuple[str, luigi.Parameter]]:
        """Return the parameters. Luigi looks for them among all the class has, ten times a task."""
        return list(super().get_params())

    def requires(self) -> list["StageTask"]:
        """The tasks of the nodes this one reads."""
        inputs = reversed(self.node.inputs)  # Luigi adds the last one first
        return [task_for(self.ledger, node, priority=self.priority) for node in inputs]

    def complete(self) -> bool:
        """Whether the result of this very request is in the store: a manifest, not a file that happens to exist.

        On its second level will do, unless people want it here.
        """
        return self.ledger.is_here(self.node) if self.is_wanted_here else self.ledger.action(self.node) is not None

    def run(self) -> None:
        """Build what the driver asked for; ``build`` begins with looking whether it is there already."""
        assert self.request is not None, "the driver asks before it starts a process"
        build(Store(Path(self.store)), self.request)

    def on_failure(self, exception: BaseException) -> dict[str, Any]:
        """Tell the driver what went wrong; Luigi carries it there."""
        return explanation(exception)


def task_for(ledger: Ledger, node: Node, *, priority: int, is_wanted_here: bool = False) -> StageTask:
    """Return the task of a node. Of several shots that share a node, the most urgent decides its priority."""
    task = StageTask(str(ledger.store.root), node.recipe)
    task.priority = max(priority, task.priority)
    task.is_wanted_here |= is_wanted_here
    task.node, task.ledger = node, ledger
    return task
