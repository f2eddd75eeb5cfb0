"""``r2s2r export`` of a shot's camera: what other programs read, and what they cannot hold."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from r2s2r.artifacts.animation import Animation
from r2s2r.cli import main
from r2s2r.media.cameras import read_track
from tests.pipelines.conftest import Project, Run, new_project

FILES = {
    "camera_path": "path.json",
    "transforms": "transforms.json",
    "chan": "orbit.chan",
    "blender": "orbit.py",
    "gen3c": "orbit.npz",
    "recammaster": "camera_extrinsics.json",
}


@pytest.fixture(scope="module")
def edited(tmp_path_factory):
    """A project whose shots' animations are made."""
    project = new_project(tmp_path_factory.mktemp("edited") / "project")
    done = project.run("--until", "edit")
    assert done.code == 0, done.err
    return project


@pytest.fixture
def export(capsys):
    """Run the command here, which is quicker than in a process of its own."""

    def run(project, form, target, *words):
        code = main(["export", form, str(project.scene), "--shot", "orbit", str(target), *words])
        printed = capsys.readouterr()
        return Run(code, printed.out, printed.err)

    return run


def _animation(project):
    return Animation.load(Path(project.ask("path", "scene.yaml", "orbit", "edit").out.strip()))


@pytest.mark.parametrize("form", ["camera_path", "transforms", "chan", "colmap"])
def test_a_shot_s_camera_is_what_is_read_again(export, edited, tmp_path, form):
    target = tmp_path / "new" / FILES.get(form, "model")
    done = export(edited, form, target)
    assert done.code == 0, done.err
    assert done.out == f"wrote {target}\n"
    read = read_track(target / "cameras.txt" if form == "colmap" else target)
    made = _animation(edited)
    assert np.abs(read.world_from_camera - made.world_from_camera).max() < 1e-6
    focal = read.intrinsics[:, 1, 1] / read.height
    assert np.allclose(focal, made.intrinsics[:, 1, 1] / made.facts.height, atol=1e-9)
    assert not [path for path in (tmp_path / "new").iterdir() if path.name.startswith(".")]


def test_what_is_for_models_says_what_they_make_of_it(export, edited, tmp_path):
    for form, said in (("gen3c", "GEN3C takes 121 frames and the shot has 3"), ("recammaster", "takes 81 frames")):
        done = export(edited, form, tmp_path / FILES[form])
        assert done.code == 0, done.err
        assert f"note: {said}" in done.err or said in done.err
    assert len(json.loads((tmp_path / FILES["recammaster"]).read_text())) == 81


def test_the_script_for_blender_names_the_camera_by_scene_and_shot(export, edited, tmp_path):
    assert export(edited, "blender", tmp_path / "orbit.py").code == 0
    assert 'NAME = "tiny orbit"' in (tmp_path / "orbit.py").read_text()


def test_a_file_that_is_there_is_left_alone_unless_forced(export, edited, tmp_path):
    target = tmp_path / "orbit.chan"
    target.write_text("mine")
    refused = export(edited, "chan", target)
    assert refused.code == 2
    assert "orbit.chan: is there already; name another file, or add --force" in refused.err
    assert target.read_text() == "mine"
    assert export(edited, "chan", target, "--force").code == 0
    assert target.read_text() != "mine"


def test_a_target_of_the_wrong_kind_is_said(export, edited, tmp_path):
    for form, target, said in (
        ("chan", tmp_path, "is a folder; name a file in it, e.g. "),
        ("chan", tmp_path / "orbit.txt", "has to end with .chan"),
        ("glb", tmp_path / "orbit.gltf", "has to end with .glb"),
    ):
        refused = export(edited, form, target)
        assert refused.code == 2
        assert said in refused.err


def test_a_camera_that_is_stale_is_not_exported(export, edited, tmp_path):
    edited.change("degrees: 24", "degrees: 25")
    stale = export(edited, "chan", tmp_path / "orbit.chan")
    edited.change("degrees: 25", "degrees: 24")
    assert stale.code == 1
    assert "edit is not built; `r2s2r run " in stale.err
    assert "--until edit`" in stale.err
    assert not (tmp_path / "orbit.chan").exists()


def test_nothing_is_written_into_the_store(export, edited):
    refused = export(edited, "chan", edited.store / "orbit.chan")
    assert refused.code == 2
    assert "is in the store, where nothing is ever changed" in refused.err


def test_where_nothing_can_be_written_the_folder_is_said(export, edited, tmp_path):
    (tmp_path / "file").write_text("in the way")
    refused = export(edited, "chan", tmp_path / "file" / "orbit.chan")
    assert refused.code == 1
    assert "file: cannot be written" in refused.err


def test_an_exported_camera_moves_another_shot_the_same_way(export, edited, tmp_path):
    """Round through the scene language: exported, named in a shot, and built again."""
    shutil.copytree(edited.folder, tmp_path / "project")
    project = Project(tmp_path / "project")
    assert export(edited, "camera_path", project.folder / "path.json").code == 0
    project.change(
        "      - {type: orbit, around: left, degrees: 24, ease: in_out}", "      - {type: file, file: path.json}"
    )
    done = project.run("--shot", "orbit", "--until", "edit")
    assert done.code == 0, done.err
    made, again = _animation(edited), _animation(project)
    assert np.abs(made.world_from_camera - again.world_from_camera).max() < 1e-6
    assert np.abs(made.intrinsics - again.intrinsics).max() < 1e-4
    project.change("frames: 3\n", "frames: 4\n")
    refused = project.run("--shot", "orbit", "--until", "edit")
    assert refused.code == 2
    assert "scene.yaml:" in refused.err
    assert "path.json has 3 frames and the shot 4: give the shot `frames: 3`" in refused.err
