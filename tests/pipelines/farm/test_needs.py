"""What shares a process, and what is handed over."""

from pathlib import Path

import pytest

from pipelines.farm.needs import affinity_of, is_handed_over, needs_of
from pipelines.node import Node, Stage
from r2s2r.spec.animate import AnimateSpec
from r2s2r.spec.project import find_project

FARM = """\
version: 1
farm:
  slurm: {partition: gpu, here: [edit, encode]}
  stages:
    render: {cpus: 8}
    diffuse: {minutes: 30, launch: [apptainer, exec, farm.sif], python: /opt/venv/bin/python}
    plate: {python: envs/plate/bin/python}
"""


def node(stage: Stage, model: AnimateSpec | None = None) -> Node:
    return Node(stage, stage, 1, "any", {}, model=model, weights={"weights": "w"} if model else {})


def test_variants_that_differ_in_the_drawing_share_a_process_and_others_do_not() -> None:
    one = affinity_of(node("diffuse", AnimateSpec()))
    assert one == affinity_of(node("diffuse", AnimateSpec(steps=10, guidance=2.0)))
    assert one != affinity_of(node("diffuse", AnimateSpec(precision="fp8")))
    assert affinity_of(node("render")) == ""


@pytest.mark.parametrize(
    ("stage", "local", "slurm"),
    [("edit", False, False), ("encode", False, False), ("render", False, True), ("plate", True, True)],
)
def test_what_is_not_worth_a_job_stays_with_the_driver(tmp_path: Path, stage: Stage, local: bool, slurm: bool) -> None:
    (tmp_path / "r2s2r.yaml").write_text(FARM)
    farm = find_project(tmp_path).spec.farm
    assert is_handed_over(node(stage), farm, "local") is local
    assert is_handed_over(node(stage), farm, "slurm") is slurm
    assert is_handed_over(node(stage, AnimateSpec(device="cpu")), farm, "local")  # the driver loads no model


def test_a_stage_has_the_clusters_partition_and_one_gpu_for_a_model_unless_it_says_otherwise(tmp_path: Path) -> None:
    (tmp_path / "r2s2r.yaml").write_text(FARM)
    project = find_project(tmp_path)
    drawn, frames = needs_of(node("render"), project), needs_of(node("diffuse", AnimateSpec()), project)
    assert (drawn.partition, drawn.gpus, drawn.cpus) == ("gpu", 0, 8)
    assert (frames.gpus, frames.minutes) == (1, 30)
    assert frames.python == ("apptainer", "exec", "farm.sif", "/opt/venv/bin/python")
    assert needs_of(node("diffuse", AnimateSpec(device="cpu")), project).gpus == 0
    assert needs_of(node("plate"), project).python == (str(tmp_path / "envs/plate/bin/python"),)
