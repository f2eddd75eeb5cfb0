"""Every example of the reference is read: moves, edits and settings as part of a scene, the others in their file."""

import re

import pytest
import yaml

from r2s2r.spec.docstrings import docstring
from r2s2r.spec.load import load_scene
from r2s2r.spec.project import find_project
from r2s2r.spec.reference.kinds import NAME, kinds

KINDS = kinds()
IN_SCENES = [name for name, kind in KINDS.items() if kind.file == "scene"]
IN_PROJECTS = [name for name, kind in KINDS.items() if kind.file == "project"]
# What an example may name has to be there.
_FILES = (
    "clip.mp4",
    "media/meadow.mp4",
    "assets/crate.glb",
    "assets/arc.chan",
    "assets/moved.usda",
    "assets/depth.exr",
)
_FOLDERS = ("models/sam2", "models/depth-pro", "models/lightx2v", "../footage")


def _example(kind):
    return docstring(kind.spec).example_data


def _scene():
    """A scene with one of everything that an example may be part of, or speak of."""
    return {
        "version": 1,
        "name": "test",
        "source": {"clip": "clip.mp4"},
        "entities": {
            "bunny": {"select": {"box_px": [1, 2, 30, 40]}},
            "crate": {"asset": "assets/crate.glb", "motion": "keep"},
        },
        "shots": {"orbit": {}, "test": {"diffuse": {"backend": "animate"}}},
    }


def _put(data, place, value):
    """Put a value at a place of the reference. A list holds it alone; a point of a path is its second one."""
    node, names = data, place.split(".")
    for index, step in enumerate(names):
        (name, is_list, of_type), *_ = re.findall(r"^(\w+)(\[(\w*)\])?$", step)
        name = _named(names[:index]) if name == NAME else name
        if index == len(names) - 1:
            first = [{"at": 0, "position_m": [0, 0, 0]}] if name == "points" else []
            node[name] = [*first, value] if is_list else value
        elif is_list:
            node[name] = [{"type": of_type}]
            node = node[name][0]
        else:
            node = node.setdefault(name, {})


def _named(before):
    """The name that stands for NAME after these: what is lifted, or the shot that is tried."""
    known = {"entities": "crate", "shots": "test", "edits": "crate", "profiles": "draft", "stages": "diffuse"}
    return known[before[-1]]


@pytest.fixture
def files(folder):
    for file in _FILES:
        (folder / file).parent.mkdir(exist_ok=True)
        (folder / file).write_bytes(b"x")  # nobody opens it here
    for name in _FOLDERS:
        (folder / name).mkdir(parents=True)
    return folder


@pytest.mark.parametrize("name", IN_SCENES)
def test_an_example_of_a_scene_is_read(name, files):
    kind, data = KINDS[name], _scene()
    place = kind.places[0]
    if place.startswith(f"entities.{NAME}.") and not place.endswith(("place", "import")) and ".copies" not in place:
        place = place.replace(NAME, "bunny")
    if place:
        _put(data, place, _example(kind))
    else:
        data = _example(kind)
    (files / "scene.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")
    scene = load_scene(files / "scene.yaml")
    assert scene.shots


@pytest.mark.parametrize("name", IN_PROJECTS)
def test_an_example_of_a_project_file_is_read(name, files):
    kind, data = KINDS[name], {"version": 1}
    if kind.places[0]:
        _put(data, kind.places[0], _example(kind))
    else:
        data = _example(kind)
    (files / "r2s2r.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")
    assert find_project(files).document is not None


def test_the_example_of_a_file_of_entities_is_read(files):
    (files / "more.yaml").write_text(docstring(KINDS["entities"].spec).example, encoding="utf-8")
    data = _scene() | {"entities": {}, "include": ["more.yaml"]}
    (files / "scene.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")
    assert list(load_scene(files / "scene.yaml").entities) == ["crate"]
