"""What a task costs the driver besides its work: nodes that are done at once, through Luigi's worker and scheduler."""

import logging
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from luigi.task_status import DONE

from pipelines.gate import AlwaysOpen
from pipelines.node import Ledger, Node, Stage
from pipelines.task import StageTask, task_for
from pipelines.worker import Drive, ForkServerWorker
from r2s2r.artifacts.action import Action
from r2s2r.artifacts.store import Store

# Stage -> what it reads, as in a shot of a video model.
_SHOT: dict[Stage, tuple[Stage, ...]] = {
    "footage": (),
    "mask": ("footage",),
    "camera": ("footage",),
    "entity": ("footage", "mask", "camera"),
    "plate": ("footage", "mask"),
    "edit": ("footage", "camera", "entity"),
    "render": ("edit", "entity"),
    "control": ("render",),
    "diffuse": ("control", "render", "edit", "plate"),
    "encode": ("diffuse", "control"),
}


def scheduling_ms(shots: int, *, slots: int = 4) -> tuple[int, float]:
    """Return the number of tasks of so many shots, and the processor time of each, in milliseconds."""
    logging.getLogger("luigi-interface").setLevel(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        store.prepare()
        ledger, observer = _Known(store), _Counting()
        ends = [_end(number) for number in range(shots)]
        tasks = (task_for(ledger, node, priority=0) for node in ends)
        drive = Drive(observer, AlwaysOpen(), _AtOnce(ledger, slots), supply=None, processes=1, tasks=tasks)
        with ForkServerWorker(drive) as worker:
            began = time.process_time()
            assert worker.run(), "every task is done at once"
            seconds = time.process_time() - began
    return observer.ended, seconds / observer.ended * 1000


def _end(number: int) -> Node:
    nodes: dict[Stage, Node] = {}
    for stage, read in _SHOT.items():
        inputs = tuple(nodes[name] for name in read)
        nodes[stage] = Node(stage, stage, 1, "none", {"shot": number}, inputs)
    return nodes["encode"]


class _Known(Ledger):
    """Knows what was done without a store: that is measured elsewhere."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.done: dict[str, Action] = {}

    def action(self, node: Node) -> Action | None:
        return self.done.get(node.recipe)


class _AtOnce:
    """Builds every task in no time."""

    def __init__(self, ledger: _Known, capacity: int) -> None:
        self._ledger, self.capacity = ledger, capacity

    def takes(self, task: StageTask) -> bool:
        return True

    def begin(self, task: StageTask, finish: Callable[[str, object], None]) -> None:
        assert task.request is not None, "it is asked for before it is handed over"
        key = task.request.key
        self._ledger.done[task.recipe] = Action(key, task.request, key, 0.0, "", "", {})
        finish(DONE, None)

    def cancel(self, task: StageTask) -> None:
        pass

    def waits(self, task: StageTask) -> bool:
        return False

    def stop_gently(self, why: str) -> None:
        pass


class _Counting:
    """Counts what ended."""

    def __init__(self) -> None:
        self.ended = 0

    def started(self, task: StageTask) -> None:
        pass

    def finished(self, task: StageTask, *, succeeded: bool, explanation: str) -> None:
        self.ended += 1

    def retried(self, task: StageTask, why: str) -> None:
        pass

    def put_off(self, task: StageTask, why: str) -> None:
        pass
