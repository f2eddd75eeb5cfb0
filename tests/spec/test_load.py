"""A scene file becomes a resolved scene."""

import json
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from r2s2r.errors import InputError, SceneError
from r2s2r.spec.load import check_unique_names, load_scene
from r2s2r.spec.output import OutputSpec
from r2s2r.spec.times import Moment
from tests.spec.conftest import HEAD

ROOT = Path(__file__).resolve().parents[2]


def test_a_scene_may_say_hardly_anything(load, folder):
    scene = load("shots: {a: {}}\n", head="version: 1\nname: x\nsource: {clip: clip.mp4}\n")
    assert (scene.name, scene.path, scene.profile) == ("x", folder / "scene.yaml", "draft")
    assert scene.clip == folder / "clip.mp4"
    assert (scene.source.frame, scene.source.camera.fov_deg) == (0, 50)
    assert (scene.source.ground.camera_height_m, scene.source.ground.pitch_deg) == (1.6, 0)
    assert scene.entities == {}
    shot = scene.shots["a"]
    assert (shot.enabled, shot.priority, shot.tags, shot.prompt, shot.seed) == (True, 0, (), "auto", 0)
    assert (shot.edit.frames, shot.edit.camera, shot.edit.edits) == (77, (), {})
    assert shot.edit.output == OutputSpec(width=832, height=480, fps=16, fit="crop")


def test_moves_edits_and_times_arrive_as_written(load):
    scene = load(
        """\
        shots:
          a:
            camera:
              - {type: orbit, around: bunny, degrees: -24, from: 0.5s, to: 50%}
              - {type: dolly, distance_m: 1, towards: [0, 1, -4]}
            edits:
              bunny:
                - type: transform
                  keys: [{at: 3, scale: 2}, {at: 100%, scale: [1, 2, 1], move_m: [1, 0, 0]}]
        """
    )
    edit = scene.shots["a"].edit
    orbit, dolly = edit.camera
    assert (orbit.around, orbit.degrees, orbit.ease) == ("bunny", -24, "in_out")
    assert (orbit.from_, orbit.to) == (Moment(value=0.5, unit="s"), Moment(value=50, unit="%"))
    assert dolly.towards == (0, 1, -4)
    (transform,) = edit.edits["bunny"]
    assert [key.scale for key in transform.keys] == [2, (1, 2, 1)]
    assert (transform.keys[1].move_m, transform.curve) == ((1, 0, 0), "smooth")


def test_a_still_may_be_the_source(load, folder):
    (folder / "photo.png").write_bytes(b"png")
    assert (
        load("shots: {a: {frames: 1}}\n", head="version: 1\nname: x\nsource: {clip: photo.png}\n").clip.name
        == "photo.png"
    )


def test_the_reference_pages_examples_load(folder):
    page = (ROOT / "docs" / "scene-language.md").read_text(encoding="utf-8")
    scene, entities, project = re.findall(r"```yaml\n(.*?)```", page, flags=re.DOTALL)
    (folder / "bunny.yaml").write_text(scene, encoding="utf-8")
    (folder / "props.yaml").write_text(entities, encoding="utf-8")
    (folder / "r2s2r.yaml").write_text(project, encoding="utf-8")
    (folder / "media").mkdir()
    for name in ("clip.mp4", "rock.png", "crate.glb", "lamp.glb", "walker.glb", "arc.chan", "moved.usda"):
        (folder / "media" / name).write_bytes(b"x")
    loaded = load_scene(Path("bunny.yaml"))
    originals = [name for name in loaded.entities if "." not in name]
    assert originals == ["bunny", "crate", "cup", "lamp", "rock", "tree", "bunny2"]
    assert len(loaded.entities) == len(originals) + 5 + 5 + 4
    assert list(loaded.shots) == [
        "orbit", "hop", "hop_close", "along", "moves", "drawn", "recorded", "returned", "edited", "still", "generated",
        "sketched",
    ]  # fmt: skip
    assert loaded.profile == "quick"


def test_the_reference_page_shows_an_error_as_it_is_said(folder):
    page = (ROOT / "docs" / "scene-language.md").read_text(encoding="utf-8")
    scene = re.findall(r"```yaml\n(.*?)```", page, flags=re.DOTALL)[0]
    (folder / "bunny.yaml").write_text(scene.replace("degrees: 24", "degree: 24"), encoding="utf-8")
    with pytest.raises(SceneError) as caught:
        load_scene(Path("bunny.yaml"))
    said = [str(finding) for finding in caught.value.findings if "degree" in finding.field]
    assert "```\n" + "\n".join(said) + "\n```" in page


