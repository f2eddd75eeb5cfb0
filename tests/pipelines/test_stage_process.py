"""Requests of a (tiny) video model, one after the other in one process: one loading, and the bytes of many."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from pipelines.stage_process import StageProcess
from r2s2r.artifacts.stop import never
from r2s2r.artifacts.store import Store
from r2s2r.stages.diffuse.animate import Animate
from r2s2r.stages.lift.masking.sam2 import Sam2Segmenter
from scenes.tiny_model import write_tiny_model
from tests.models.segment.tiny import write_sam2
from tests.pipelines.conftest import Project, new_project
from tests.pipelines.farm.unbuilt import take_out
from tests.pipelines.test_model_shots import SETTINGS

pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose shots a model has made, each in a process of its own."""
    folder = tmp_path_factory.mktemp("made")
    write_tiny_model(folder / "models")
    project = new_project(folder / "project")
    project.scene.write_text(project.scene.read_text() + SETTINGS.format(models=folder / "models"))
    project.change("frames: 2", "frames: 21\n    prompt: two boxes")
    (project.folder / "r2s2r.yaml").write_text(f"version: 1\nmedia_roots: ['{folder / 'models'}']\n")
    done = project.run("--until", "diffuse")
    assert done.code == 0, done.err
    return project


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """Gets an entry each time that a model is loaded."""
    found: list[None] = []
    load = Animate.load

    def noted(self: Any) -> Any:
        found.append(None)
        return load(self)

    monkeypatch.setattr(Animate, "load", noted)
    return found


def test_masks_by_one_model_are_found_on_one_loading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    project = new_project(tmp_path / "project")
    project.change("shots:", "segment: {backend: sam2, sam2: {weights: ./models/sam2, device: cpu}}\nshots:")
    folder = project.folder / "models" / "sam2"
    folder.mkdir(parents=True)
    write_sam2(folder)
    done = project.run("--until", "mask")
    assert done.code == 0, done.err
    found, begin = [], Sam2Segmenter.__init__

    def noted(self: Sam2Segmenter, *arguments: Any) -> None:
        found.append(self)
        begin(self, *arguments)

    monkeypatch.setattr(Sam2Segmenter, "__init__", noted)
    keys = take_out(project.store, tmp_path / "store", stage="mask")
    process = StageProcess(Store(tmp_path / "store"), never, say=lambda words: None)
    for key in keys:
        process.build(key)
    assert len(keys) == 2
    assert results(tmp_path / "store", keys) == results(project.store, keys)
    assert len(found) == 1


def results(store: Path, keys: list[str]) -> list[str]:
    return [json.loads((store / "actions" / f"{key}.json").read_bytes())["result"] for key in keys]


def test_shots_on_one_loaded_model_have_the_results_of_shots_on_their_own(
    made: Project, loads: list[None], tmp_path: Path
):
    keys = take_out(made.store, tmp_path / "store", stage="diffuse")
    said: list[str] = []
    process = StageProcess(Store(tmp_path / "store"), never, say=said.append)
    for key in keys:
        process.build(key)
    assert said == [f"{key}: done" for key in keys]
    assert process.exit_code == 0
    assert len(loads) == 1
    assert results(tmp_path / "store", keys) == results(made.store, keys)


def test_a_model_makes_room_for_other_stages(made: Project, loads: list[None], tmp_path: Path):
    first, last = take_out(made.store, tmp_path / "store", stage="diffuse")
    control = next(
        path.stem for path in (made.store / "actions").glob("*.json")
        if json.loads(path.read_bytes())["request"]["stage"] == "control"
    )  # fmt: skip
    (tmp_path / "store" / "actions" / f"{control}.json").unlink()
    process = StageProcess(Store(tmp_path / "store"), never, say=lambda words: None)
    for key in (first, control, last):
        process.build(key)
    assert process.exit_code == 0
    assert len(loads) == 2


def test_a_signal_stops_a_model_at_a_segment_and_the_next_try_goes_on_there(made: Project, tmp_path: Path):
    store = tmp_path / "store"
    keys = take_out(made.store, store, stage="diffuse")
    requests = {key: json.loads((store / "requests" / f"{key}.json").read_bytes()) for key in keys}
    [long] = [key for key in keys if requests[key]["parameters"]["prompt"] == "two boxes"]
    command = [sys.executable, "-m", "r2s2r", "stage", "--store", str(store), long]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    end = time.monotonic() + 120
    while not list((store / "checkpoints").glob("*/*.safetensors")):
        assert process.poll() is None, "it ended before it could be stopped"
        assert time.monotonic() < end
        time.sleep(0.005)
    process.send_signal(signal.SIGUSR1)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 75, said
    kept = {path: path.stat().st_mtime_ns for path in (store / "checkpoints").glob("*/*.safetensors")}
    assert f"stopped as asked, with {len(kept)} of 5 segments kept" in said
    again = subprocess.run(command, capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stderr
    assert results(store, [long]) == results(made.store, [long])
