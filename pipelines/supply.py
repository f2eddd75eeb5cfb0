"""Supply: what is only in the bucket comes into the store's folder when a task needs it, and not before.

A node whose result the bucket has counts as done. Its object is fetched for the first task that reads it, or when
people want it. If it cannot be had, the node is required anew, as Luigi's dynamic requirements are: it is made in the
same run, by whoever makes nodes of its kind, and then the task that reads it starts again.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TypeAlias

from luigi.task_status import DONE, FAILED, PENDING

from pipelines.crew import Crew
from pipelines.failure import explanation
from pipelines.node import Ledger, Node
from pipelines.task import StageTask, task_for
from r2s2r.errors import R2S2RError

_AT_ONCE = 8
Finish: TypeAlias = Callable[[str, object, Sequence[StageTask]], None]
"""Called with a status, an explanation, and what is required before the task starts again."""


class Supply:
    """Fetches for tasks, in threads of the driver."""

    def __init__(self, ledger: Ledger, crew: Crew) -> None:
        self._ledger, self._crew = ledger, crew

    def lacks(self, task: StageTask) -> bool:
        """Whether something has to be fetched before the task can start, or instead of it."""
        with suppress(R2S2RError):  # told when the task starts
            inputs_are_here = all(map(self._ledger.is_here, task.node.inputs))
            return not task.complete() and (self._is_to_be_fetched(task.node) or not inputs_are_here)
        return False

    def begin(self, task: StageTask, finish: Finish) -> None:
        """Fetch; ``finish`` is called once, from another thread."""
        self._crew.give(lambda: self._bring(task, finish))

    def _bring(self, task: StageTask, finish: Finish) -> None:
        try:
            if self._ledger.fetch(task.node):
                return finish(DONE, None, ())
            lost = [node for node in task.node.inputs if not self._ledger.fetch(node)]
            required = [task_for(self._ledger, node, priority=task.priority) for node in lost]
        except BaseException as error:  # noqa: BLE001 - a silent thread hangs the run
            return finish(FAILED, explanation(error), ())
        finish(PENDING, "", required)

    def _is_to_be_fetched(self, node: Node) -> bool:
        return self._ledger.action(node) is not None and not self._ledger.is_here(node)


@contextmanager
def supplied(ledger: Ledger) -> Iterator[Supply | None]:
    """Open the supply of a run; None where the store has no second level."""
    if ledger.store.second is None:
        yield None
        return
    crew = Crew("supply", _AT_ONCE)
    try:
        yield Supply(ledger, crew)
    finally:
        crew.dismiss()
