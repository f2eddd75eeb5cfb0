"""A shot as one GLB: read back it is the same, and Khronos' validator finds nothing wrong with it."""

import json
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from r2s2r.errors import MediaError
from r2s2r.geometry.camera import Camera
from r2s2r.media.animations import read_animation
from r2s2r.media.animations.recorded import turn_and_scale
from r2s2r.media.assets.read import read_asset
from r2s2r.media.glb.shot import GlbEntity, write_glb_shot
from r2s2r.media.meshes import write_glb
from tests.media.animations.shots import FRAMES, glb_shot
from tests.media.gltf_validator import errors_of

POINTS = np.random.default_rng(0).uniform([-1, 0, -6], [1, 1.5, -3], (100, 3))


@pytest.fixture(scope="module")
def shot():
    return glb_shot()


@pytest.fixture(scope="module")
def file(shot, tmp_path_factory):
    path = tmp_path_factory.mktemp("glb") / "shot.glb"
    write_glb_shot(path, shot)
    return path


def test_its_entities_come_back_where_they_were(shot, file):
    found = read_animation(file)
    assert (found.moments, found.fps) == (FRAMES, Fraction(16))
    for name, one in found.of({"bunny": "bunny", "crate.1": "crate_1"}).items():
        np.testing.assert_allclose(one.world_from_object, shot.entities[name].world_from_entity, atol=1e-6)
        np.testing.assert_array_equal(one.visible, shot.entities[name].visible)


def test_its_zooming_camera_comes_back(shot, file):
    track = read_animation(file).cameras["Camera"]
    np.testing.assert_allclose(track.world_from_camera, shot.world_from_camera, atol=1e-6)
    for frame in range(FRAMES):
        sizes = {"height": shot.height, "width": shot.width}
        ours, _ = Camera(shot.world_from_camera[frame], shot.intrinsics[frame], **sizes).project(POINTS)
        theirs, _ = Camera(track.world_from_camera[frame], track.intrinsics[frame], **sizes).project(POINTS)
        assert np.abs(ours - theirs).max() < 1e-3


def test_a_principal_point_off_the_middle_comes_back_and_is_told(shot, tmp_path):
    intrinsics = np.array(shot.intrinsics)
    intrinsics[:, :2, 2] += [3.5, -2]
    notes = write_glb_shot(tmp_path / "shot.glb", replace(shot, intrinsics=intrinsics))
    assert any("3.5, -2 px off" in note for note in notes)
    np.testing.assert_allclose(
        read_animation(tmp_path / "shot.glb").cameras["Camera"].intrinsics, intrinsics, atol=1e-3
    )


def test_meshes_and_their_pictures_are_in_it(shot, file):
    asset = read_asset(file, {})
    for part, entity in zip(asset.parts, shot.entities.values(), strict=True):
        assert len(part.faces) == len(entity.mesh.faces)
        np.testing.assert_array_equal(part.picture, entity.mesh.texture)


def test_a_changing_shape_is_in_it(shot, tmp_path):
    bunny = shot.entities["bunny"]
    shapes = bunny.mesh.vertices * np.linspace(1, 2, FRAMES, dtype=np.float32)[:, None, None]
    bending = {"bunny": replace(bunny, world_from_entity=_standing(), vertices=lambda: shapes)}
    write_glb_shot(tmp_path / "shot.glb", replace(shot, entities=bending))
    (clip,) = read_asset(tmp_path / "shot.glb", {}).clips
    for frame in (0, 7, FRAMES - 1):
        low, high = clip.vertices_at(frame / 16).min(axis=0), clip.vertices_at(frame / 16).max(axis=0)
        np.testing.assert_allclose([low, high], [shapes[frame].min(axis=0), shapes[frame].max(axis=0)], atol=1e-5)


@pytest.mark.parametrize("kind", ["moving", "still", "bending", "hidden"])
def test_khronos_validator_finds_nothing_wrong(shot, tmp_path, kind):
    bunny = shot.entities["bunny"]
    entities = {
        "moving": shot.entities,
        "still": {"bunny": replace(bunny, world_from_entity=_standing())},
        "bending": {"bunny": replace(bunny, vertices=lambda: np.tile(bunny.mesh.vertices, (FRAMES, 1, 1)))},
        "hidden": {"bunny": replace(bunny, visible=np.zeros(FRAMES, bool))},
    }[kind]
    write_glb_shot(tmp_path / "shot.glb", replace(shot, entities=entities))
    assert errors_of(tmp_path / "shot.glb") == []


def test_equal_shots_give_equal_bytes(shot, file, tmp_path):
    write_glb_shot(tmp_path / "again.glb", shot)
    assert (tmp_path / "again.glb").read_bytes() == file.read_bytes()


def test_what_stands_still_has_no_keys(shot, tmp_path):
    still = GlbEntity(shot.entities["bunny"].mesh, _standing(), np.ones(FRAMES, bool))
    poses, lenses = (np.repeat(values[:1], FRAMES, axis=0) for values in (shot.world_from_camera, shot.intrinsics))
    quiet = replace(shot, world_from_camera=poses, intrinsics=lenses, entities={"bunny": still})
    assert write_glb_shot(tmp_path / "still.glb", quiet) == ()
    data = (tmp_path / "still.glb").read_bytes()
    assert not json.loads(data[20 : 20 + int.from_bytes(data[12:16], "little")]).get("animations")
    assert read_animation(tmp_path / "still.glb").moments == 1


def test_shear_is_refused_with_its_frame():
    sheared = np.tile(np.eye(4), (FRAMES, 1, 1))
    sheared[5, 0, 1] = 0.3
    with pytest.raises(MediaError, match="bunny: frame 5: is sheared"):
        turn_and_scale(sheared[:, :3, :3], "bunny")


def _standing():
    return np.tile(np.eye(4), (FRAMES, 1, 1))


def test_khronos_validator_finds_nothing_wrong_with_an_entity_alone(shot, tmp_path):
    write_glb(tmp_path / "mesh.glb", shot.entities["bunny"].mesh)
    assert errors_of(tmp_path / "mesh.glb") == []
