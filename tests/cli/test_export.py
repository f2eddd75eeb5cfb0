"""``r2s2r export``: a shot as a sample that the published Real2SAM2Real reads, and so do we; or as its passes."""

import json
import shutil
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from pipelines.export.unfinished import unfinished_in
from r2s2r.artifacts.passes import Passes
from r2s2r.media.images import read_mask, read_rgb
from r2s2r.media.sample import read_sample
from tests.pipelines.conftest import new_project

ANIMATE = """\
diffuse:
  backend: animate
  animate: {weights: owner/base, adapter: owner/adapter, size: output}
"""
FILES = ["caption.json", "object_animation_normal.mp4", "source_image.png"]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A project whose shots were made up to the reference picture, for which no weights are needed."""
    project = new_project(tmp_path_factory.mktemp("built") / "project")
    project.scene.write_text(project.scene.read_text() + ANIMATE)
    done = project.run("--until", "reference")
    assert done.code == 0, done.err
    return project


def _export(project, folder, *words, form="release"):
    return project.ask("export", form, "scene.yaml", "--shot", "orbit", str(folder), *words)


def _result(project, node):
    return Path(project.ask("path", "scene.yaml", "orbit", node).out.strip())


def test_it_writes_what_the_release_reads(built, tmp_path):
    folder = tmp_path / "samples" / "orbit"
    done = _export(built, folder)
    assert done.code == 0, done.err
    assert sorted(path.name for path in folder.iterdir()) == FILES
    sample = read_sample(folder)
    assert (sample.frames, sample.height, sample.width) == (3, 64, 96)
    caption = json.loads((folder / "caption.json").read_text())
    assert list(caption) == ["text"]
    assert "left" in caption["text"]
    reference = read_rgb(folder / "source_image.png")
    assert np.array_equal(reference, read_rgb(_result(built, "reference") / "reference.png"))


def test_the_normals_come_back_by_opencv_whatever_its_version(built, tmp_path):
    """The release decodes with OpenCV 4, which takes all for BT.601; 4:2:0 blurs colours, in its own samples too."""
    assert _export(built, tmp_path / "orbit").code == 0
    normals = _result(built, "render") / "normal"
    capture = cv2.VideoCapture(str(tmp_path / "orbit" / "object_animation_normal.mp4"))
    assert capture.get(cv2.CAP_PROP_FPS) == 16
    for number in range(3):
        is_there, frame = capture.read()
        assert is_there
        expected = read_rgb(normals / f"{number:06d}.png").astype(int)
        entity = (expected.max(axis=2) > 0).astype(np.uint8)
        inside = cv2.erode(entity, np.ones((5, 5), np.uint8)) > 0
        outside = cv2.dilate(entity, np.ones((7, 7), np.uint8)) == 0
        differences = frame[..., ::-1] - expected
        assert np.abs(differences[inside].mean(axis=0)).max() < 2.5
        assert np.abs(differences[inside]).mean() < 5
        assert np.abs(differences[outside]).max() <= 6
    assert not capture.read()[0]
    with av.open(str(tmp_path / "orbit" / "object_animation_normal.mp4")) as container:
        assert container.streams.video[0].codec_context.colorspace == 6  # BT.601


def test_the_normals_are_as_soft_as_the_control_s(built, tmp_path):
    assert _export(built, tmp_path / "hard").code == 0
    built.change("size: output}", "size: output, soften_px: 6}")
    try:
        assert _export(built, tmp_path / "soft").code == 0
    finally:
        built.change("size: output, soften_px: 6}", "size: output}")
    hard, soft = (
        cv2.VideoCapture(str(tmp_path / name / "object_animation_normal.mp4")).read()[1] for name in ("hard", "soft")
    )
    assert soft.mean() < 0.9 * hard.mean()
    inside = cv2.erode((hard.max(axis=2) > 40).astype(np.uint8), np.ones((15, 15), np.uint8)) > 0
    assert np.abs(soft[inside].astype(int) - hard[inside]).mean() < 3


def test_a_folder_that_is_not_empty_is_left_alone_unless_forced(built, tmp_path):
    folder = tmp_path / "orbit"
    assert _export(built, folder).code == 0
    (folder / "caption.json").write_text('{"text": "by hand"}')
    refused = _export(built, folder)
    assert refused.code == 2
    assert "is not empty; name another folder, or add --force" in refused.err
    assert json.loads((folder / "caption.json").read_text()) == {"text": "by hand"}
    assert _export(built, folder, "--force").code == 0
    assert json.loads((folder / "caption.json").read_text()) != {"text": "by hand"}
    assert sorted(path.name for path in folder.iterdir()) == FILES


def test_what_is_not_built_is_not_exported_and_the_command_that_builds_it_is_said(built, tmp_path):
    built.change("degrees: 24", "degrees: 25")
    stale = _export(built, tmp_path / "orbit")
    built.change("degrees: 25", "degrees: 24")
    assert stale.code == 1
    assert "render is not built; `r2s2r run " in stale.err
    assert "--shot orbit --profile draft --until reference`" in stale.err
    assert not (tmp_path / "orbit").exists()


def test_a_shot_of_the_compositor_has_no_reference_to_export(tmp_path):
    project = new_project(tmp_path / "project")
    refused = _export(project, tmp_path / "orbit")
    assert refused.code == 2
    assert "choose `--profile final`" in refused.err


def test_another_rate_than_the_models_is_said(built, tmp_path):
    built.change("fps: 16", "fps: 24")
    try:
        assert built.run("--shot", "orbit", "--until", "reference").code == 0
        done = _export(built, tmp_path / "orbit")
    finally:
        built.change("fps: 24", "fps: 16")
    assert done.code == 0
    assert "note: the control has 24 frames a second" in done.err


@pytest.mark.parametrize("words", [("release", "scene.yaml", "out"), ("fbx", "scene.yaml", "--shot", "orbit", "out")])
def test_a_shot_and_a_known_form_have_to_be_named(built, words):
    done = built.call("export", *words)
    assert done.code == 2
    assert "usage: r2s2r export" in done.err


def test_an_unknown_shot_lists_those_there_are(built, tmp_path):
    done = built.call("export", "release", "scene.yaml", "--shot", "orbti", str(tmp_path / "x"))
    assert done.code == 2
    assert "orbit, still" in done.err


def test_passes_are_what_the_renderer_drew_and_a_mask_of_each_entity(built, tmp_path):
    folder = tmp_path / "orbit"
    done = _export(built, folder, form="passes")
    assert done.code == 0, done.err
    assert done.out == f"wrote {folder}\n"
    drawn = Passes.load(_result(built, "render"))
    for name in drawn.facts.folders:
        for frame in range(3):
            assert Passes(folder, drawn.facts).path(name, frame).read_bytes() == drawn.path(name, frame).read_bytes()
    assert Passes.load(folder).facts == drawn.facts
    assert {path.name for path in (folder / "mask").iterdir()} == set(drawn.facts.ids)
    for name in drawn.facts.ids:
        masks = sorted((folder / "mask" / name).iterdir())
        assert [path.name for path in masks] == ["000000.png", "000001.png", "000002.png"]
        assert np.array_equal(read_mask(masks[1]), drawn.mask(name, 1))
    assert any(drawn.mask(name, 1).any() for name in drawn.facts.ids)
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]


def test_passes_replace_older_ones_only_when_forced(built, tmp_path):
    folder = tmp_path / "orbit"
    assert _export(built, folder, form="passes").code == 0
    (folder / "mask" / "gone").mkdir()
    (folder / "mine.txt").write_text("kept")
    assert _export(built, folder, form="passes").code == 2
    assert _export(built, folder, "--force", form="passes").code == 0
    assert not (folder / "mask" / "gone").exists()
    assert (folder / "mine.txt").read_text() == "kept"


def test_passes_that_are_stale_are_not_exported(built, tmp_path):
    built.change("degrees: 24", "degrees: 25")
    stale = _export(built, tmp_path / "orbit", form="passes")
    built.change("degrees: 25", "degrees: 24")
    assert stale.code == 1
    assert "render is not built; `r2s2r run " in stale.err
    assert "--until render`" in stale.err
    assert not (tmp_path / "orbit").exists()


def test_what_is_in_the_way_of_passes_is_replaced_and_what_a_link_leads_to_is_left(built, tmp_path):
    folder, mine = tmp_path / "orbit", tmp_path / "mine"
    assert _export(built, folder, form="passes").code == 0
    (mine / "kept").mkdir(parents=True)
    for name in ("normal", "depth", "id"):
        shutil.rmtree(folder / name)
    (folder / "normal").symlink_to(mine)
    (folder / "depth").symlink_to(tmp_path / "nowhere")
    (folder / "id").write_text("a file")
    done = _export(built, folder, "--force", form="passes")
    assert done.code == 0, done.err
    assert (mine / "kept").is_dir()
    Passes.load(folder).depth_m(2)
    assert (folder / "normal").is_dir()
    assert not (folder / "normal").is_symlink()


def test_passes_of_before_that_are_there_no_more_are_not_left_among_new_ones(built, tmp_path):
    folder = tmp_path / "orbit"
    assert _export(built, folder, form="passes").code == 0
    facts = json.loads((folder / "facts.json").read_text())
    (folder / "facts.json").write_text(json.dumps({**facts, "extra_passes": ["uv"]}))
    (folder / "uv").mkdir()
    (folder / "motion").mkdir()
    assert _export(built, folder, "--force", form="passes").code == 0
    assert not (folder / "uv").exists()
    assert (folder / "motion").exists(), "nobody says that it is ours"


@pytest.mark.parametrize("form", ["passes", "release"])
def test_a_target_that_is_no_folder_is_said(built, tmp_path, form):
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name, said in (("file", "is a file; name a folder"), ("link", "is a link to a folder that does not exist")):
        refused = _export(built, tmp_path / name, "--force", form=form)
        assert refused.code == 2
        assert f"{name}: {said}" in refused.err
    assert (tmp_path / "file").read_text() == "mine"


def test_nothing_is_exported_into_the_store(built):
    folder = _result(built, "render")
    before = sorted(folder.rglob("*"))
    refused = _export(built, folder, "--force", form="passes")
    assert refused.code == 2
    assert "is in the store, where nothing is ever changed" in refused.err
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize("form", ["passes", "release"])
def test_where_nothing_can_be_written_the_folder_is_said(built, tmp_path, form):
    (tmp_path / "file").write_text("in the way")
    refused = _export(built, tmp_path / "file" / "orbit", form=form)
    assert refused.code == 1
    assert "file/orbit: cannot be written (Not a directory); make room or name another folder" in refused.err


def test_passes_that_fail_half_way_leave_those_of_before(built, tmp_path):
    """A file of the store that is gone stands for any failure."""
    folder = tmp_path / "orbit"
    assert _export(built, folder, form="passes").code == 0
    before = sorted(folder.rglob("*"))
    lost = _result(built, "render") / "depth" / "000002.exr"
    lost.rename(tmp_path / "lost.exr")
    try:
        refused = _export(built, folder, "--force", form="passes")
    finally:
        (tmp_path / "lost.exr").rename(lost)
    assert refused.code == 1
    assert "depth/000002.exr: is gone; `r2s2r verify` removes what is damaged" in refused.err
    assert sorted(folder.rglob("*")) == before


def test_what_a_killed_export_left_is_removed_and_not_in_the_way(built, tmp_path):
    (tmp_path / "orbit" / ".r2s2r-export-left" / "normal").mkdir(parents=True)
    done = _export(built, tmp_path / "orbit", form="passes")
    assert done.code == 0, done.err
    assert not [path for path in (tmp_path / "orbit").iterdir() if path.name.startswith(".")]


def test_what_another_export_is_writing_just_now_is_left_alone(built, tmp_path):
    (tmp_path / ".export-mine").write_text("no export's")
    with unfinished_in(tmp_path) as unfinished:
        (unfinished / "other.chan").write_text("half")
        done = _export(built, tmp_path / "orbit.chan", form="chan")
        assert done.code == 0, done.err
        assert (unfinished / "other.chan").read_text() == "half"
    assert sorted(path.name for path in tmp_path.iterdir()) == [".export-mine", "orbit.chan"]


def test_passes_never_take_the_place_of_folders_that_no_export_wrote(built, tmp_path):
    (tmp_path / "mask").mkdir()
    (tmp_path / "mask" / "mine.png").write_text("painted")
    refused = _export(built, tmp_path, "--force", form="passes")
    assert refused.code == 2
    assert "mask: is there, and no export wrote it; move it away, or name another folder" in refused.err
    assert [path.name for path in tmp_path.rglob("*")] == ["mask", "mine.png"]


def test_usd_leaves_other_pictures_among_its_textures(built, tmp_path):
    (tmp_path / "textures").mkdir()
    (tmp_path / "textures" / "mine.png").write_text("painted")
    done = _export(built, tmp_path, "--force", form="usd")
    assert done.code == 0, done.err
    assert (tmp_path / "textures" / "mine.png").read_text() == "painted"
    assert (tmp_path / "shot.usda").is_file()
