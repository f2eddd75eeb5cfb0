"""Entity edits: where entities go, frame by frame."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from r2s2r.errors import InputError


def _transform(*keys, curve="linear", **more):
    return {"type": "transform", "keys": keys, "curve": curve, **more}


def _turn(*degrees):
    return Rotation.from_euler("XYZ", degrees, degrees=True).as_matrix()


def _pivots(path, pivot):
    return (path.world_from_entity @ np.array([*pivot, 1.0]))[:, :3]


def test_without_edits_an_entity_stays_where_it_was_placed(edit, placement):
    np.testing.assert_array_equal(edit().world_from_entity, np.tile(placement, (41, 1, 1)))
    assert edit().visible.all()


def test_moves_are_along_the_worlds_axes(edit, placement):
    path = edit(_transform({"at": 0}, {"at": 20, "move_m": [1, 2, 3]}))
    np.testing.assert_allclose(path.position_m[10], placement[:3, 3] + [0.5, 1, 1.5])
    np.testing.assert_allclose(path.position_m[20:], np.tile(placement[:3, 3] + [1, 2, 3], (21, 1)))


def test_turns_are_about_the_entitys_own_axes(edit, placement):
    path = edit(_transform({"at": 0, "rotate_deg": [20, 40, 60]}))
    np.testing.assert_allclose(path.world_from_entity[7, :3, :3], placement[:3, :3] @ _turn(20, 40, 60), atol=1e-12)
    np.testing.assert_allclose(path.position_m, np.tile(placement[:3, 3], (41, 1)))


def test_a_turn_goes_evenly_round_its_axis(edit, placement):
    path = edit(_transform({"at": 0}, {"at": 40, "rotate_deg": [0, 120, 0]}))
    for frame in (0, 13, 40):
        expected = placement[:3, :3] @ _turn(0, 3 * frame, 0)
        np.testing.assert_allclose(path.world_from_entity[frame, :3, :3], expected, atol=1e-12)


def test_scale_is_one_number_or_one_per_axis(edit, placement):
    both = edit(_transform({"at": 0, "scale": 2}), _transform({"at": 0, "scale": [1, 2, 3]}))
    np.testing.assert_allclose(both.world_from_entity[0, :3, :3], placement[:3, :3] @ np.diag([2, 4, 6]), atol=1e-12)


def test_halfway_to_double_size_is_half_as_large_again(edit):
    path = edit(_transform({"at": 0}, {"at": 40, "scale": 2}))
    np.testing.assert_allclose(path.scale[20], 1.5)


def test_the_pivot_stays_while_the_entity_turns_and_grows(edit):
    pivot = (0.2, 1.0, -0.1)
    path = edit(_transform({"at": 0}, {"at": 40, "rotate_deg": [30, 100, -50], "scale": [1, 2, 0.5]}, pivot=pivot))
    np.testing.assert_allclose(_pivots(path, pivot), np.tile(_pivots(edit(), pivot)[0], (41, 1)), atol=1e-12)


def test_position_puts_the_pivot_there_whatever_came_before(edit):
    pivot = (0.2, 1.0, -0.1)
    before = _transform({"at": 0}, {"at": 30, "move_m": [3, 0, 1], "rotate_deg": [0, 90, 0]})
    path = edit(
        before, _transform({"at": 10, "position_m": [1, 2, -5]}, {"at": 30, "position_m": [3, 2, -5]}, pivot=pivot)
    )
    expected = np.stack([np.interp(np.arange(41), [10, 30], [1, 3]), np.full(41, 2.0), np.full(41, -5.0)], axis=1)
    np.testing.assert_allclose(_pivots(path, pivot), expected, atol=1e-12)


def test_a_list_may_go_from_a_relative_key_to_an_absolute_one(edit, placement):
    path = edit(_transform({"at": 0, "move_m": [0, 1, 0]}, {"at": 20, "position_m": [4, 0, -4], "move_m": [0, 0, 1]}))
    start, end = placement[:3, 3] + [0, 1, 0], np.array([4, 0, -3])
    np.testing.assert_allclose(path.position_m[[0, 10, 20, 40]], [start, (start + end) / 2, end, end], atol=1e-12)


def test_a_relative_key_follows_an_entity_that_already_moves(edit):
    moving = _transform({"at": 0}, {"at": 40, "move_m": [4, 0, 0]})
    path = edit(moving, _transform({"at": 0, "move_m": [0, 1, 0]}))
    np.testing.assert_allclose(path.position_m, edit(moving).position_m + np.array([0, 1, 0]), atol=1e-12)


def test_edits_compose_in_order_without_shear(edit, placement):
    path = edit(_transform({"at": 0, "scale": [3, 1, 1]}), _transform({"at": 0, "rotate_deg": [0, 45, 0]}))
    linear = path.world_from_entity[0, :3, :3]
    np.testing.assert_allclose(linear, placement[:3, :3] @ _turn(0, 45, 0) @ np.diag([3, 1, 1]), atol=1e-12)
    columns = linear / np.linalg.norm(linear, axis=0)
    np.testing.assert_allclose(columns.T @ columns, np.eye(3), atol=1e-12)


def test_a_hold_curve_jumps(edit, placement):
    path = edit(_transform({"at": 0}, {"at": 20, "move_m": [1, 0, 0]}, curve="hold"))
    np.testing.assert_allclose(path.position_m[[19, 20], 0], placement[0, 3] + [0, 1])


@pytest.mark.parametrize("curve", ["linear", "smooth", "catmull_rom", "hold"])
def test_an_edit_that_changes_nothing_changes_no_bit(edit, curve):
    idle = _transform({"at": 0}, {"at": "1s"}, {"at": "100%"}, curve=curve, pivot=[0.1, 0.7, 0.3])
    np.testing.assert_array_equal(edit(idle, idle).world_from_entity, edit().world_from_entity)


def test_removed_is_gone_from_first_to_last_inclusive(edit):
    assert not edit({"type": "remove"}).visible.any()
    gone = np.flatnonzero(~edit({"type": "remove", "from": 5, "to": "1s"}).visible)
    np.testing.assert_array_equal(gone, np.arange(5, 17))
    later = edit({"type": "remove", "to": 3}, {"type": "remove", "from": "90%"})
    np.testing.assert_array_equal(np.flatnonzero(~later.visible), [0, 1, 2, 3, 36, 37, 38, 39, 40])


def test_between_frames_begins_at_the_next(edit):
    assert np.flatnonzero(~edit({"type": "remove", "from": 5.5, "to": 7.5}).visible).tolist() == [6, 7]


@settings(max_examples=25, deadline=None)
@given(
    chosen=st.lists(st.integers(0, 80), min_size=1, max_size=20),
    curve=st.sampled_from(["smooth", "catmull_rom", "linear"]),
)
def test_sampling_fewer_moments_gives_the_same_bits(edit, chosen, curve):
    edits = (
        _transform(
            {"at": 0},
            {"at": 7, "move_m": [1, 2, 3], "rotate_deg": [10, 120, 5]},
            {"at": 40, "scale": [1, 2, 3]},
            curve=curve,
        ),
        _transform(
            {"at": 3, "position_m": [0, 0, -2]}, {"at": 30, "rotate_deg": [0, 0, 170]}, curve=curve, pivot=[0, 1, 0]
        ),
    )
    every = np.arange(81) / 2
    whole = edit(*edits, at=every).world_from_entity
    np.testing.assert_array_equal(edit(*edits, at=every[chosen]).world_from_entity, whole[chosen])


def test_an_entity_scaled_to_nothing_names_edit_and_frame(edit):
    keys = ({"at": 0, "scale": 1}, {"at": 5, "scale": 0.01}, {"at": 40, "scale": 0.01})
    with pytest.raises(InputError, match=r"edits\.bunny\[0\]: at frame 6 the entity's scale is .*smooth"):
        edit(_transform(*keys, curve="catmull_rom"))
    edit(_transform(*keys, curve="smooth"))


@pytest.mark.parametrize("key", [{"move_m": [1e308, 0, 0]}, {"scale": 1e300}, {"position_m": [0, 2e6, 0]}])
def test_an_entity_that_leaves_the_world_names_edit_and_frame(edit, key):
    with pytest.raises(InputError, match=r"edits\.bunny\[1\]: at frame \d+ (the entity|this leads)"):
        edit({"type": "remove"}, _transform({"at": 0}, {"at": 20, **key}), _transform({"at": 0, **key}))
