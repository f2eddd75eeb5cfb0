"""What ``r2s2r doctor`` says of the models that look at the source, and of workers."""

import json
import sys

import numpy as np
import pytest
from safetensors.numpy import save_file

SCENE = """\
version: 1
name: lifting
source: {clip: clip.mp4}
depth: {backend: depth_pro, depth_pro: {weights: ./depth, device: cpu}}
entities:
  bunny:
    select: {text: grey rabbit}
    segment: {sam3: {weights: ./sam3, device: cpu}}
    lift: {backend: sam3d, sam3d: {objects_weights: ./objects}}
shots:
  still: {frames: 9}
"""


@pytest.fixture
def checks(r2s2r, folder):
    """Runs doctor on the scene; returns the exit code and name -> (state, said) of what belongs to the lift stage."""
    (folder / "lifting.yaml").write_text(SCENE, encoding="utf-8")

    def run():
        ended = r2s2r("doctor", "lifting.yaml", "--json")
        found = {check["name"]: (check["state"], check["said"]) for check in json.loads(ended.out)["checks"]}
        return ended.code, {name: said for name, said in found.items() if name.startswith("lifting")}

    return run


def test_what_is_not_here_is_missing_and_says_how_to_get_it(checks):
    code, found = checks()
    assert code == 3
    assert {name: state for name, (state, _) in found.items()} == {
        "lifting depth": "missing",
        "lifting/bunny segment": "missing",
        "lifting/bunny lift": "missing",
        "lifting/bunny worker": "missing",
    }
    assert "no such folder of weights" in found["lifting/bunny segment"][1]
    assert "docs/lift-workers.md" in found["lifting/bunny worker"][1]


def test_what_is_here_is_ok(checks, folder):
    for name in ("depth", "sam3", "objects"):
        (folder / name).mkdir()
        save_file({"a": np.zeros(3, np.float32)}, folder / name / "model.safetensors")
    project = f"version: 1\nworkers: {{sam3d_objects: {{python: {sys.executable}, gpu_memory_gb: 0}}}}\n"
    (folder / "r2s2r.yaml").write_text(project, encoding="utf-8")
    code, found = checks()
    assert code == 0
    assert {state for state, _ in found.values()} == {"ok"}


def test_truncated_weights_are_wrong(checks, folder):
    (folder / "sam3").mkdir()
    save_file({"a": np.zeros(3, np.float32)}, folder / "sam3" / "model.safetensors")
    content = (folder / "sam3" / "model.safetensors").read_bytes()
    (folder / "sam3" / "model.safetensors").write_bytes(content[:-4])
    code, found = checks()
    assert code == 2
    assert found["lifting/bunny segment"][0] == "wrong"
    assert "truncated" in found["lifting/bunny segment"][1]


def test_a_worker_without_its_python_or_its_gpu_memory_is_missing(checks, folder, monkeypatch):
    project = "version: 1\nworkers: {sam3d_objects: {python: env/bin/python}}\n"
    (folder / "r2s2r.yaml").write_text(project, encoding="utf-8")
    assert checks()[1]["lifting/bunny worker"] == (
        "missing",
        f"{folder / 'env/bin/python'}: no such Python; docs/lift-workers.md says how",
    )
    (folder / "env" / "bin").mkdir(parents=True)
    (folder / "env" / "bin" / "python").write_text("")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    said = checks()[1]["lifting/bunny worker"]
    assert said == ("missing", "needs 32 GB of free GPU memory, here are 0 GB")
