"""The workers' own scripts, in an environment whose packages take and give what the models' do."""

import importlib.util
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from r2s2r.errors import MissingError, StageError
from r2s2r.spec.workers import WorkerSpec
from r2s2r.stages.lift.inputs import WorkerInputs
from r2s2r.stages.lift.workers.closing import read_closed
from r2s2r.stages.lift.workers.request import Asked, Seen, points_of, write_request
from r2s2r.stages.lift.workers.runner import answer
from tests.lift.material import camera_of

pytestmark = pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="the models' packages need torch")

PACKAGES = Path(__file__).with_name("packages")
CAMERA = camera_of(24, 32)
MASK = np.zeros((24, 32), bool)
MASK[4:20, 6:11] = True


def seen(number, red=9):
    picture = np.zeros((24, 32, 3), np.uint8)
    picture[..., 0] = red
    return Seen(number, picture, MASK)


def ask(folder, model, frames, *, packages=PACKAGES, points=None):
    """Ask a worker's own script; return what it said and the arrays of each file it answered."""
    program = folder / "python"
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{packages}" exec "{sys.executable}" "$@"\n')
    program.chmod(0o755)
    spec = WorkerSpec(python=str(program), timeout_s=60.0, gpu_memory_gb=0.0)
    asked = Asked(model, 7, folder / "weights", CAMERA.intrinsics)
    inputs = WorkerInputs(spec, folder / "weights", folder / "scratch")
    with answer(inputs, model, lambda request: write_request(request, asked, frames, points)) as (response, said):
        arrays = {str(path.relative_to(response)): dict(np.load(path)) for path in response.rglob("*.npz")}
        meshes = [read_closed(path).mesh for path in response.glob("*.glb")]
    return said, arrays, meshes


def objects_weights(folder, text="_target_: sam3d_objects.Pipeline\n", inner="checkpoints"):
    (folder / "weights" / inner).mkdir(parents=True)
    (folder / "weights" / inner / "pipeline.yaml").write_text(text)


def body_weights(folder):
    (folder / "weights" / "assets").mkdir(parents=True)
    for name in ("model.ckpt", "assets/mhr_model.pt"):
        (folder / "weights" / name).touch()


@pytest.mark.parametrize("inner", ["checkpoints", "."])
def test_objects_are_given_seed_mask_and_pointmap_and_answer_mesh_and_pose(tmp_path, inner):
    objects_weights(tmp_path, inner=inner)
    points = points_of(np.full((24, 32), 4.0, np.float32), CAMERA)
    said, arrays, (mesh,) = ask(tmp_path, "sam3d_objects", [seen(66)], points=points)
    assert (said.ok, said.frames, said.colours) == (True, [66], "srgb")
    pose = arrays["pose.npz"]
    # The first pixel lies to the left, which is +x in PyTorch3D's frame.
    assert np.allclose(pose["translation"], [-points[0, 0, 0], 7, 4])
    assert points[0, 0, 0] < 0
    assert np.allclose(pose["rotation"], [1, 0, 0, 0])
    assert np.allclose(pose["scale"], 2)
    assert len(mesh.faces) == 12


def test_objects_without_depth_get_no_pointmap(tmp_path):
    objects_weights(tmp_path)
    _, arrays, _ = ask(tmp_path, "sam3d_objects", [seen(66)])
    assert np.allclose(arrays["pose.npz"]["translation"], [0, 7, 0])


def test_a_configuration_may_not_call_just_anything(tmp_path):
    objects_weights(tmp_path, "_target_: sam3d_objects.Pipeline\nmodels: [{_target_: os.system}]\n")
    with pytest.raises(StageError, match=r"pipeline\.yaml wants to call os\.system"):
        ask(tmp_path, "sam3d_objects", [seen(66)])


def test_bodies_are_frozen_to_their_median_shape_and_frames_without_anybody_left_out(tmp_path):
    body_weights(tmp_path)
    frames = [seen(number, red) for number, red in ((40, 10), (41, 16), (42, 255), (43, 12))]
    said, arrays, _ = ask(tmp_path, "sam3d_body", frames)
    assert said.frames == [40, 41, 43]
    assert sorted(arrays) == ["faces.npz", *(f"frames/0000{number}.npz" for number in (40, 41, 43))]
    for number in said.frames:
        found = arrays[f"frames/0000{number}.npz"]
        # Up is y in the model's frame, and down is y in OpenCV's.
        assert np.allclose(found["pred_vertices"], [[0, 0, 0], [1, 0, 0], [0, -12, 0]])
        assert np.allclose(found["pred_cam_t"], [6, 4, 11])


@pytest.mark.parametrize(
    ("model", "advice"),
    [("sam3d_objects", "facebook/sam-3d-objects"), ("sam3d_body", "facebook/sam-3d-body-dinov3")],
)
def test_missing_weights_are_told_with_where_they_are_from(tmp_path, model, advice):
    (tmp_path / "weights").mkdir()
    with pytest.raises(MissingError, match=f"hf download {advice}"):
        ask(tmp_path, model, [seen(66)])


@pytest.mark.parametrize("model", ["sam3d_objects", "sam3d_body"])
def test_a_missing_package_is_told_by_name(tmp_path, model):
    (tmp_path / "empty").mkdir()
    objects_weights(tmp_path)
    with pytest.raises(MissingError, match=r"No module named '(sam3d_objects|hydra|omegaconf|sam_3d_body)"):
        ask(tmp_path, model, [seen(66)], packages=tmp_path / "empty")


@pytest.mark.parametrize("model", ["sam3d_objects", "sam3d_body"])
def test_a_request_for_another_model_or_of_another_version_is_refused(tmp_path, model):
    other = {"sam3d_objects": "sam3d_body", "sam3d_body": "sam3d_objects"}[model]

    def ask_wrongly(**changed):
        def write(request):
            asked = Asked(model, 7, tmp_path / "weights", CAMERA.intrinsics)
            numbers = write_request(request, asked, [seen(66)])
            path = request / "request.json"
            path.write_text(json.dumps(json.loads(path.read_text()) | changed))
            return numbers

        spec = WorkerSpec(python=sys.executable, timeout_s=60.0, gpu_memory_gb=0.0)
        with answer(WorkerInputs(spec, tmp_path, tmp_path / "scratch"), model, write):
            pass

    with pytest.raises(StageError, match=f"this worker is for {model}, asked was {other}"):
        ask_wrongly(model=other)
    with pytest.raises(StageError, match="this worker speaks r2s2r lift-worker 1, asked was r2s2r lift-worker 9"):
        ask_wrongly(version=9)
