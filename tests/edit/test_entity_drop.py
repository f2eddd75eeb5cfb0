"""Entities that fall."""

import numpy as np
import pytest

from r2s2r.errors import InputError
from r2s2r.geometry.contact import Surface, fall_m
from tests.edit.conftest import at_frames, box, vertices_m

FRAMES = 41


def _standing(*position_m):
    where = np.eye(4)
    where[:3, 3] = position_m
    return where


ONE = {"crate": (box(), _standing(0, 0, -3))}
TWO = {**ONE, "table": (box(0.5, 1.2), _standing(0.1, 0, -3))}


def _up(height_m=1.0, **more):
    return {"type": "transform", "keys": [{"at": 0, "move_m": [0, height_m, 0], **more}]}


TIPPED = _up(rotate_deg=[30, 20, 70])
TUMBLING = {"type": "spin", "turns": 1.5, "axis": [1, 0, 0.3]}
BENDING = {"type": "deform", "bend_deg": 80, "squash": 0.6}


def _lowest_m(world, timeline=None):
    return vertices_m(world, "crate", timeline or at_frames())[..., 1].min(axis=1)


def _gaps_m(world, frames):
    """Return how far the crate is above the table; what is sunk in by up to 0.2 m is below 0."""
    crate, table = (vertices_m(world, name, at_frames(*frames)) for name in ("crate", "table"))
    faces = world.meshes["crate"].faces, world.meshes["table"].faces
    return [
        fall_m(Surface(one, faces[0]), Surface(other, faces[1]), tolerance_m=0.2)
        for one, other in zip(crate, table, strict=True)
    ]


def test_it_falls_under_gravity_from_where_it_is_let_go(staged):
    lowest = _lowest_m(staged(ONE, {"crate": [_up(5.0), {"type": "drop", "from": 4}]}))
    passed_s = np.maximum(np.arange(FRAMES) - 4, 0) / 16
    np.testing.assert_allclose(lowest, np.maximum(5 - 9.81 / 2 * passed_s**2, 0), atol=1e-9)


def test_gravity_may_be_another(staged):
    lowest = _lowest_m(staged(ONE, {"crate": [_up(5.0), {"type": "drop", "gravity_m_s2": 1.62}]}))
    np.testing.assert_allclose(lowest[16], 5 - 1.62 / 2, atol=1e-9)


@pytest.mark.parametrize(
    "before", [[_up()], [TIPPED], [TIPPED, TUMBLING], [_up(), BENDING], [TIPPED, TUMBLING, BENDING]]
)
@pytest.mark.parametrize("bounce", [0.0, 0.5])
def test_it_comes_to_rest_on_its_lowest_point_and_never_below_the_ground(staged, before, bounce):
    lowest = _lowest_m(staged(ONE, {"crate": [*before, {"type": "drop", "bounce": bounce, "from": 2}]}))
    assert lowest.min() > -1e-6  # the metre of a float32 vertex
    np.testing.assert_allclose(lowest[38:], 0, atol=1e-6)


def test_it_keeps_that_share_of_its_speed_at_each_bounce(staged):
    lowest = _lowest_m(
        staged(ONE, {"crate": [_up(1.0), {"type": "drop", "bounce": 0.5}]}), at_frames(*np.arange(801) / 20)
    )
    landed = np.sqrt(2 / 9.81) * 16 * 20
    assert lowest[: int(landed)].min() > 0
    assert lowest[int(landed) : int(2.9 * landed)].max() == pytest.approx(0.25, abs=1e-3)
    assert lowest[int(2.1 * landed) : int(2.5 * landed)].max() == pytest.approx(0.0625, abs=1e-3)


def test_what_stands_on_the_ground_stays(staged):
    world = staged(ONE, {"crate": [{"type": "drop", "bounce": 0.5}]})
    np.testing.assert_array_equal(world.entity("crate", at_frames()).position_m, np.tile([0, 0, -3.0], (FRAMES, 1)))


def test_what_is_sunk_in_is_lifted_out(staged):
    assert _lowest_m(staged(ONE, {"crate": [_up(-0.01), {"type": "drop"}]})) == pytest.approx(0, abs=1e-7)


