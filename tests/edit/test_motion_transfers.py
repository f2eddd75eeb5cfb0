"""Motions from a clip of a file, and from other shots."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from r2s2r.artifacts.animation import Animation
from r2s2r.artifacts.motion import VERTICES, Motion, MotionFacts
from r2s2r.spec.edit import TransferSpec
from tests.edit.conftest import FRAMES, at_frames, box

TIMES_S = np.linspace(0, 1, 11)


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """A second of a mesh that grows sideways, from one to two and a half times."""
    folder = tmp_path_factory.mktemp("clip")
    np.save(folder / VERTICES, np.stack([box().vertices * [1 + 1.5 * time_s, 1, 1] for time_s in TIMES_S]).astype("f4"))
    poses = np.tile(np.eye(4), (11, 1, 1))
    Motion(folder, MotionFacts(moments=11, deforms=True), TIMES_S, poses).write()
    return Motion.load(folder)


def _widths(world, *frames):
    shape = world.shape("bunny", at_frames(*frames))
    return [np.ptp(shape.vertices(index)[:, 0]) / 0.6 for index in range(len(frames))]


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        ({}, [1, 1.75, 2.5, 2.5]),
        ({"loop": True}, [1, 1.75, 1, 1.75]),
        ({"speed": 0.5}, [1, 1.375, 1.75, 2.125]),
        ({"start_s": 0.5}, [1.75, 2.5, 2.5, 2.5]),
        ({"speed": -1, "start_s": 1}, [2.5, 1.75, 1, 1]),
        ({"speed": -1, "loop": True, "start_s": 0.8}, [2.2, 1.45, 2.2, 1.45]),
    ],
)
def test_a_clip_is_played_held_or_begun_again(staged, clip, edit, expected):
    edits = {"bunny": [{"type": "animate", "clip": "walk", **edit}]}
    world = staged({"bunny": (box(), np.eye(4))}, edits, motions={"bunny": clip})
    np.testing.assert_allclose(_widths(world, 0, 8, 16, 24), expected, atol=1e-5)


def test_a_mesh_that_another_has_replaced_does_not_take_on_its_shapes(staged, clip):
    flat = box()
    other = type(flat)(
        np.vstack([flat.vertices, flat.vertices[:1]]), flat.faces, flat.corner_uv, flat.corner_normals, flat.texture
    )
    assert (
        staged({"bunny": (other, np.eye(4))}, {}, motions={"bunny": clip}).played("bunny", at_frames()).bends is False
    )


@pytest.fixture(scope="module")
def donor(animated):
    """Another shot, in which ``bunny`` (0.8 of its mesh's size, turned by 30 degrees) dances and grows."""
    keys = [{"at": 0}, {"at": 40, "move_m": [0, 0, -2], "rotate_deg": [0, 60, 0], "scale": 2}]
    return Animation.load(animated([], {"bunny": [{"type": "transform", "keys": keys, "curve": "linear"}]}))


def _taken(staged, donor, where, *, edit=None, mesh=None):
    motion = {"type": "motion", "of": "bunny", "shot": "dance", **(edit or {})}
    return staged(
        {"bunny": (mesh or box(), where)},
        {"bunny": [motion]},
        donors={"scene.dance": donor},
        transfers={"bunny": TransferSpec(animation="scene.dance", entity="bunny")},
    )


def test_it_goes_as_many_metres_along_its_own_axes_and_turns_alike(staged, donor):
    where = np.eye(4)
    where[:3, :3] = 0.25 * Rotation.from_euler("y", 120, degrees=True).as_matrix()
    where[:3, 3] = [1, 0, -2]
    path = _taken(staged, donor, where).entity("bunny", at_frames())
    assert np.linalg.norm(path.position_m[40] - where[:3, 3]) == pytest.approx(2)
    # The donor, turned by 30 degrees, goes to the back; this one is turned by 90 more.
    np.testing.assert_allclose(path.position_m[40] - where[:3, 3], [-2, 0, 0], atol=1e-9)
    np.testing.assert_allclose(path.world_from_entity[0], where, atol=1e-12)
    turned = where[:3, :3] @ Rotation.from_euler("y", 60, degrees=True).as_matrix()
    np.testing.assert_allclose(path.linear[40], turned, atol=1e-9)


def test_it_does_exactly_what_it_does_there_where_it_stands_as_there(staged, donor, placement):
    path = _taken(staged, donor, placement).entity("bunny", at_frames())
    there = donor.world_from_entity["bunny"]
    np.testing.assert_allclose(path.position_m, there[:, :3, 3], atol=1e-9)


@pytest.mark.parametrize(
    ("edit", "frame", "shown"), [({"speed": 2}, 10, 20), ({"start_s": 0.5}, 8, 16), ({"speed": 3}, 30, 40)]
)
def test_it_is_retimed_offset_and_held(staged, donor, placement, edit, frame, shown):
    path = _taken(staged, donor, placement, edit=edit).entity("bunny", at_frames(frame))
    np.testing.assert_allclose(path.position_m[0], donor.world_from_entity["bunny"][shown, :3, 3], atol=1e-9)


@pytest.mark.parametrize("same", [True, False])
def test_the_same_mesh_takes_on_the_shapes_too(staged, animated, same):
    dance = Animation.load(animated([], {"bunny": [{"type": "deform", "bend_deg": 60}]}))
    mesh = box()
    other = type(mesh)(mesh.vertices, mesh.faces[::-1].copy(), mesh.corner_uv, mesh.corner_normals, mesh.texture)
    world = _taken(staged, dance, np.eye(4), mesh=mesh if same else other)
    shape, danced = world.shape("bunny", at_frames()), dance.vertices("bunny")
    assert shape.changes is same
    assert danced is not None
    if same:
        for frame in (0, 20, FRAMES - 1):
            np.testing.assert_array_equal(shape.vertices(frame), danced[frame])
