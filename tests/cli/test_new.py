"""``r2s2r new``."""

from pathlib import Path

import pytest

from r2s2r.spec.load import load_scene


def test_the_starter_lacks_only_the_box(r2s2r, folder):
    ended = r2s2r("new", "cups.yaml", "--clip", "clip.mp4")
    assert (ended.code, ended.err) == (0, "")
    assert "now set entities.subject.select.box_px in it, then: r2s2r validate cups.yaml" in ended.out
    checked = r2s2r("validate", "cups.yaml")
    assert checked.code == 2
    assert len(checked.out.splitlines()) == 1
    assert "entities.subject.select.box_px: must be [x0, y0, x1, y1]" in checked.out
    text = (folder / "cups.yaml").read_text(encoding="utf-8")
    (folder / "cups.yaml").write_text(text.replace("[0, 0, 0, 0]", "[10, 20, 100, 200]"), encoding="utf-8")
    assert r2s2r("validate", "cups.yaml").code == 0


def test_nothing_is_overwritten(r2s2r, folder):
    before = (folder / "good.yaml").read_bytes()
    ended = r2s2r("new", "good.yaml", "--clip", "clip.mp4")
    assert ended.code == 2
    assert ended.err == "good.yaml exists and is not overwritten: name another file, or remove it first\n"
    assert (folder / "good.yaml").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("x.yaml", "--clip", "clop.mp4"), "file not found: clop.mp4; nearest: clip.mp4"),
        (("x.yaml", "--clip", "../outside.mp4"), "leaves the scene's folder"),
        (("x.yaml", "--clip", "../nowhere.mp4"), "file not found: ../nowhere.mp4"),
        (("x.yaml", "--clip", "clip.mp4", "--name", "1 x"), "'1 x' is no name for a scene"),
        (("1.yaml", "--clip", "clip.mp4"), "'1' is no name for a scene: give --name"),
        (("none/x.yaml", "--clip", "clip.mp4"), "none: there is no such folder; make it first"),
    ],
)
def test_what_cannot_work_is_refused_and_nothing_is_written(r2s2r, folder, arguments, said):
    (folder.parent / "outside.mp4").write_bytes(b"x")
    ended = r2s2r("new", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err
    assert not (folder / arguments[0]).exists()


def test_the_clip_is_named_as_the_scene_sees_it(r2s2r, folder):
    (folder / "scenes" / "media").mkdir(parents=True)
    (folder / "scenes" / "media" / "a clip: 1.mp4").write_bytes(b"x")
    assert r2s2r("new", "scenes/my scene.yaml", "--clip", "scenes/media/a clip: 1.mp4").code == 0
    path = Path("scenes/my scene.yaml")
    path.write_text(path.read_text(encoding="utf-8").replace("[0, 0, 0, 0]", "[1, 2, 3, 4]"), encoding="utf-8")
    scene = load_scene(path)
    assert (scene.name, scene.clip) == ("my_scene", folder / "scenes" / "media" / "a clip: 1.mp4")


def test_a_clip_in_a_media_root_is_fine(r2s2r, folder):
    (folder / "scenes").mkdir()
    (folder / "r2s2r.yaml").write_text("version: 1\nmedia_roots: [.]\n", encoding="utf-8")
    assert r2s2r("new", "scenes/x.yaml", "--clip", "clip.mp4").code == 0
    assert "clip: ../clip.mp4" in (folder / "scenes" / "x.yaml").read_text(encoding="utf-8").replace('"', "")


def test_the_editors_line_leads_to_the_schemas_that_are_there(r2s2r, folder):
    (folder / "scenes").mkdir()
    assert r2s2r("schema", "--write").code == 0
    assert r2s2r("new", "scenes/x.yaml", "--clip", "scenes/../clip.mp4", "--name", "x").code == 2
    (folder / "scenes" / "clip.mp4").write_bytes(b"x")
    assert r2s2r("new", "scenes/x.yaml", "--clip", "scenes/clip.mp4").code == 0
    first = (folder / "scenes" / "x.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=../schemas/scene.schema.json"


@pytest.mark.parametrize("name", ["no", "null", "True"])
def test_a_name_that_yaml_would_take_for_something_else_is_quoted(r2s2r, folder, name):
    assert r2s2r("new", f"{name}.yaml", "--clip", "clip.mp4").code == 0
    assert f'name: "{name}"' in (folder / f"{name}.yaml").read_text(encoding="utf-8")