def test_the_reference_pages_example_shows_every_key_of_the_language():
    from r2s2r.spec.schema import schema_text

    page = (ROOT / "docs" / "scene-language.md").read_text(encoding="utf-8")
    schema = json.loads(schema_text("scene"))
    keys = {key for model in (schema, *schema["definitions"].values()) for key in model["properties"]}
    assert not {key for key in keys if not re.search(rf"\b{key}\b", page)}


@pytest.mark.parametrize("scene", sorted((ROOT / "scenes").glob("*.yaml")), ids=lambda path: path.stem)
def test_the_scenes_of_the_project_load(scene, folder):
    """Copied, because their media are fetched, not kept."""
    text = scene.read_text(encoding="utf-8")
    (folder / scene.name).write_text(text, encoding="utf-8")
    clip = folder / yaml.safe_load(text)["source"]["clip"]
    clip.parent.mkdir(parents=True, exist_ok=True)
    clip.write_bytes(b"clip")
    assert load_scene(Path(scene.name)).shots


def test_a_missing_scene_names_the_nearest(write):
    write("version: 1\n", "bunny.yaml")
    with pytest.raises(InputError, match=r"^buny.yaml: file not found; nearest: bunny.yaml$"):
        load_scene(Path("buny.yaml"))


def test_a_scene_is_found_from_any_folder(write, folder, monkeypatch):
    write("version: 1\nname: x\nsource: {clip: clip.mp4}\nshots: {a: {}}\n")
    monkeypatch.chdir(folder.parent)
    scene = load_scene(Path("scenes/scene.yaml"))
    assert (scene.path, scene.clip) == (folder / "scene.yaml", folder / "clip.mp4")


def test_two_scenes_of_one_name_are_refused_in_one_run(load, folder):
    first = load("shots: {a: {}}\n")
    second = replace(first, path=folder / "second.yaml")
    check_unique_names([first])
    with pytest.raises(InputError, match=r"second.yaml and .*scene.yaml are both named test: rename one of the two"):
        check_unique_names([first, second])
    with pytest.raises(InputError, match=r"are both named TEST or test, which many disks confuse: rename one"):
        check_unique_names([first, replace(second, name="TEST")])


def test_one_scene_given_twice_is_not_told_to_be_renamed(load):
    scene = load("shots: {a: {}}\n")
    with pytest.raises(InputError, match=r"scene.yaml is given twice: name it once$"):
        check_unique_names([scene, scene])


def test_shots_that_differ_in_capitals_only_are_refused(findings):
    (finding,) = findings("shots: {a: {}, b: {}, A: {}}\n")
    assert finding.startswith("6:23: shots.A: differs from a in capitals only")


def test_a_key_cannot_break_a_finding_into_lines_or_colour_it(findings):
    (finding,) = findings('shots: {a: {"fra\\nmes\\e[31m": 3}}\n')
    assert finding.isprintable()
    assert r"shots.a.'fra\nmes\x1b[31m': unknown key" in finding


@pytest.mark.parametrize("start", ["a" * 5000, "a/" * 3000 + "b", "a\0b"])
def test_a_path_no_system_can_hold_is_wrong_input(folder, start):
    with pytest.raises(InputError, match=r"cannot be (used as a path|read)"):
        load_scene(Path(start))


def test_a_path_that_is_not_utf8_is_refused_before_anything_is_written(folder):
    with pytest.raises(InputError, match="the path is not UTF-8; rename it"):
        load_scene(Path(os.fsdecode(b"b\xff.yaml")))


@pytest.mark.parametrize("name", ["scene.yaml", "r2s2r.yaml"])
def test_a_pipe_in_place_of_a_file_is_not_waited_for(folder, name):
    os.mkfifo(folder / name)
    with pytest.raises(InputError, match=r"scene.yaml: (is not a regular file|file not found)"):
        load_scene(Path("scene.yaml"))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("x: {copy: bunny, place: {height_m: 1.0e+30}}", "entities.x.place.height_m: must be <= 10000, is 1e+30"),
        (
            "x: {copy: bunny, place: {move_m: [0, -1e6, 0]}}",
            "entities.x.place.move_m[1]: must be >= -10000, is -1000000",
        ),
    ],
)
def test_what_lies_beyond_all_that_is_filmed_is_refused(findings, written, said):
    (finding,) = findings("shots: {a: {}}\n", head=HEAD + f"  {written}\n")
    assert said in finding
