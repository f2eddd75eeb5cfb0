"""The project a scene belongs to."""

import os
from pathlib import Path

import pytest

from r2s2r.errors import InputError, SceneError
from r2s2r.spec.load import load_scene
from r2s2r.spec.project import find_project


def test_without_a_project_file_the_scenes_folder_is_the_project(folder):
    for start in (Path("scene.yaml"), Path(), folder):
        project = find_project(start)
        assert (project.root, project.store, project.out) == (folder, folder / ".r2s2r", folder / "out")
        assert (project.media_roots, project.spec.profile) == ((), "draft")


def test_the_project_file_is_found_upwards(write, folder):
    write("version: 1\n", "../r2s2r.yaml")
    (folder / "deep" / "deeper").mkdir(parents=True)
    project = find_project(folder / "deep" / "deeper" / "scene.yaml")
    assert (project.root, project.store) == (folder.parent, folder.parent / ".r2s2r")


def test_the_nearest_project_file_wins(write, folder):
    write("version: 1\nout: far\n", "../r2s2r.yaml")
    write("version: 1\nout: near\n", "r2s2r.yaml")
    assert find_project(Path("scene.yaml")).out == folder / "near"


def test_its_folders_are_relative_to_it(write, folder):
    write("version: 1\nstore: ../cache\nout: /videos\nmedia_roots: [a, ../b]\n", "r2s2r.yaml")
    project = find_project(folder)
    assert (project.store, project.out) == (folder.parent / "cache", Path("/videos"))
    assert project.media_roots == (folder / "a", folder.parent / "b")


def test_the_environment_wins_over_the_file(write, folder, monkeypatch):
    write("version: 1\nstore: a\nout: b\n", "r2s2r.yaml")
    monkeypatch.setenv("R2S2R_STORE", "/fast/store")
    monkeypatch.setenv("R2S2R_OUT", "videos")
    project = find_project(folder)
    assert (project.store, project.out) == (Path("/fast/store"), folder / "videos")


def test_a_changed_project_file_is_read_again(write, folder):
    path = write("version: 1\nout: a\n", "r2s2r.yaml")
    assert find_project(folder).out == folder / "a"
    write("version: 1\nout: other\n", "r2s2r.yaml")
    os.utime(path, ns=(1, 1))
    assert find_project(folder).out == folder / "other"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "r2s2r.yaml:1:1: is empty"),
        ("store: x\n", "r2s2r.yaml:1:1: version: is missing"),
        ("version: 1\nstores: x\n", "r2s2r.yaml:2:1: stores: unknown key"),
        ("version: 1\nstore: ~/cache\n", "r2s2r.yaml:2:8: store: ~ is not expanded here: write the whole path"),
        ("version: 1\nout: ''\n", "r2s2r.yaml:2:6: out: must not be empty"),
        ("version: 1\nprofiles: {a: {lift: sam4d}}\n", "2:22: profiles.a.lift: must be one of inflate, sam3d"),
        ("version: 1\nprofile: drat\n", "r2s2r.yaml:2:10: profile: unknown profile 'drat'; known here: draft, final"),
        ("version: 1\nlift: {inflate: {thickness: no}}\n", "r2s2r.yaml:2:29: lift.inflate.thickness: no means false"),
        ("version: 1\ncamera: []\n", "r2s2r.yaml:2:1: camera: unknown key"),
    ],
)  # fmt: skip
def test_a_wrong_project_file_is_refused_with_positions(write, folder, text, expected):
    write(text, "r2s2r.yaml")
    with pytest.raises(SceneError) as caught:
        find_project(folder)
    assert expected in str(caught.value)


def test_a_project_file_elsewhere_is_named_from_here(write, folder, monkeypatch):
    write("version: 2\n", "r2s2r.yaml")
    monkeypatch.chdir(folder.parent)
    with pytest.raises(SceneError, match=r"^scenes/r2s2r.yaml:1:10: version: must be 1, is 2$"):
        find_project(Path("scenes/scene.yaml"))


def test_the_profile_decides_what_auto_means(load):
    scene = load("shots: {a: {}}\n")
    shot = scene.shots["a"]
    assert scene.profile == "draft"
    assert scene.entities["bunny"].spec.lift.backend == "inflate"
    assert (shot.render.backend, shot.diffuse.backend) == ("cpu", "compositor")


def test_a_named_backend_stays(load):
    assert load("render: {backend: cpu}\nshots: {a: {}}\n").shots["a"].render.backend == "cpu"


def test_the_project_may_define_profiles_and_choose_one(write, load):
    write("version: 1\nprofile: quick\nprofiles: {quick: {}, slow: {render: cpu}}\n", "r2s2r.yaml")
    assert load("shots: {a: {}}\n").profile == "quick"
    assert load("shots: {a: {}}\n", profile="slow").profile == "slow"
    assert load("shots: {a: {}}\n", profile="draft").profile == "draft"


def test_an_unknown_profile_lists_the_known_ones(write, load):
    with pytest.raises(InputError, match=r"^unknown profile 'finl'; known here: draft, final; did you mean final\?$"):
        load("shots: {a: {}}\n", profile="finl")
    write("version: 1\nprofiles: {quick: {}}\n", "r2s2r.yaml")
    with pytest.raises(
        InputError, match=r"^unknown profile 'quik'; known here: draft, final, quick; did you mean quick\?$"
    ):
        load_scene(Path("scene.yaml"), profile="quik")


def test_a_profile_of_a_built_in_name_changes_it_where_it_says_so(write, load):
    assert load("shots: {a: {}}\n", profile="final").shots["a"].render.backend == "kaolin"
    write("version: 1\nprofiles: {final: {render: cpu}}\n", "r2s2r.yaml")
    shot = load("shots: {a: {}}\n", profile="final").shots["a"]
    assert (shot.render.backend, shot.diffuse.backend) == ("cpu", "animate")
