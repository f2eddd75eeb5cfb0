"""A shot that is drawn on a GPU: what is in its key, what it waits for, and what is said where there is none."""

import json

import pytest

from pipelines import doctor_render
from pipelines.farm.needs import is_handed_over, needs_of
from pipelines.node import Node
from pipelines.rendering import render_parameters, render_spec, render_tools
from r2s2r.spec.project import find_project
from r2s2r.spec.render import RenderSpec
from tests.pipelines.conftest import Project

KAOLIN = {"backend": "kaolin", "kaolin": {"batch_frames": 3, "rasteriser": "nvdiffrast"}}


def node_of(settings):
    spec = RenderSpec.model_validate(settings)
    return Node("render", "render", 1, spec.backend, render_parameters(spec), tools=render_tools(spec))


def test_frames_drawn_at_once_are_not_in_the_key_but_reach_the_stage():
    few, many = node_of(KAOLIN), node_of({**KAOLIN, "kaolin": {"batch_frames": 64, "rasteriser": "nvdiffrast"}})
    assert few.recipe == many.recipe
    assert few.recipe != node_of({"backend": "kaolin"}).recipe
    assert render_spec(many.parameters, many.tools).kaolin.batch_frames == 64
    for settings in (KAOLIN, {"backend": "cpu"}, {"backend": "torch", "extra_passes": ("motion",)}):
        node = node_of(settings)
        assert render_spec(node.parameters, node.tools) == RenderSpec.model_validate(settings)


@pytest.mark.parametrize(
    ("settings", "gpus"),
    [
        ({"backend": "cpu"}, 0),
        ({"backend": "torch"}, 0),
        ({"backend": "torch", "torch": {"device": "cuda"}}, 1),
        ({"backend": "kaolin"}, 1),
    ],
)
def test_what_draws_on_the_gpu_has_it_to_itself(tmp_path, settings, gpus):
    node, project = node_of(settings), find_project(tmp_path)
    assert needs_of(node, project).gpus == gpus
    assert is_handed_over(node, project.spec.farm, "local") == (gpus > 0)


def test_without_kaolin_a_run_ends_with_3_before_anything_is_decoded(project: Project, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    project.change("shots:", "render: {backend: kaolin}\nshots:")
    done = project.run("--shot", "still")
    assert done.code == 3
    for words in (
        "a GPU",
        "pip install kaolin==0.18.0",
        "where the profile chose, `profiles: {final: {render: cpu}}` in r2s2r.yaml",
    ):
        assert words in " ".join(done.err.split()), done.err
    assert not list((project.store / "actions").glob("*")), "something was made in vain"


def test_doctor_says_which_versions_there_are_and_how_to_get_the_rest(project: Project, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    said = project.call("doctor", "scene.yaml", "--json")
    found = {check["name"]: check for check in json.loads(said.out)["checks"]}
    assert said.code == 0, "the CPU draws this scene"
    assert "pip install kaolin==0.18.0 -f https://" in found["kaolin"]["said"]
    project.change("shots:", "render: {backend: kaolin}\nshots:")
    said = project.call("doctor", "scene.yaml", "--json")
    found = {check["name"]: check for check in json.loads(said.out)["checks"]}
    assert said.code == 3
    assert found["tiny/still render"]["state"] == "missing"


@pytest.mark.parametrize(
    ("torch", "said"), [(None, "no torch is installed"), ("2.13.0+cpu", "torch 2.13.0+cpu was built")]
)
def test_doctor_says_that_kaolin_needs_a_torch_for_cuda(monkeypatch, torch, said):
    monkeypatch.setattr(doctor_render, "cuda_version", lambda: None)
    monkeypatch.setattr(doctor_render, "version", lambda package: torch if package == "torch" else None)
    found = {check.name: check for check in doctor_render.check_render([])}
    assert found["CUDA"].state == "warning"
    assert found["CUDA"].said.startswith(said)
    assert found["CUDA"].said.endswith("; Kaolin needs one that was built for CUDA")
