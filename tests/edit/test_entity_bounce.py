"""Entities that bounce, spin and grow."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from tests.edit.conftest import at_frames, box, vertices_m

MOMENTS = np.arange(401) / 10


def _bounce(edit, **more):
    written = {"type": "bounce", "height_m": 0.5, **more}
    return edit(written, at=MOMENTS).position_m[:, 1]


def test_a_bounce_is_a_parabola(edit):
    share = MOMENTS / 40
    np.testing.assert_allclose(_bounce(edit), 4 * 0.5 * share * (1 - share), atol=1e-12)


def test_each_bounce_is_as_long_as_its_height_makes_it(edit):
    up = _bounce(edit, times=3, decay=0.4, **{"from": 5, "to": 35})
    np.testing.assert_array_equal(up[MOMENTS <= 5], 0)
    np.testing.assert_array_equal(up[MOMENTS >= 35], 0)
    heights = 0.5 * 0.6 ** np.arange(3)
    ends = 5 + 30 * np.cumsum([0, *np.sqrt(heights)]) / np.sqrt(heights).sum()
    for height, begin, end in zip(heights, ends, ends[1:], strict=False):
        within = (begin + 0.1 < MOMENTS) & (end - 0.1 > MOMENTS)
        assert up[within].max() == pytest.approx(height, rel=1e-3)
        assert up[within].min() > 0
        gravity = -np.diff(up[within], 2) * 100
        np.testing.assert_allclose(gravity, 8 * heights[0] / (ends[1] - ends[0]) ** 2, rtol=1e-6)


def test_its_height_may_be_a_multiple_of_the_entitys(edit):
    double = {"type": "scale", "factor": 2, "from": 0, "to": 0}
    path = edit(double, {"type": "bounce", "height": "0.5x"}, at=[20])
    np.testing.assert_allclose(path.position_m[:, 1], 0.5 * 2 * 0.8)  # the mesh is a metre, the entity 0.8 of that


def test_it_bounces_along_its_way(edit):
    walk = {"type": "transform", "keys": [{"at": 0}, {"at": 40, "move_m": [4, 0.2, 0]}]}
    both, alone = (
        edit(walk, {"type": "bounce", "height_m": 1, "times": 4}),
        edit({"type": "bounce", "height_m": 1, "times": 4}),
    )
    np.testing.assert_allclose(
        both.position_m - alone.position_m, edit(walk).position_m - edit().position_m, atol=1e-12
    )


def test_it_is_squashed_where_it_lands_and_keeps_its_volume(edit):
    path = edit({"type": "bounce", "height_m": 0.5, "times": 2, "squash": 0.3, "from": 10, "to": 30}, at=MOMENTS)
    np.testing.assert_allclose(path.scale[[100, 200, 300]], np.tile([0.7**-0.5, 0.7, 0.7**-0.5], (3, 1)))
    np.testing.assert_allclose(path.scale.prod(axis=1), 1)
    np.testing.assert_array_equal(path.scale[[0, 150, 250, 400]], 1)
    assert np.abs(np.diff(path.scale[:, 1])).max() < 0.03
    assert np.abs(np.diff(path.scale[:, 1], 2)).max() < 0.01


def test_a_bounce_from_the_first_frame_on_begins_as_in_the_source(edit):
    path = edit({"type": "bounce", "height_m": 0.5, "times": 2, "squash": 0.3})
    np.testing.assert_array_equal(path.world_from_entity[0], edit().world_from_entity[0])
    np.testing.assert_allclose(path.scale[[20, 40], 1], 0.7)


@pytest.mark.parametrize("turn", [[0, 0, 0], [0, 0, 90], [35, 20, 50]])
def test_squashed_it_stays_on_what_it_stands_on_however_it_is_turned(staged, turn):
    tip = {"type": "transform", "keys": [{"at": 0, "rotate_deg": turn, "position_m": [0, 0.6, -3]}]}
    flat = staged({"ball": (box(), np.eye(4))}, {"ball": [tip]})
    bounced = staged(
        {"ball": (box(), np.eye(4))}, {"ball": [tip, {"type": "bounce", "height_m": 0.5, "times": 4, "squash": 0.4}]}
    )
    before, after = (vertices_m(world, "ball", at_frames(0, 10, 20, 30, 40)) for world in (flat, bounced))
    np.testing.assert_allclose(after[..., 1].min(axis=1), before[..., 1].min(axis=1), atol=1e-12)
    assert np.all(np.ptp(after[1:, :, 1], axis=1) < np.ptp(before[1:, :, 1], axis=1))


def test_a_spin_turns_as_often_as_wanted_about_an_axis_of_the_entity(edit, placement):
    path = edit({"type": "spin", "turns": -2.5, "axis": [0, 3, 4]})
    for frame in (0, 7, 23, 40):
        turn = Rotation.from_rotvec(-2.5 * 2 * np.pi * frame / 40 * np.array([0, 0.6, 0.8])).as_matrix()
        np.testing.assert_allclose(path.linear[frame], placement[:3, :3] @ turn, atol=1e-12)


def test_a_spin_is_counter_clockwise_where_its_axis_points_to_the_viewer(edit, placement):
    path = edit({"type": "spin", "degrees": 90})
    np.testing.assert_allclose(path.linear[40] @ [0, 0, 1], placement[:3, :3] @ [1, 0, 0], atol=1e-12)


@pytest.mark.parametrize(
    "written",
    [
        {"type": "spin", "turns": 3, "axis": "x"},
        {"type": "scale", "factor": [1, 3, 2]},
        {"type": "scale", "height_m": 3},
    ],
)
def test_the_pivot_stays(edit, written):
    pivot = (0.2, 1.0, -0.1)
    path = edit({"type": "spin", "degrees": 50}, {**written, "pivot": pivot})
    before = edit({"type": "spin", "degrees": 50})
    np.testing.assert_allclose(
        (path.world_from_entity @ [*pivot, 1]), before.world_from_entity @ [*pivot, 1], atol=1e-12
    )


def test_it_grows_from_one_size_to_another(edit):
    path = edit({"type": "scale", "factor": 3, "from": 10, "to": 30, "ease": "linear"})
    np.testing.assert_allclose(path.scale[:, 0], 1 + 2 * np.clip((np.arange(41) - 10) / 20, 0, 1))


def test_it_grows_to_a_height_whatever_it_was_before(edit):
    path = edit({"type": "scale", "factor": [1, 3, 2]}, {"type": "scale", "height_m": 0.5, "to": 20})
    np.testing.assert_allclose(np.linalg.norm(path.linear[20:, :, 1], axis=1), 0.5)
    np.testing.assert_allclose(path.scale[40] / path.scale[40, 0], [1, 3, 2])


def test_sampling_fewer_moments_gives_the_same_bits(edit):
    edits = (
        {"type": "spin", "turns": 1.7, "axis": [1, 2, 3], "pivot": [0, 0.5, 0]},
        {"type": "bounce", "height": "0.4x", "times": 3, "decay": 0.3, "squash": 0.3, "from": 3, "to": 37},
        {"type": "scale", "height_m": 1.3, "from": 5},
    )
    whole = edit(*edits, at=np.arange(81) / 2).world_from_entity
    for chosen in ([80], [3, 50, 17], [60, 59, 21, 20]):
        np.testing.assert_array_equal(edit(*edits, at=np.array(chosen) / 2).world_from_entity, whole[chosen])
