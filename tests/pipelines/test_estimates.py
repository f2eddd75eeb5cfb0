"""Estimates come near what happens, and nearer with every run; before the first one they say that they assume."""

import json
import random
import time
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

import pytest

from pipelines.estimates import Estimator, Guess
from pipelines.node import Ledger
from pipelines.past import sampled
from pipelines.plan import plan_shot, remember
from pipelines.shot import ShotNodes, shot_nodes
from r2s2r.artifacts.action import Action, Measured, Request
from r2s2r.artifacts.fingerprint import canonical_json
from r2s2r.artifacts.store import Store
from r2s2r.spec.load import load_scene
from tests.pipelines.conftest import Project

FULL = 64 * 96


@dataclass
class History:
    """A store to which finished nodes are added, as a run leaves them."""

    store: Store
    count: int = 0

    def add(self, stage: str, backend: str, seconds: float, *, measured: Measured | None = None, **facts: float) -> str:
        self.count += 1
        request = Request(stage, 1, backend, {"number": self.count}, {})
        result = f"{self.count:064x}"
        folder = self.store.object(result)
        folder.mkdir(parents=True)
        (folder / "facts.json").write_text(json.dumps({"findings": [], **facts}))
        (folder / "manifest.json").write_bytes(b"{}")
        action = Action(request.key, request, result, seconds, "2026-11-23T00:00:00", "node", {}, measured or {})
        (self.store.root / "actions" / f"{request.key}.json").write_bytes(canonical_json(action.as_json()))
        return request.key


@pytest.fixture
def history(project: Project) -> History:
    store = Store(project.store)
    store.prepare()
    return History(store)


def shot_of(project: Project, *, frames: int = 3, name: str = "orbit") -> ShotNodes:
    project.scene.write_text(project.scene.read_text().replace("frames: 3", f"frames: {frames}"))
    scene = load_scene(project.scene)
    found = shot_nodes(scene, scene.shots[name])
    project.scene.write_text(project.scene.read_text().replace(f"frames: {frames}", "frames: 3"))
    return found


def guess(history: History, shot: ShotNodes, name: str) -> Guess:
    ledger = Ledger(history.store)
    return Estimator(ledger).guesses(plan_shot(shot, ledger))[shot[name].recipe]


def test_before_the_first_run_estimates_are_assumed_and_say_so(project, history):
    shot = shot_of(project)
    ledger = Ledger(history.store)
    guesses = Estimator(ledger).guesses(plan_shot(shot, ledger))
    assert set(guesses) == {node.recipe for node in shot.nodes}
    assert {one.basis for one in guesses.values()} == {"assumed"}
    assert all(one.seconds > 0 for one in guesses.values())


def test_a_longer_shot_is_expected_to_take_longer(project, history):
    history.add("render", "cpu", 6.0, frames=10, height=64, width=96)
    short, long = (guess(history, shot_of(project, frames=frames), "render") for frames in (10, 40))
    assert short == Guess(6.0, "1 earlier run")
    assert long.seconds == pytest.approx(24.0)


def test_runs_of_another_backend_say_nothing(project, history):
    history.add("render", "kaolin", 0.1, frames=10, height=64, width=96)
    assert guess(history, shot_of(project), "render").basis == "assumed"


def test_of_many_runs_those_of_the_nearest_size_count(project, history):
    for _ in range(20):
        history.add("encode", "x264", 1.0, frames=4, height=64, width=96)  # mostly what it costs to begin
        history.add("encode", "x264", 40.0, frames=400, height=64, width=96)
    assert guess(history, shot_of(project, frames=400), "encode").seconds == pytest.approx(40.0)
    assert guess(history, shot_of(project, frames=4), "encode").seconds == pytest.approx(1.0)


def test_one_odd_run_does_not_spoil_the_estimate(project, history):
    for seconds in (5.0, 5.2, 4.9, 5.1, 900.0):
        history.add("render", "cpu", seconds, frames=3, height=64, width=96)
    assert guess(history, shot_of(project), "render").seconds == pytest.approx(5.1)


def test_the_last_time_of_this_very_node_wins(built):
    shot = shot_nodes(scene := load_scene(built.scene), scene.shots["orbit"])
    ledger = Ledger(Store(built.store))
    remember(shot, ledger)
    took = ledger.action(shot["render"])
    assert took is not None
    changed = built.scene.read_text().replace("degrees: 24", "degrees: 25").replace("frames: 3", "frames: 6")
    (built.folder / "changed").mkdir()
    try:
        original = built.scene.read_text()
        built.scene.write_text(changed)
        scene = load_scene(built.scene)
        now = shot_nodes(scene, scene.shots["orbit"])
        found = Estimator(ledger).guesses(plan_shot(now, ledger))
    finally:
        built.scene.write_text(original)
    assert found[now["render"].recipe].basis == "last time"
    assert found[now["render"].recipe].seconds == pytest.approx(2 * took.seconds)
    assert now["footage"].recipe not in found  # it is fresh


