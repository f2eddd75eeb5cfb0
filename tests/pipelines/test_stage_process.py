"""Requests of a (tiny) video model, one after the other in one process: one loading, and the bytes of many."""

import json
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelines.inputs import Workplace
from pipelines.perform_lift import _loading
from pipelines.stage_process import StageProcess
from r2s2r.artifacts.action import Request
from r2s2r.artifacts.progress import unheard
from r2s2r.artifacts.stop import never
from r2s2r.artifacts.store import Store
from r2s2r.models.kept import KeptModel
from r2s2r.spec.depth import DepthSpec
from r2s2r.spec.segment import Sam2Spec
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


_ENTITY = """
  {name}:
    select: {{polygon_px: [[30, 30], [60, 30], [60, 80], [30, 80]]}}
    segment: {{backend: sam2, sam2: {{weights: ./models/{weights}, device: cpu, precision: {precision}}}}}"""


def test_masks_by_one_model_are_found_on_one_loading_and_those_by_others_on_theirs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    project = new_project(tmp_path / "project")
    coarse = _ENTITY.format(name="coarse", weights="sam2", precision="bf16")
    other = _ENTITY.format(name="other", weights="other", precision="fp32")
    project.change("entities:", f"entities:{coarse}{other}")
    project.change("shots:", "segment: {backend: sam2, sam2: {weights: ./models/sam2, device: cpu}}\nshots:")
    models = project.folder / "models"
    for seed, name in enumerate(("sam2", "other")):
        (models / name).mkdir(parents=True)
        write_sam2(models / name, seed=seed)
    done = project.run("--until", "mask")
    assert done.code == 0, done.err
    found, begin = list[tuple[str, str]](), Sam2Segmenter.__init__

    def noted(self: Sam2Segmenter, spec: Sam2Spec, weights: Path) -> None:
        found.append((weights.name, spec.precision))
        begin(self, spec, weights)

    monkeypatch.setattr(Sam2Segmenter, "__init__", noted)
    keys = take_out(project.store, tmp_path / "store", stage="mask")
    assert len(keys) == 4
    # From each model to the next one thing changes: first the weights, then a setting.
    keys.sort(key=lambda key: ["other fp32", "sam2 fp32", "sam2 bf16"].index(model_of(project.store, key)))
    process = StageProcess(Store(tmp_path / "store"), never, say=lambda words: None)
    for key in keys:
        process.build(key)
    assert results(tmp_path / "store", keys) == results(project.store, keys)
    assert found == [("other", "fp32"), ("sam2", "fp32"), ("sam2", "bf16")]


def model_of(store: Path, key: str) -> str:
    request = json.loads((store / "requests" / f"{key}.json").read_bytes())
    return f"{Path(request['files']['segment']).name} {request['parameters']['segment']['sam2']['precision']}"


@pytest.mark.parametrize(
    ("change", "precision"),
    [
        ({"stage": "mask"}, "fp32"),
        ({"files": {"depth": "/models/other"}}, "fp32"),
        ({"file_digests": {"depth": "other"}}, "fp32"),
        ({}, "bf16"),
    ],
)
def test_whatever_tells_one_model_from_another_has_it_loaded_anew(
    tmp_path: Path, change: dict[str, Any], precision: str
):
    place = Workplace(tmp_path, tmp_path, unheard, kept=KeptModel())
    one = Request("depth", 1, "depth_anything", {}, {}, {"depth": "d"}, {"depth": "/models/d"})
    loaded: list[str] = []

    def use(request: Request, precision: str) -> None:
        spec = DepthSpec.model_validate({"backend": "depth_anything", "depth_anything": {"precision": precision}})

        def load() -> object:
            loaded.append(precision)
            return object()

        with _loading(request, place, spec, "depth")(load):
            pass

    use(one, "fp32")
    use(replace(one, inputs={"footage": "other"}, files={**one.files, "clip": "/other"}), "fp32")
    assert loaded == ["fp32"]
    use(replace(one, **change), precision)
    assert loaded == ["fp32", precision]


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
