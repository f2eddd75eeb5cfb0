"""Luigi's ways that would bite, and the driver that stays light."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.gate import AlwaysOpen, Closing
from pipelines.node import Ledger, Node
from pipelines.task import StageTask, task_for
from pipelines.worker import Drive, ForkServerWorker
from r2s2r.artifacts.action import Action
from r2s2r.artifacts.lease import hold
from r2s2r.artifacts.store import Store
from tests.pipelines.conftest import Project


class Counting:
    """Notes which nodes were started, and how they ended."""

    def __init__(self) -> None:
        self.started_nodes: list[str] = []
        self.ended: dict[str, bool] = {}
        self.put_off_because: list[tuple[str, str]] = []

    def started(self, task: StageTask) -> None:
        self.started_nodes.append(task.node.name)

    def finished(self, task: StageTask, *, succeeded: bool, explanation: str) -> None:
        self.ended[task.node.name] = succeeded

    def retried(self, task: StageTask, why: str) -> None:
        self.started_nodes.append(task.node.name)

    def put_off(self, task: StageTask, why: str) -> None:
        self.ended[task.node.name] = False
        self.put_off_because.append((task.node.name, why))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "store")
    store.prepare()
    return store


def _footage(clip: Path, frame: int = 0) -> Node:
    parameters = {"frame": frame, "context_s": 5.0, "camera": {"fov_deg": 50.0}}
    return Node("footage", "footage", 1, "pyav", parameters, files={"clip": clip}, blame="source")


def _finish(store: Store, node: Node) -> None:
    request = Ledger(store).request(node)
    assert request is not None
    workspace = store.workspace("n")
    (workspace / "data").write_text("x")
    store.record(Action(request.key, request, store.publish(workspace), 0.0, "", "", {}))


def test_running_a_task_that_was_finished_meanwhile_builds_nothing(store: Store, tmp_path: Path) -> None:
    clip = tmp_path / "clip"
    clip.write_bytes(b"x")
    task = task_for(Ledger(store), _footage(clip), priority=0)
    assert not task.complete()
    task.request = task.ledger.request(task.node)
    _finish(store, task.node)
    (action,) = (store.root / "actions").iterdir()
    before = action.read_bytes()
    task.run()
    assert action.read_bytes() == before
    assert list((store.root / "tmp").iterdir()) == []


def test_nodes_of_equal_content_are_one_task_and_others_are_not(store: Store, tmp_path: Path) -> None:
    one, same, other = _footage(tmp_path / "clip"), _footage(tmp_path / "clip"), _footage(tmp_path / "clip", frame=1)
    assert task_for(Ledger(store), one, priority=0) is task_for(Ledger(store), same, priority=5)
    assert task_for(Ledger(store), one, priority=0).priority == 5
    assert task_for(Ledger(store), one, priority=0) is not task_for(Ledger(store), other, priority=0)
    elsewhere = Ledger(Store(tmp_path / "elsewhere"))
    assert task_for(Ledger(store), one, priority=0) is not task_for(elsewhere, one, priority=0)


def test_a_failing_node_is_tried_once_and_what_needs_it_not_at_all(store: Store, tmp_path: Path) -> None:
    clip = tmp_path / "clip"
    clip.write_bytes(b"this is no video")
    mask = Node("mask:a", "mask", 1, "grabcut", {"box_px": [0, 0, 9, 9]}, (_footage(clip),))
    counting = Counting()
    tasks = iter([task_for(Ledger(store), mask, priority=0)])
    with ForkServerWorker(Drive(counting, AlwaysOpen(), None, None, processes=2, tasks=tasks)) as worker:
        assert worker.run() is False
    assert counting.started_nodes == ["footage"]
    assert counting.ended == {"footage": False}


@pytest.mark.parametrize("by", ["somebody", "the window"])
def test_what_is_ended_when_its_result_is_there_already_is_done(store: Store, tmp_path: Path, by: str) -> None:
    clip, counting = tmp_path / "clip", Counting()
    clip.write_bytes(b"x")
    node = _footage(clip)

    def finished() -> bool:
        """Whether its process was started; that waits for a lease, and meanwhile somebody else has the result."""
        if counting.started_nodes and not list((store.root / "actions").iterdir()):
            _finish(store, node)
        return bool(counting.started_nodes)

    class Window(AlwaysOpen):
        def closing(self) -> Closing:
            return Closing("now", "it ended") if by == "the window" and finished() else Closing()

    def wanted() -> Iterator[str]:
        return iter([node.recipe] if by == "somebody" and finished() else [])

    request = Ledger(store).request(node)
    assert request is not None
    tasks = iter([task_for(Ledger(store), node, priority=0)])
    drive = Drive(counting, Window(), None, None, processes=2, wanted=wanted, tasks=tasks)
    with hold(store.lease_folder(request.key)), ForkServerWorker(drive) as worker:
        assert worker.run() is True
    assert counting.ended == {"footage": True}
    assert counting.put_off_because == []


def test_what_the_gate_ends_is_put_off_with_the_gates_words(store: Store, tmp_path: Path) -> None:
    clip, counting = tmp_path / "clip", Counting()
    clip.write_bytes(b"x")
    node = _footage(clip)

    class Window(AlwaysOpen):
        def closing(self) -> Closing:
            return Closing("now", "the window ended at 07:00") if counting.started_nodes else Closing()

    request = Ledger(store).request(node)
    assert request is not None
    drive = Drive(counting, Window(), None, None, processes=2, tasks=iter([task_for(Ledger(store), node, priority=0)]))
    with hold(store.lease_folder(request.key)), ForkServerWorker(drive) as worker:  # so that it waits, and is not done
        assert worker.run() is False
    assert counting.put_off_because == [("footage", "the window ended at 07:00")]
    assert counting.ended == {"footage": False}


def test_what_was_cancelled_before_is_not_begun(store: Store, tmp_path: Path) -> None:
    clip, counting = tmp_path / "clip", Counting()
    clip.write_bytes(b"x")
    node = _footage(clip)
    tasks = iter([task_for(Ledger(store), node, priority=0)])
    drive = Drive(counting, AlwaysOpen(), None, None, processes=2, wanted=lambda: iter([node.recipe]), tasks=tasks)
    with ForkServerWorker(drive) as worker:
        worker.run()
    assert counting.started_nodes == []
    assert counting.ended == {"footage": False}


def _modules_after(project: Project, *words: str) -> set[str]:
    code = (
        "import sys, contextlib, io\nfrom r2s2r.cli import main\n"
        f"with contextlib.redirect_stdout(io.StringIO()):\n    assert main({list(words)!r}) == 0\n"
        "print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=project.folder, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_planning_and_running_what_is_fresh_import_no_heavy_module(built: Project) -> None:
    heavy = {"numpy", "cv2", "scipy", "numba", "av", "pxr", "torch", "luigi"}
    for words in (("validate", "scene.yaml"), ("plan", "scene.yaml"), ("run", "scene.yaml")):
        assert _modules_after(built, *words) & heavy == set()
