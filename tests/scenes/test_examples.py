"""The example scenes: they cover the language, are right, and look like something."""

from typing import get_args

import av
import numpy as np
import pytest

from r2s2r.spec.camera import CameraMove
from r2s2r.spec.copies import CopiesSpec
from r2s2r.spec.edits import EntityEdit
from r2s2r.spec.load import load_scene
from scenes.examples.make_assets import write_models
from tests.scenes.conftest import EXAMPLES

SCENES = sorted(EXAMPLES.glob("*.yaml"))
_MOST_BYTES = 150_000
# A frozen puppet before a static camera.
_STANDS_STILL = {("example_motion", "frozen")}


def _types(union) -> set[str]:
    """The words for `type` in a union of specs."""
    return {get_args(spec.model_fields["type"].annotation)[0] for spec in get_args(get_args(union)[0])}


@pytest.fixture(scope="module")
def loaded():
    return {path.stem: load_scene(path) for path in SCENES}


def _shots(loaded):
    for scene in loaded.values():
        yield from scene.shots.values()


def test_there_are_at_least_twelve_with_names_of_their_own(loaded):
    assert len(loaded) >= 12
    assert {name: scene.name for name, scene in loaded.items()} == {name: f"example_{name}" for name in loaded}


def test_they_show_every_camera_move(loaded):
    assert {move.type for shot in _shots(loaded) for move in shot.edit.camera} == _types(CameraMove)


def test_they_show_every_edit(loaded):
    shown = {edit.type for shot in _shots(loaded) for edits in shot.edit.edits.values() for edit in edits}
    assert shown == _types(EntityEdit)


def test_they_show_every_array_of_copies(loaded):
    arrays = [entity.spec.copies for scene in loaded.values() for entity in scene.entities.values()]
    shown = {name for copies in arrays if copies is not None for name in copies.model_fields_set}
    assert shown == set(CopiesSpec.model_fields)


def test_they_take_from_files_shots_and_scenes(loaded):
    assert any(shot.edit.animation is not None for shot in _shots(loaded))
    donors = [donor for shot in _shots(loaded) for donor in shot.donors.values()]
    assert {donor.scene is None for donor in donors} == {True, False}


def test_each_explains_itself_and_is_known_to_editors():
    for path in SCENES:
        first, *rest = path.read_text(encoding="utf-8").splitlines()
        assert first == "# yaml-language-server: $schema=../../schemas/scene.schema.json", path.name
        assert rest[0].startswith("# "), path.name
        assert max(map(len, rest)) <= 120, path.name


def test_assets_are_small_and_those_without_film_are_as_the_script_makes_them(tmp_path):
    assets = EXAMPLES / "assets"
    assert sum(path.stat().st_size for path in assets.iterdir()) < _MOST_BYTES
    write_models(tmp_path)
    for path in tmp_path.iterdir():
        assert (assets / path.name).read_bytes() == path.read_bytes(), f"{path.name}: run scenes.examples.make_assets"


@pytest.fixture(scope="module")
def made(studio):
    """Everything, rendered by one command; returns (scene, shot) -> its video's pictures [T, H, W, 3]."""
    ended = studio.r2s2r("run", *(f"examples/{name}" for name in studio.scenes))
    assert ended.code == 0, ended.said
    videos = {path.parts[-4:-2]: _pictures(path) for path in studio.folder.glob("out/*/*/draft/video.mp4")}
    return {(scene, shot): pictures for (scene, shot), pictures in videos.items()}


def _pictures(path):
    with av.open(str(path)) as container:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)])


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_every_shot_is_made(made, loaded):
    wanted = {(scene.name, shot.name) for scene in loaded.values() for shot in scene.shots.values() if shot.enabled}
    assert set(made) == wanted


@pytest.mark.slow
def test_no_picture_is_black_or_of_one_colour(made):
    for name, pictures in made.items():
        assert pictures.shape[1:] == (120, 208, 3), name
        means = pictures.mean(axis=(1, 2, 3))
        assert means.min() > 40, name
        assert means.max() < 200, name
        assert pictures.std(axis=(1, 2, 3)).min() > 20, name


@pytest.mark.slow
def test_something_happens_in_every_shot(made):
    for name, pictures in made.items():
        steps = np.abs(np.diff(pictures.astype(np.int16), axis=0)).mean(axis=(1, 2, 3))
        if name in _STANDS_STILL:
            assert steps.max() < 1, name
        else:
            assert np.abs(pictures.astype(np.int16) - pictures[0]).mean(axis=(1, 2, 3)).max() > 1, name