def test_where_it_went_before_counts_only_until_it_is_let_go(staged):
    walk = {
        "type": "transform",
        "curve": "linear",
        "keys": [{"at": 0, "move_m": [0, 1, 0]}, {"at": 40, "move_m": [4, 1, 0]}],
    }
    path = staged(ONE, {"crate": [walk, {"type": "drop", "from": 10}]}).entity("crate", at_frames())
    np.testing.assert_allclose(path.position_m[:, 0], np.minimum(np.arange(FRAMES), 10) / 10, atol=1e-12)


@pytest.mark.parametrize(
    ("crate", "table"),
    [
        ([_up(2)], []),
        ([_up(2, rotate_deg=[30, 20, 70])], [_up(0, rotate_deg=[0, 0, 30])]),
        ([_up(2, rotate_deg=[45, 0, 0])], [_up(0, rotate_deg=[0, 0, 45])]),
        ([_up(2), TUMBLING], [_up(0, rotate_deg=[0, 20, 30])]),
        ([_up(2, rotate_deg=[30, 20, 70])], [BENDING]),
        ([_up(2)], [{"type": "bounce", "height_m": 0.3, "squash": 0.3, "times": 3}]),
        (
            [_up(2, rotate_deg=[10, 20, 70])],
            [{"type": "transform", "keys": [{"at": 0}, {"at": 40, "move_m": [0.4, 0.6, 0], "rotate_deg": [8, 60, 8]}]}],
        ),
    ],
    ids=["flat", "tipped", "edge on edge", "tumbling", "bending", "bouncing", "moving"],
)
def test_it_lands_on_another_without_sinking_in(staged, crate, table):
    edits = {"crate": [*crate, {"type": "drop", "onto": "table", "bounce": 0.3}], "table": table}
    gaps = _gaps_m(staged(TWO, edits), range(FRAMES))
    assert min(gaps) > -1e-5
    np.testing.assert_allclose(gaps[34:], 0, atol=1e-5)
    assert gaps[0] > 0.4


def test_it_rides_on_what_it_has_landed_on(staged):
    drive = {"type": "transform", "keys": [{"at": 20}, {"at": 40, "move_m": [3, 0, 0], "rotate_deg": [0, 90, 0]}]}
    world = staged(TWO, {"crate": [_up(), {"type": "drop", "onto": "table"}], "table": [drive]})
    poses = [world.entity(name, at_frames(20, 30, 40)).world_from_entity for name in ("table", "crate")]
    relative = np.linalg.inv(poses[0]) @ poses[1]
    np.testing.assert_allclose(relative, np.tile(relative[0], (3, 1, 1)), atol=1e-9)


def test_a_lintel_does_not_hold_up_what_stands_below_it(staged):
    lintel = {"type": "transform", "keys": [{"at": 0, "move_m": [0, 3, 0]}]}
    world = staged(TWO, {"crate": [_up(1.0), {"type": "drop"}], "table": [lintel]})
    np.testing.assert_allclose(_lowest_m(world)[-1], 0, atol=1e-7)


@pytest.mark.parametrize("away", [[2, 2, 0], [0, 0.2, 0]], ids=["beside it", "in it"])
def test_what_misses_its_floor_is_told_with_the_frame(staged, away):
    edits = {"crate": [{"type": "transform", "keys": [{"at": 0, "move_m": away}]}, {"type": "drop", "onto": "table"}]}
    with pytest.raises(
        InputError, match=r"edits\.crate\[1\]\.onto: it does not fall on table, but past it .* at frame"
    ):
        staged(TWO, edits).entity("crate", at_frames())


def test_sampling_fewer_moments_gives_the_same_bits(staged):
    table = {"type": "transform", "keys": [{"at": 0}, {"at": 40, "move_m": [0.4, 0.6, 0], "rotate_deg": [8, 60, 8]}]}
    edits = {"crate": [_up(2), TUMBLING, {"type": "drop", "onto": "table", "bounce": 0.4}], "table": [table]}
    whole = staged(TWO, edits).entity("crate", at_frames(*np.arange(81) / 2)).world_from_entity
    for chosen in ([80], [3, 50, 17], [60, 59, 21]):
        some = staged(TWO, edits).entity("crate", at_frames(*np.array(chosen) / 2)).world_from_entity
        np.testing.assert_array_equal(some, whole[chosen])
