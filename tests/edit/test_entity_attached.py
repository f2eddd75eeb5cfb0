"""Entities that go along with something, or point at it."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from r2s2r.errors import InputError
from tests.edit.conftest import at_frames, box

HERE = np.eye(4)
ASIDE = np.array([[1, 0, 0, 1.0], [0, 1, 0, 0], [0, 0, 1, -3], [0, 0, 0, 1]])
TURNED = ASIDE @ np.diag([0.5, 0.5, 0.5, 1])
TURNED[:3, :3] = TURNED[:3, :3] @ Rotation.from_euler("XYZ", [10, 130, 20], degrees=True).as_matrix()
TWO = {"bunny": (box(), HERE), "hat": (box(0.2, 0.3), TURNED)}
WALK = {
    "type": "transform",
    "keys": [
        {"at": 5},
        {"at": 20, "move_m": [2, 0.5, -1], "rotate_deg": [20, 100, 0]},
        {"at": 40, "move_m": [2, 0, 0]},
    ],
}


def _relative(world, one, other, timeline):
    return (
        np.linalg.inv(world.entity(other, timeline).world_from_entity) @ world.entity(one, timeline).world_from_entity
    )


def test_a_follower_is_as_if_fixed_to_its_target(staged):
    world = staged(TWO, {"bunny": [WALK], "hat": [{"type": "follow", "target": "bunny"}]})
    relative = _relative(world, "hat", "bunny", at_frames())
    np.testing.assert_allclose(relative, np.tile(relative[0], (41, 1, 1)), atol=1e-12)
    assert np.ptp(world.entity("hat", at_frames()).position_m, axis=0).max() > 1


def test_it_is_fixed_at_one_time_and_let_go_at_another(staged):
    world = staged(TWO, {"bunny": [WALK], "hat": [{"type": "follow", "target": "bunny", "from": 10, "to": 30}]})
    matrices = world.entity("hat", at_frames()).world_from_entity
    np.testing.assert_array_equal(matrices[:11], np.tile(matrices[0], (11, 1, 1)))
    np.testing.assert_allclose(matrices[0], TURNED, atol=1e-15)
    np.testing.assert_array_equal(matrices[30:], np.tile(matrices[30], (11, 1, 1)))
    relative = _relative(world, "hat", "bunny", at_frames(*range(10, 31)))
    np.testing.assert_allclose(relative, np.tile(relative[0], (21, 1, 1)), atol=1e-12)


def test_without_turn_it_only_keeps_its_distance(staged):
    world = staged(TWO, {"bunny": [WALK], "hat": [{"type": "follow", "target": "bunny", "turn": False}]})
    path, middle_m = world.entity("hat", at_frames()), world.middle_m("bunny", at_frames())
    np.testing.assert_allclose(path.position_m - middle_m, np.tile(TURNED[:3, 3] - middle_m[0], (41, 1)), atol=1e-12)
    np.testing.assert_array_equal(path.rotation, np.tile(np.eye(3), (41, 1, 1)))


def test_it_goes_on_moving_by_itself_on_top(staged):
    hop = {"type": "bounce", "height_m": 0.2, "times": 3}
    edits = {"bunny": [WALK], "hat": [hop, {"type": "follow", "target": "bunny"}]}
    relative = _relative(staged(TWO, edits), "hat", "bunny", at_frames())
    alone = staged(TWO, {"hat": [hop]}).entity("hat", at_frames()).world_from_entity
    np.testing.assert_allclose(relative, alone, atol=1e-12)


def test_it_follows_the_camera(staged):
    camera = [{"type": "dolly", "distance_m": 1.0}, {"type": "pan", "degrees": 30}]
    world = staged(TWO, {"hat": [{"type": "follow", "target": "camera"}]}, camera=camera)
    seen = (
        np.linalg.inv(world.camera(at_frames()).world_from_camera) @ world.entity("hat", at_frames()).world_from_entity
    )
    np.testing.assert_allclose(seen, np.tile(seen[0], (41, 1, 1)), atol=1e-12)


@pytest.mark.parametrize("kind", ["follow", "look_at"])
def test_followers_in_a_circle_are_named(staged, kind):
    edits = {"bunny": [{"type": kind, "target": "hat"}], "hat": [{"type": "follow", "target": "bunny"}]}
    with pytest.raises(InputError, match=r"waits for itself, .*edits\.bunny\[0\]"):
        staged(TWO, edits).entity("hat", at_frames())


def _misses_deg(world, name, target_m, front=(0, 0, 1)):
    path = world.entity(name, at_frames())
    towards = target_m - world.middle_m(name, at_frames())
    towards /= np.linalg.norm(towards, axis=1, keepdims=True)
    return np.degrees(np.arccos(np.clip(np.sum(path.facing @ front * towards, axis=1), -1, 1)))


def test_the_front_points_at_a_target_that_moves(staged):
    edits = {"bunny": [WALK], "hat": [{"type": "look_at", "target": "bunny", "upright": False, "front": [1, 0.5, 0]}]}
    world = staged(TWO, edits)
    front = np.array([1, 0.5, 0]) / np.hypot(1, 0.5)
    assert _misses_deg(world, "hat", world.middle_m("bunny", at_frames()), front).max() < 1e-5


def test_upright_it_turns_about_the_vertical_only(staged):
    edits = [{"type": "look_at", "target": "camera"}]
    world = staged({"bunny": (box(), ASIDE)}, {"bunny": edits}, camera=[{"type": "truck", "distance_m": 3}])
    path = world.entity("bunny", at_frames())
    np.testing.assert_allclose(path.facing[:, :, 1], np.tile([0, 1, 0], (41, 1)), atol=1e-15)
    level = np.array([1, 0, 1])
    towards = (world.camera(at_frames()).eye_m - path.position_m) * level
    np.testing.assert_allclose(
        path.facing[:, :, 2], towards / np.linalg.norm(towards, axis=1, keepdims=True), atol=1e-12
    )
    np.testing.assert_allclose(path.position_m, np.tile(ASIDE[:3, 3], (41, 1)), atol=1e-12)


def test_looking_comes_in_and_goes_out_smoothly(staged):
    look = {"type": "look_at", "target": [4, 2, 0], "from": 8, "to": 32, "upright": False}
    world = staged({"hat": TWO["hat"]}, {"hat": [look]})
    misses = _misses_deg(world, "hat", np.array([4.0, 2, 0]))
    assert misses[16:25].max() < 1e-5
    assert np.all(np.diff(misses[8:17]) < 0)
    np.testing.assert_array_equal(world.entity("hat", at_frames(0, 8, 32, 40)).rotation, np.tile(np.eye(3), (4, 1, 1)))


@pytest.mark.parametrize("upright", [True, False])
def test_a_target_that_passes_behind_an_entity_does_not_turn_it_back(staged, upright):
    keys = [{"at": frame, "position_m": [x, 0, -5]} for frame, x in ((0, -1), (20, 3), (40, -1))]
    look = {"type": "look_at", "target": "hat", "from": 4, "to": 36, "blend_s": 1, "upright": upright}
    edits = {"bunny": [look], "hat": [{"type": "transform", "keys": keys}]}
    fine = at_frames(*np.arange(0, 40.01, 1 / 8))
    rotation = staged({"bunny": (box(), ASIDE), "hat": TWO["hat"]}, edits).entity("bunny", fine).rotation
    assert np.abs(np.diff(rotation, axis=0)).max() < 0.06
    np.testing.assert_array_equal(rotation[fine.at >= 36], np.tile(np.eye(3), (33, 1, 1)))


def test_it_may_look_straight_up(staged):
    world = staged({"bunny": (box(), ASIDE)}, {"bunny": [{"type": "look_at", "target": [1, 9, -3], "upright": False}]})
    assert _misses_deg(world, "bunny", np.array([1.0, 9, -3])).max() < 1e-5


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        ({"target": [1, 0.5, -3]}, r"edits\.bunny\[1\]\.target: at frame 10 the middle of bunny is at this point"),
        ({"target": [1, 4, -3]}, r"edits\.bunny\[1\]\.target: at frame 10 the target is straight above"),
    ],
)
def test_a_target_without_direction_is_named_with_its_frame(staged, edit, message):
    moved = {"type": "look_at", "from": 9, "ease": "linear", "blend_s": 0, **edit}
    away = {"type": "transform", "curve": "hold", "keys": [{"at": 0, "move_m": [0, 0, 1]}, {"at": 10}]}
    with pytest.raises(InputError, match=message):
        staged({"bunny": (box(), ASIDE)}, {"bunny": [away, moved]}).entity("bunny", at_frames())


def test_a_front_that_points_up_is_named(staged):
    edits = [
        {"type": "transform", "keys": [{"at": 0, "rotate_deg": [90, 0, 0]}]},
        {"type": "look_at", "target": [5, 0, 5]},
    ]
    with pytest.raises(InputError, match=r"edits\.bunny\[1\]\.front: at frame 0 its front points straight up or down"):
        staged({"bunny": (box(), ASIDE)}, {"bunny": edits}).entity("bunny", at_frames())


def test_sampling_fewer_moments_gives_the_same_bits(staged):
    edits = {
        "bunny": [WALK],
        "hat": [
            {"type": "look_at", "target": "camera", "from": 4, "to": 30, "upright": False},
            {"type": "follow", "target": "bunny", "from": 7.5, "to": 33},
        ],
    }
    whole = staged(TWO, edits).entity("hat", at_frames(*np.arange(81) / 2)).world_from_entity
    for chosen in ([80], [3, 50, 17], [60, 59, 16, 15, 0]):
        some = staged(TWO, edits).entity("hat", at_frames(*np.array(chosen) / 2)).world_from_entity
        np.testing.assert_array_equal(some, whole[chosen])


def test_a_camera_goes_round_an_entity_that_keeps_looking_at_it(staged):
    where = np.eye(4)
    where[:3, 3] = [0.3, 0, -4]
    standing = {"bunny": (box(), where)}
    camera = [{"type": "orbit", "around": "bunny", "degrees": 60}]
    world = staged(standing, {"bunny": [{"type": "look_at", "target": "camera"}]}, camera=camera)
    timeline = at_frames()
    way = world.camera(timeline).eye_m - world.middle_m("bunny", timeline)
    way[:, 1] = 0
    front = world.entity("bunny", timeline).linear[:, :, 2]
    np.testing.assert_allclose(front, way / np.linalg.norm(way, axis=1, keepdims=True), atol=1e-9)


def test_an_entity_may_be_called_camera(staged):
    where = np.eye(4)
    where[:3, 3] = [0.3, 0, -4]
    world = staged({"camera": (box(), where)}, {}, camera=[{"type": "pan", "degrees": 9}])
    timeline = at_frames()
    np.testing.assert_array_equal(world.entity("camera", timeline).position_m[-1], where[:3, 3])
    np.testing.assert_allclose(world.camera(timeline).eye_m[-1], [0, 1.2, 0], atol=1e-12)
