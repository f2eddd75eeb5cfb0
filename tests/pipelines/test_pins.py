"""Weights that a project pins: machines without them know the keys, and machines with others notice."""

import json
import os
import shutil

import numpy as np
import pytest
from safetensors.numpy import save_file

from tests.pipelines.conftest import Project

PROJECT = """\
# how we work
version: 1
profile: draft   # by day
pins: {}
output: {width: 96, height: 64}
"""


@pytest.fixture
def asked(project: Project) -> Project:
    """A project whose left box is found by a model whose weights lie in ``models/sam2``."""
    project.change("  left: {select: {polygon_px: [[30, 30], [60, 30], [60, 80], [30, 80]]}}", LEFT)
    (project.folder / "r2s2r.yaml").write_text(PROJECT)
    write_weights(project, 1.0)
    return project


LEFT = """\
  left:
    select: {box_px: [20, 20, 70, 90]}
    segment: {backend: sam2, sam2: {weights: ./models/sam2, device: cpu}}"""


def write_weights(project: Project, value: float) -> None:
    folder = project.folder / "models" / "sam2"
    folder.mkdir(parents=True, exist_ok=True)
    save_file({"a": np.full(4, value, np.float32)}, folder / "model.safetensors")
    (folder / "config.json").write_text("{}")


def key_of_mask(project: Project) -> str | None:
    planned = project.call("plan", "scene.yaml", "--shot", "still", "--json")
    assert planned.code == 0, planned.err
    (shot,) = json.loads(planned.out)["shots"]
    (key,) = [node["key"] for node in shot["nodes"] if node["node"] == "mask:left"]
    return str(key) if key else None


def made_footage(project: Project) -> None:
    assert project.run("--shot", "still", "--until", "footage").code == 0


def test_pins_are_written_and_the_rest_of_the_file_stays(asked: Project) -> None:
    done = asked.call("doctor", "scene.yaml", "--pin", "--json")
    checks = {check["name"]: check for check in json.loads(done.out)["checks"] if check["area"] == "pins"}
    assert checks["./models/sam2"]["state"] == "ok"
    text = (asked.folder / "r2s2r.yaml").read_text()
    assert text.startswith("# how we work\nversion: 1\nprofile: draft   # by day\npins:\n  ./models/sam2: ")
    assert text.endswith("\noutput: {width: 96, height: 64}\n")
    first = text
    asked.call("doctor", "scene.yaml", "--pin")
    assert (asked.folder / "r2s2r.yaml").read_text() == first
    write_weights(asked, 2.0)
    asked.call("doctor", "scene.yaml", "--pin")
    second = (asked.folder / "r2s2r.yaml").read_text()
    assert second != first
    assert second.count("sam2") == 1


def test_a_project_without_a_file_gets_one(asked: Project) -> None:
    (asked.folder / "r2s2r.yaml").unlink()
    asked.call("doctor", "scene.yaml", "--pin")
    assert (asked.folder / "r2s2r.yaml").read_text().startswith("version: 1\npins:\n  ./models/sam2: ")


def test_a_machine_without_the_weights_knows_the_same_key(asked: Project) -> None:
    made_footage(asked)
    with_weights = key_of_mask(asked)
    asked.call("doctor", "scene.yaml", "--pin")
    assert key_of_mask(asked) == with_weights is not None
    shutil.rmtree(asked.folder / "models")
    assert key_of_mask(asked) == with_weights


def test_without_a_pin_the_key_is_not_known_there(asked: Project) -> None:
    made_footage(asked)
    shutil.rmtree(asked.folder / "models")
    assert key_of_mask(asked) is None


def test_pinned_weights_that_are_not_here_cannot_be_run(asked: Project) -> None:
    asked.call("doctor", "scene.yaml", "--pin")
    shutil.rmtree(asked.folder / "models")
    done = asked.run("--shot", "still")
    assert done.code == 3
    assert "no such folder of weights" in done.err


def test_other_weights_than_the_pinned_are_refused(asked: Project) -> None:
    asked.call("doctor", "scene.yaml", "--pin")
    write_weights(asked, 3.0)
    made = asked.run("--shot", "still")
    assert made.code == 2
    assert "the project pins these weights as" in made.err
    assert f"models{os.sep}sam2" in made.err


def test_a_pin_that_is_no_digest_is_refused(asked: Project) -> None:
    (asked.folder / "r2s2r.yaml").write_text("version: 1\npins: {me/model: abc}\n")
    refused = asked.call("validate", "scene.yaml")
    assert refused.code == 2
    assert "is not a SHA-256" in refused.out + refused.err
