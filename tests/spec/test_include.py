"""Entities from files of their own."""

import pytest

from r2s2r.errors import SceneError
from r2s2r.spec.load import load_scene

HEAD = "version: 1\nname: test\nsource: {clip: clip.mp4}\nentities: {bunny: {select: {box_px: [1, 2, 3, 4]}}}\n"
LAMP = "entities:\n  lamp: {asset: lamp.glb}\n"


@pytest.fixture
def props(folder, write):
    (folder / "props").mkdir()
    (folder / "props" / "lamp.glb").write_bytes(b"x")
    return lambda text: write(text, "props/props.yaml")


def _errors(write, text):
    with pytest.raises(SceneError) as caught:
        load_scene(write(HEAD + text))
    return [str(finding) for finding in caught.value.findings]


def test_included_entities_are_the_scenes_and_their_paths_relative_to_their_file(props, load, folder):
    props(LAMP + "  lamp2: {copy: lamp}\n  bunny2: {copy: bunny}\n")
    scene = load("include: [props/props.yaml]\nshots: {a: {edits: {lamp2: [{type: remove}]}}}\n", head=HEAD)
    assert list(scene.entities) == ["bunny", "lamp", "bunny2", "lamp2"]
    assert scene.entities["lamp"].files == {"asset": folder / "props" / "lamp.glb"}


def test_the_scenes_lift_settings_hold_for_included_entities(props, load):
    props("entities: {cat: {select: {box_px: [1, 2, 3, 4]}, lift: {inflate: {max_faces: 500}}}}\n")
    scene = load("include: [props/props.yaml]\nlift: {inflate: {thickness: 2}}\nshots: {a: {}}\n", head=HEAD)
    inflate = scene.entities["cat"].spec.lift.inflate
    assert (inflate.thickness, inflate.max_faces) == (2, 500)


def test_errors_in_an_included_file_are_cited_there(props, write):
    props("entities:\n  lamp: {asset: lam.glb}\n  cat: {select: {box: [1, 2, 3, 4]}}\nshots: {}\n")
    assert _errors(write, "include: [props/props.yaml]\nshots: {a: {frames: 0}}\n") == [
        "scene.yaml:6:21: shots.a.frames: must be >= 1, is 0",
        "props/props.yaml:2:17: entities.lamp.asset: file not found: lam.glb; nearest: lamp.glb",
        "props/props.yaml:3:18: entities.cat.select.box: unknown key; did you mean box_px?; "
        "allowed here: box_px, mask, points_px, polygon_px, text",
        "props/props.yaml:4:1: shots: unknown key; allowed here: entities",
    ]


def test_a_name_that_is_taken_is_refused_in_the_scene_with_the_other_place(props, write):
    props("entities: {bunny: {copy: x}, x: {asset: lamp.glb}}\n")
    assert _errors(write, "include: [props/props.yaml]\nshots: {a: {}}\n") == [
        "scene.yaml:4:12: entities.bunny: the name is taken by props/props.yaml:1:12: rename one of the two"
    ]


def test_a_file_is_included_once(props, write):
    props(LAMP)
    assert _errors(write, "include: [props/props.yaml, ./props/props.yaml]\nshots: {a: {}}\n") == [
        "scene.yaml:5:29: include[1]: ./props/props.yaml is included already: remove one"
    ]


def test_names_are_not_called_unknown_when_a_file_that_may_hold_them_cannot_be_read(props, write):
    props("entities: [")
    text = "include: [props/props.yaml, prop.yaml]\nshots: {a: {edits: {lamp: []}, camera: [{type: pan}]}}\n"
    fields = [line.split(": ")[1] for line in _errors(write, text)]
    assert fields == ["include[1]", "shots.a.camera[0].degrees", "is not YAML"]
