"""Shots made by a (tiny, random) video model: the whole way by the command line, and what makes them stale."""

import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from r2s2r.artifacts.lease import Witness, holders
from r2s2r.artifacts.store import Store
from r2s2r.media.video import read_lossless
from scenes.tiny_model import write_tiny_model
from tests.pipelines.conftest import Project, new_project

pytestmark = pytest.mark.timeout(400)

SETTINGS = """\
diffuse:
  backend: animate
  animate:
    weights: {models}/base
    adapter: {models}/adapter
    device: cpu
    precision: fp32
    size: output
    segment_frames: 5
    steps: 2
"""


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    write_tiny_model(folder)
    return folder


def _model_project(folder: Path, models: Path) -> Project:
    project = new_project(folder)
    project.scene.write_text(project.scene.read_text() + SETTINGS.format(models=models))
    (folder / "r2s2r.yaml").write_text(f"version: 1\nmedia_roots: ['{models}']\n")
    return project


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Project:
    """A project whose shots were all made. Shared: copy it before a change."""
    project = _model_project(tmp_path_factory.mktemp("generated") / "project", models)
    done = project.run()
    assert done.code == 0, done.err
    return project


@pytest.fixture
def again(generated: Project, tmp_path: Path) -> Project:
    """A copy of the made project, in another place."""
    shutil.copytree(generated.folder, tmp_path / "project", symlinks=True)
    return Project(tmp_path / "project")


def _frames(project: Project, shot: str, node: str = "diffuse") -> list[np.ndarray]:
    folder = project.call("path", "scene.yaml", shot, node).out.strip()
    return list(read_lossless(Path(folder) / "frames.mkv"))


def test_a_shot_is_made_and_a_second_run_makes_nothing(generated: Project) -> None:
    assert generated.not_fresh() == {}
    frames = _frames(generated, "orbit")
    assert [frame.shape for frame in frames] == [(64, 96, 3)] * 3
    assert (generated.folder / "out" / "tiny" / "orbit" / "draft" / "video.mp4").stat().st_size > 0
    again = generated.run()
    assert again.code == 0
    assert again.out.count("nothing rebuilt") == 2


def test_the_same_shot_has_the_same_bytes_in_another_store(generated: Project, again: Project) -> None:
    shutil.rmtree(again.store)
    done = again.run("--shot", "orbit")
    assert done.code == 0, done.err
    assert all(np.array_equal(a, b) for a, b in zip(_frames(again, "orbit"), _frames(generated, "orbit"), strict=True))


def test_what_was_measured_is_in_the_record(generated: Project) -> None:
    store = Store(generated.store)
    actions = [store.action(path.stem) for path in (store.root / "actions").glob("*.json")]
    measured = [action.measured for action in actions if action and action.request.stage == "diffuse"]
    assert len(measured) == 2
    for one in measured:
        assert one["seconds_per_step"] > 0
        assert one["peak_host_bytes"] > 0
    assert not list((store.root / "checkpoints").iterdir())


def test_where_the_weights_lie_is_not_in_the_key(again: Project, models: Path, tmp_path: Path) -> None:
    shutil.copytree(models, tmp_path / "elsewhere")
    again.change(f"{models}/base", f"{tmp_path}/elsewhere/base")
    (again.folder / "r2s2r.yaml").write_text(f"version: 1\nmedia_roots: ['{models}', '{tmp_path}']\n")
    assert again.not_fresh() == {}


def test_other_weights_are_another_key(again: Project, tmp_path: Path, models: Path) -> None:
    write_tiny_model(tmp_path / "others", seed=1)
    again.change(f"{models}/base", f"{tmp_path}/others/base")
    (again.folder / "r2s2r.yaml").write_text(f"version: 1\nmedia_roots: ['{models}', '{tmp_path}']\n")
    assert again.not_fresh() == {"orbit": ["diffuse", "encode"], "still": ["diffuse", "encode"]}


@pytest.mark.parametrize(
    ("old", "new", "stale"),
    [
        ("steps: 2", "steps: 3", ["diffuse", "encode"]),
        ("  orbit:", "  orbit:\n    seed: 3", ["diffuse", "encode"]),
        ("  orbit:", "  orbit:\n    prompt: two boxes", ["diffuse", "encode"]),
        ("size: output", "size: output\n    normal_convention: directx", ["control", "diffuse", "encode"]),
        ("size: output", "size: output\n    soften_px: 2", ["control", "diffuse", "encode"]),
        ("size: output", "size: output\n    reference: composite", ["plate", "reference", "diffuse", "encode"]),
        ("size: output", "size: output\n    vae_tiling: true", ["diffuse", "encode"]),
        ("steps: 2", "steps: 2\n  compositor: {shadow: 1}", []),
        ("steps: 2", "steps: 2\n  vace: {steps: 3}", []),
    ],
)
def test_only_what_reads_a_setting_is_stale(again: Project, old: str, new: str, stale: list[str]) -> None:
    again.change(old, new)
    assert again.not_fresh().get("orbit", []) == stale


def test_the_plate_does_not_reach_the_model(again: Project) -> None:
    assert "plate" not in again.plan()["orbit"], "nothing of this shot reads it"
    keys = json.loads(again.call("plan", "scene.yaml", "--json", "--shot", "orbit").out)["shots"][0]["nodes"]
    key = next(node["key"] for node in keys if node["node"] == "diffuse")
    request = json.loads((again.store / "requests" / f"{key}.json").read_bytes())
    assert sorted(request["inputs"]) == ["control", "reference"]
    assert str(again.folder) not in json.dumps({**request, "files": {}})


