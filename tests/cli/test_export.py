"""``r2s2r export``: a shot as a sample that the published Real2SAM2Real reads, and so do we; or as its passes."""

import json
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

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
    return project.call("export", form, "scene.yaml", "--shot", "orbit", str(folder), *words)


def _result(project, node):
    return Path(project.call("path", "scene.yaml", "orbit", node).out.strip())


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


@pytest.mark.parametrize(
    "words", [("release", "scene.yaml", "out"), ("blender", "scene.yaml", "--shot", "orbit", "out")]
)
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
