"""``r2s2r export usd | glb`` and ``r2s2r import``: out, changed elsewhere, and back into the scene."""

import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml
from pxr import Gf, Usd, UsdGeom

from pipelines.importing.copied import copied
from r2s2r.artifacts.animation import Animation
from r2s2r.cli import main
from r2s2r.errors import InputError
from r2s2r.media.animations import read_animation
from tests.pipelines.conftest import Project, new_project


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A project whose animations are made, and both exports of its shot ``orbit``."""
    project = new_project(tmp_path_factory.mktemp("made") / "project")
    done = project.run("--until", "edit")
    assert done.code == 0, done.err
    assert main(["export", "usd", str(project.scene), "--shot", "orbit", str(project.folder / "usd")]) == 0
    assert main(["export", "glb", str(project.scene), "--shot", "orbit", str(project.folder / "orbit.glb")]) == 0
    return project


def _animation(project: Project) -> Animation:
    done = project.ask("path", "scene.yaml", "orbit", "edit")
    assert done.code == 0, done.err
    return Animation.load(Path(done.out.strip()))


def _moved(project: Project, name: str) -> Path:
    """Save a layer over the export in which ``left`` stands 0.3 m to the right from frame 1 on."""
    path = project.folder / "usd" / name
    stage = Usd.Stage.CreateNew(str(path))
    stage.GetRootLayer().subLayerPaths.append("./shot.usda")
    UsdGeom.SetStageUpAxis(stage, UsdGeom.Tokens.y)
    UsdGeom.SetStageMetersPerUnit(stage, 1)
    for set_rate in (stage.SetTimeCodesPerSecond, stage.SetFramesPerSecond):
        set_rate(16)
    stage.SetStartTimeCode(0)
    stage.SetEndTimeCode(2)
    entity = UsdGeom.Xformable(stage.GetPrimAtPath("/World/Entities/left"))
    (transform,) = entity.GetOrderedXformOps()
    rest = transform.Get(0)
    for frame in range(3):
        transform.Set(rest * Gf.Matrix4d().SetTranslate(Gf.Vec3d(0.3 if frame else 0, 0, 0)), frame)
    stage.Save()
    return path


@pytest.mark.parametrize("file", ["usd/shot.usda", "orbit.glb"])
def test_an_export_holds_the_shot(made, file):
    animation, recorded = _animation(made), read_animation(made.folder / file)
    for name, one in recorded.of({"left": "left", "right": "right"}).items():
        ours = animation.world_from_entity[name]
        np.testing.assert_allclose(np.broadcast_to(one.world_from_object, ours.shape), ours, atol=1e-6)
    np.testing.assert_allclose(recorded.cameras["Camera"].world_from_camera, animation.world_from_camera, atol=1e-6)


def test_what_nobody_changed_is_not_imported(made, capsys):
    assert main(["import", str(made.folder / "orbit.glb"), str(made.scene), "--shot", "orbit"]) == 0
    said = capsys.readouterr().out
    assert "left: as it is" in said
    assert "nothing to import" in said
    assert not (made.folder / "animations").exists()


def test_what_was_moved_is_said_copied_and_used(made, capsys):
    """To the pixel: the lines it prints are put into the scene, and the shot made again is what was moved."""
    before = made.scene.read_text()
    assert main(["import", str(_moved(made, "moved.usda")), str(made.scene), "--shot", "orbit"]) == 0
    said = capsys.readouterr().out
    assert "left: moved by up to 0.3 m, from frame 1 on" in said
    assert "camera: as it is" in said
    assert made.scene.read_text() == before
    (line,) = re.findall(r"animation: \{.*\}", said)
    assert line == "animation: {file: animations/orbit/moved.usda, camera: false}"
    was = _animation(made)
    made.change("  orbit:\n", f"  orbit:\n    {line}\n")
    try:
        done = made.run("--shot", "orbit", "--until", "edit")
        assert done.code == 0, done.err
        now = _animation(made)
    finally:
        made.scene.write_text(before)
    shift_m = now.world_from_entity["left"][:, :3, 3] - was.world_from_entity["left"][:, :3, 3]
    np.testing.assert_allclose(shift_m, np.array([[0, 0, 0], [0.3, 0, 0], [0.3, 0, 0]]), atol=1e-9)
    np.testing.assert_allclose(now.world_from_entity["right"], was.world_from_entity["right"], atol=1e-9)


def test_another_file_of_that_name_is_not_replaced(made):
    folder = made.folder / "animations" / "other"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "other.usda").write_text("#usda 1.0\n")
    file = _moved(made, "other.usda")
    with pytest.raises(InputError, match="is there already, with other content; name another folder"):
        copied(file, folder, force=False)
    target = copied(file, folder, force=True)
    assert target.read_bytes() == file.read_bytes()
    assert sorted(path.name for path in target.parent.iterdir()) == [
        "base.usdc",
        "edit.usda",
        "other.usda",
        "shot.usda",
    ]


def test_no_link_is_followed_to_where_it_leads(made, tmp_path):
    """Not that of a file, which is replaced when forced; nor that of a folder."""
    file, animations = _moved(made, "linked.usda"), tmp_path / "animations"
    animations.mkdir()
    (tmp_path / "mine.usdc").write_text("mine")
    (animations / "base.usdc").symlink_to(tmp_path / "mine.usdc")
    (animations / "edit.usda").symlink_to(tmp_path / "nowhere.usda")
    with pytest.raises(InputError, match="is there already, with other content"):
        copied(file, animations, force=False)
    copied(file, animations, force=True)
    assert (tmp_path / "mine.usdc").read_text() == "mine"
    assert not (tmp_path / "nowhere.usda").exists()
    assert not any(path.is_symlink() for path in animations.rglob("*"))
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "others").mkdir()
    (tmp_path / "others" / "linked").symlink_to(tmp_path / "elsewhere")
    shutil.copytree(file.parent, tmp_path / "layers" / "linked")
    above = tmp_path / "layers" / "above.usda"
    above.write_text(f"#usda 1.0\n(subLayers = [@./linked/{file.name}@])\n")
    with pytest.raises(InputError, match=r"linked: is a link out of .*others"):
        copied(above, tmp_path / "others", force=True)
    assert not list((tmp_path / "elsewhere").iterdir())


def test_a_default_folder_that_is_a_link_out_of_the_scenes_is_refused(made, tmp_path, capsys):
    shutil.copytree(made.folder, tmp_path / "project", symlinks=True, ignore=shutil.ignore_patterns("animations"))
    (tmp_path / "outside").mkdir()
    (tmp_path / "project" / "animations").symlink_to(tmp_path / "outside")
    scene = tmp_path / "project" / made.scene.name
    assert main(["import", str(_moved(made, "out.usda")), str(scene), "--shot", "orbit"]) == 2
    assert "outside/orbit: has to lie in the scene's folder" in capsys.readouterr().err
    assert not list((tmp_path / "outside").iterdir())


def test_any_name_of_a_file_is_written_as_yaml_reads_it(made, capsys):
    name = "Bob's, #2: {a}.usda"
    assert main(["import", str(_moved(made, name)), str(made.scene), "--shot", "orbit"]) == 0
    (line,) = re.findall(r"animation: \{.*\}", capsys.readouterr().out)
    read = yaml.safe_load(line)["animation"]
    assert read["file"] == f"animations/orbit/{name}"
    assert (made.folder / read["file"]).is_file()


_COW = '#usda 1.0\ndef Mesh "cow" {}'
_LONG = """#usda 1.0
(
    startTimeCode = 1
    endTimeCode = 250
)
def Mesh "left" {
    double3 xformOp:translate.timeSamples = {1: (0, 0, 0), 9: (1, 0, 0)}
    uniform token[] xformOpOrder = ["xformOp:translate"]
}
"""


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (_COW, "holds nothing of this shot, which has a camera and left, right; there are cow"),
        (_LONG, "has 250 frames, and the shot has 3; export as many (in Blender, set the scene's first frame to 0 and"),
        ("not a layer", "the file is damaged"),
    ],
)
def test_what_cannot_be_used_is_named(made, tmp_path, capsys, content, said):
    (tmp_path / "bad.usda").write_text(content)
    assert main(["import", str(tmp_path / "bad.usda"), str(made.scene), "--shot", "orbit"]) == 2
    error = capsys.readouterr().err
    assert "bad.usda" in error
    assert said in error


def test_what_is_not_built_says_how(tmp_path, capsys):
    project = new_project(tmp_path / "project")
    (tmp_path / "a.usda").write_text("#usda 1.0\n")
    assert main(["import", str(tmp_path / "a.usda"), str(project.scene), "--shot", "orbit"]) == 1
    assert "--until edit" in capsys.readouterr().err