def test_variants_are_made_each_once_and_shown_side_by_side(again: Project) -> None:
    again.change("  still:\n    frames: 2\n", "  still:\n    frames: 2\n    variants: {seed: [0, 1], guidance: [4]}\n")
    done = again.run("--shot", "still")
    assert done.code == 0, done.err
    names = [name for name in again.plan()["still"] if name.startswith("diffuse")]
    assert names == [f"diffuse:seed={seed},guidance=4" for seed in (0, 1)]
    pictures = [_frames(again, "still", name)[0] for name in names]
    assert len({picture.tobytes() for picture in pictures}) == 2
    with Image.open(again.folder / "out" / "tiny" / "still" / "draft" / "contact.png") as sheet:
        assert min(sheet.size) > 100
    again.change("variants: {seed: [0, 1], guidance: [4]}", "seed: 1\n    diffuse: {animate: {guidance: 4}}")
    assert again.not_fresh() == {"still": ["encode"]}, "the one that was chosen is there already"


def test_a_killed_run_goes_on_at_its_segment(tmp_path: Path, models: Path, generated: Project) -> None:
    project = _model_project(tmp_path / "project", models)
    project.change("frames: 3", "frames: 21\n    tags: [long]")
    assert project.run("--tag", "long", "--until", "reference").code == 0
    running = subprocess.Popen(
        project.command("run", "scene.yaml", "--tag", "long"), cwd=project.folder, start_new_session=True
    )
    first = project.store / "checkpoints"
    deadline = time.monotonic() + 120
    while len(list(first.glob("*/*.safetensors"))) < 2 and time.monotonic() < deadline:
        assert running.poll() is None, "it ended before it could be killed"
        time.sleep(0.02)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    ((folder,),) = [first.iterdir()]
    for holder in holders(Store(project.store).lease_folder(folder.name)):  # alone it would go on to the end
        os.killpg(holder.pid, signal.SIGKILL)
        while not Witness().is_dead(holder):
            time.sleep(0.02)
    kept = {path: path.stat().st_mtime_ns for path in first.glob("*/*.safetensors")}
    assert len(kept) >= 2
    assert f"{len(kept)} kept of a run that was ended" in " ".join(project.call("plan", "scene.yaml").out.split())
    assert project.run("--tag", "long").code == 0
    resumed = _frames(project, "orbit")
    assert not list(first.iterdir())
    shutil.rmtree(project.store)
    assert project.run("--tag", "long").code == 0
    assert all(np.array_equal(a, b) for a, b in zip(resumed, _frames(project, "orbit"), strict=True))


def test_no_gpu_is_exit_3_before_anything_is_decoded(tmp_path: Path, models: Path) -> None:
    project = _model_project(tmp_path / "project", models)
    project.change("    device: cpu\n", "")
    done = project.call("run", "scene.yaml")
    if "torch that can use the GPU" not in done.err and "a GPU (" not in done.err:
        pytest.skip("this machine has a GPU")
    assert done.code == 3, done.err
    assert "--profile draft" in done.err
    assert not list((project.store / "objects").iterdir())
    assert project.run("--until", "control", "--until", "reference").code == 0
    missing = ["diffuse", "encode"]
    assert project.not_fresh() == {"orbit": missing, "still": missing}


def test_missing_weights_are_exit_3_and_planned_as_unknown(tmp_path: Path, models: Path) -> None:
    project = _model_project(tmp_path / "project", models)
    project.change(f"{models}/base", f"{models}/none")
    state, why = project.plan()["orbit"]["diffuse"]
    assert state == "unknown"
    assert any("none" in reason for reason in why)
    done = project.run()
    assert done.code == 3, done.err
    assert f"{models}/none" in done.err
    assert not list((project.store / "objects").iterdir())


def test_one_shot_that_cannot_be_made_here_leaves_the_others(tmp_path: Path, models: Path) -> None:
    project = _model_project(tmp_path / "project", models)
    project.change("  still:\n", "  still:\n    diffuse: {backend: compositor}\n")
    project.change(f"{models}/base", f"{models}/none")
    done = project.run()
    assert done.code == 3, done.err
    assert project.not_fresh().keys() == {"orbit"}


def test_the_plan_tells_prompt_segments_and_cost(generated: Project, tmp_path: Path, models: Path) -> None:
    project = _model_project(tmp_path / "project", models)
    project.change("frames: 3", "frames: 8")
    planned = json.loads(project.call("plan", "scene.yaml", "--json").out)["shots"][0]
    forecast = planned["forecast"]
    assert "left" in forecast["prompt"]
    assert "camera" in forecast["prompt"]
    assert (forecast["segments"], forecast["generated_frames"]) == ({"frames": 8, "length": 5, "overlap": 1}, 9)
    assert forecast["estimate"]["host_bytes"] > 0
    shown = project.call("plan", "scene.yaml").out
    assert all(word in shown for word in ("prompt", "segments", "cost"))
    assert "forecast" in json.loads(generated.call("plan", "scene.yaml", "--json").out)["shots"][0]


def test_the_plan_warns_where_control_and_reference_do_not_meet(tmp_path: Path, models: Path) -> None:
    project = _model_project(tmp_path / "project", models)
    moved = "    edits: {left: [{type: transform, keys: [{at: 0, move_m: [0.4, 0, 0]}]}]}\n    frames: 3\n"
    project.change("    frames: 3\n", moved)

    def warnings() -> str:
        return " ".join(
            json.loads(project.call("plan", "scene.yaml", "--json").out)["shots"][0]["forecast"]["warnings"]
        )

    assert "composite" in warnings()
    assert project.run("--shot", "orbit", "--until", "reference").code == 0
    assert "reference: " in warnings()
    assert "0." in warnings()