def test_estimates_converge_to_what_happens(project, history):
    """Truth: two seconds to begin and 30 ms a frame, with noise of 15 %; errors on shots of lengths not seen before."""
    choose = random.Random(7)  # noqa: S311 - numbers to try

    def truth(frames: int) -> float:
        return (2 + 0.03 * frames) * choose.lognormvariate(0, 0.15)

    shots = {frames: shot_of(project, frames=frames) for frames in (15, 45, 77, 130, 190, 240, 310, 390)}
    errors = []
    for known in (0, 3, 30, 300):
        while history.count < known:
            frames = choose.randint(10, 400)
            history.add("render", "cpu", truth(frames), frames=frames, height=64, width=96)
        off = [guess(history, shot, "render").seconds / truth(frames) - 1 for frames, shot in shots.items()]
        errors.append(median(map(abs, off)))
    assert errors[3] < errors[1]
    assert errors[3] < errors[0]
    assert errors[3] < 0.2, f"median errors after 0, 3, 30 and 300 runs: {errors}"


def test_what_went_on_from_checkpoints_counts_as_a_whole_run(history):
    steps = {"seconds_per_step": 2.0, "steps": 10, "segments": 3}
    history.add("diffuse", "animate", 25.0, measured=steps, times_s=[0.0] * 9, height=64, width=96)
    ((kind, (run,)),) = sampled(history.store).items()
    assert kind == ("diffuse", "animate")
    assert (run.seconds, run.work) == (60.0, 9 * FULL)


def model_shot(project: Project, *, frames: int, steps: int = 20) -> ShotNodes:
    """A shot whose frames a video model makes, with weights that are only named."""
    project.change("frames: 3\n", f"frames: {frames}\n    diffuse: {{backend: animate, animate: {{steps: {steps}}}}}\n")
    scene = load_scene(project.scene)
    return shot_nodes(scene, scene.shots["orbit"])


def on_another_gpu(history: History, shot: ShotNodes) -> Guess:
    ledger = Ledger(history.store)
    found = Estimator(ledger, lambda: None).guesses(plan_shot(shot, ledger))
    return found[shot["diffuse"].recipe]


def test_a_video_model_is_estimated_from_its_steps_before_it_ever_ran(project, history):
    shot = model_shot(project, frames=77)
    found = on_another_gpu(history, shot)
    assert found.basis == "assumed"
    assert 60 < found.seconds < 3600
    assert found.stride_s == found.seconds  # one segment


def test_runs_of_the_farms_gpus_say_how_long_a_video_model_takes_there(project, history):
    shot = model_shot(project, frames=77)
    for _ in range(3):  # 20 steps of 10 s in one segment, and 100 s for all the rest
        noted = {"seconds_per_step": 10.0, "steps": 20, "segments": 1, "gpu": "NVIDIA L40S", "precision": "bf16"}
        size = {"height": shot.shot.edit.output.height, "width": shot.shot.edit.output.width}
        forwards = {"forwards_per_step": 2 if shot.shot.diffuse.animate.chosen_guidance > 1 else 1}
        history.add("diffuse", "animate", 300.0, measured={**noted, **size, **forwards})
    found = on_another_gpu(history, shot)
    assert found.basis == "3 earlier runs"
    assert found.seconds == pytest.approx(300.0, rel=0.01)


def test_finished_segments_are_not_counted_again(project, history):
    shot = model_shot(project, frames=200)
    ledger = Ledger(history.store)
    node, estimator = shot["diffuse"], Estimator(ledger, lambda: None)
    plan = plan_shot(shot, ledger)
    whole = estimator.guesses(plan)[node.recipe]
    segments = round(whole.seconds / whole.stride_s)
    assert segments > 1
    folder = history.store.checkpoints("a" * 64)
    folder.mkdir()
    (folder / "segment-0000.safetensors").write_bytes(b"")
    keyed = replace(plan, nodes=tuple(replace(one, key="a" * 64) if one.node is node else one for one in plan.nodes))
    left = estimator.guesses(keyed)[node.recipe]
    assert left.seconds == pytest.approx(whole.seconds * (segments - 1) / segments)


def test_damaged_actions_are_no_history(history):
    actions = history.store.root / "actions"
    (actions / f"{'0' * 64}.json").write_bytes(b"{torn")
    (actions / f"{'1' * 64}.json").write_bytes(b"[]")
    (actions / ".half.json.123").write_bytes(b"")
    assert sampled(history.store) == {}
    assert sampled(Store(Path("/nonexistent"))) == {}


def test_a_store_of_tens_of_thousands_is_sampled_in_a_second_or_two(history):
    for number in range(12_000):
        request = Request("render" if number % 2 else "encode", 1, "cpu", {"number": number}, {})
        action = Action(request.key, request, "f" * 64, 1.0 + number % 3, "2026-11-23T00:00:00", "node", {})
        (history.store.root / "actions" / f"{request.key}.json").write_bytes(canonical_json(action.as_json()))
    since = time.process_time()
    found = sampled(history.store)
    assert time.process_time() - since < 2.0
    assert 1800 < sum(map(len, found.values())) < 2400
    assert set(found) == {("render", "cpu"), ("encode", "cpu")}
