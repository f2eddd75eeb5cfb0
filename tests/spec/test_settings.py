"""Settings merge field by field from project, scene, parent shot and shot; the nearest wins, the result is checked."""

from pathlib import Path

import pytest

from r2s2r.errors import SceneError
from r2s2r.spec.load import load_scene

PROJECT = """\
version: 1
lift: {inflate: {thickness: 0.5, max_faces: 5000}}
diffuse: {compositor: {shadow: 0.1, soften_px: 3}}
encode: {crf: 30, deliver_fps: 24}
output: {width: 640, height: 360, fps: 12}
"""


@pytest.fixture
def project(write):
    write(PROJECT, "r2s2r.yaml")


@pytest.mark.usefixtures("project")
def test_the_projects_settings_hold_for_every_scene(load):
    scene = load("shots: {a: {}}\n")
    assert scene.entities["bunny"].spec.lift.inflate.thickness == 0.5
    shot = scene.shots["a"]
    assert (shot.diffuse.compositor.shadow, shot.encode.crf, shot.edit.output.width) == (0.1, 30, 640)


@pytest.mark.usefixtures("project")
def test_the_nearest_wins_field_by_field(load):
    scene = load(
        """\
        diffuse: {compositor: {shadow: 0.2}}
        output: {height: 480}
        shots:
          a: {}
          b: {diffuse: {compositor: {shadow: 0.3, tint_unseen: true}}, output: {fps: 24}}
          c: {extends: b, diffuse: {compositor: {tint_unseen: false}}}
        """
    )

    def compositor(shot):
        spec = scene.shots[shot].diffuse.compositor
        return spec.shadow, spec.soften_px, spec.tint_unseen

    def output(shot):
        spec = scene.shots[shot].edit.output
        return spec.width, spec.height, spec.fps

    assert [compositor(shot) for shot in "abc"] == [(0.2, 3, False), (0.3, 3, True), (0.3, 3, False)]
    assert [output(shot) for shot in "abc"] == [(640, 480, 12), (640, 480, 24), (640, 480, 24)]


@pytest.mark.usefixtures("project")
def test_an_entitys_own_lift_wins_over_the_scenes(load):
    head = """\
version: 1
name: test
source: {clip: clip.mp4}
lift: {inflate: {thickness: 1.5}}
entities:
  a: {select: {box_px: [1, 2, 3, 4]}}
  b: {select: {box_px: [1, 2, 3, 4]}, lift: {inflate: {thickness: 2}}}
"""
    scene = load("shots: {a: {}}\n", head=head)
    lifts = [scene.entities[name].spec.lift.inflate for name in "ab"]
    assert [(lift.thickness, lift.max_faces) for lift in lifts] == [(1.5, 5000), (2, 5000)]


@pytest.mark.usefixtures("project")
def test_null_takes_an_inherited_value_away(load):
    shots = load("shots: {a: {}, b: {encode: {deliver_fps: null}}}\n").shots
    assert [shots[name].encode.deliver_fps for name in "ab"] == [24, None]


def test_an_error_in_inherited_settings_is_said_once_where_it_is_written(findings):
    assert findings("output: {width: 5}\nshots: {a: {}, b: {}, c: {extends: b}}\n") == [
        "6:17: output.width: must be >= 64, is 5"
    ]


def test_a_merged_result_that_is_wrong_cites_the_nearest_field_that_made_it_so(write):
    write("version: 1\noutput: {fps: 10}\n", "r2s2r.yaml")
    write(
        """\
        version: 1
        name: test
        source: {clip: clip.mp4}
        shots:
          long: {frames: 80, camera: [{type: pan, degrees: 5, to: 7s}]}
          short: {extends: long, frames: 30}
        """
    )
    with pytest.raises(SceneError) as caught:
        load_scene(Path("scene.yaml"))
    (finding,) = caught.value.findings
    assert str(finding) == (
        "scene.yaml:5:59: shots.long.camera[0].to: 7s (frame 70) is past the last frame, 29 "
        "(30 frames at 10 a second, 2.9s) (in shot short)"
    )


def test_a_wrong_project_file_is_cited_by_its_own_name(write):
    write("version: 1\noutput: {widht: 10}\n", "r2s2r.yaml")
    write("version: 1\nname: x\nsource: {clip: clip.mp4}\nshots: {a: {}}\n")
    with pytest.raises(SceneError, match=r"^r2s2r.yaml:2:10: output.widht: unknown key; did you mean width\?; "):
        load_scene(Path("scene.yaml"))
