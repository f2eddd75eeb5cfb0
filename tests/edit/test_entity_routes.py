"""Entity routes: through points, turning to where it goes, leaning into curves; and transforms along a curve."""

import numpy as np
import pytest

from r2s2r.errors import InputError

POINTS: list[list[float]] = [[0, 0, -3], [1, 0, -4], [2, 0.5, -3], [3, 0, -3]]
CIRCLE = [[3 * np.sin(angle), 0, -6 + 3 * np.cos(angle)] for angle in np.linspace(0, 2 * np.pi, 24, endpoint=False)]


def _path(points=POINTS, **more):
    return {"type": "path", "points": points, **more}


def _fronts(path, front=(0, 0, 1)):
    """Return where a side of the entity points, on the level, of length 1."""
    pointing = (path.linear @ np.array(front, float)) * [1, 0, 1]
    return pointing / np.linalg.norm(pointing, axis=1, keepdims=True)


def _headings(edit, at, *edits):
    ways = (edit(*edits, at=at + 1e-3).position_m - edit(*edits, at=at - 1e-3).position_m) * [1, 0, 1]
    return ways / np.linalg.norm(ways, axis=1, keepdims=True)


def test_its_base_goes_through_the_points(edit):
    path = edit(_path(ease="linear"), at=np.arange(0, 40.01, 0.125))
    for point in POINTS:
        assert np.linalg.norm(path.position_m - point, axis=1).min() < 0.01
    ways = np.linalg.norm(np.diff(path.position_m, axis=0), axis=1)
    np.testing.assert_allclose(ways, np.full(320, ways.mean()), rtol=1e-3)
    np.testing.assert_array_equal(path.linear, edit(at=np.zeros(321)).linear)


def test_relative_points_are_beside_the_entity_so_far(edit):
    lift = {"type": "transform", "keys": [{"at": 0}, {"at": 40, "move_m": [0, 1, 0]}]}
    offsets: list[list[float]] = [[0, 0, 0], [0.5, 0, 0.2], [1, 0, 0]]
    path, before = edit(lift, _path(offsets, relative=True)), edit(lift)
    np.testing.assert_allclose((path.position_m - before.position_m)[[0, 40]], [offsets[0], offsets[-1]], atol=1e-9)
    np.testing.assert_allclose(path.position_m[:, 1], before.position_m[:, 1], atol=1e-12)


@pytest.mark.parametrize("front", [(0, 0, 1), (1, 0, 0), (0.3, 0.4, -1)])
def test_oriented_its_front_goes_ahead(edit, front):
    at = np.arange(2, 39.0)
    oriented = _path(orient=True, front=front)
    np.testing.assert_allclose(_fronts(edit(oriented, at=at), front), _headings(edit, at, oriented), atol=2e-3)
    np.testing.assert_allclose(edit(oriented).linear[:, 1], edit().linear[:, 1], atol=1e-12)


def test_its_front_goes_ahead_whatever_turned_it_before(edit):
    turned = {"type": "transform", "keys": [{"at": 0}, {"at": 40, "rotate_deg": [0, 170, 0]}]}
    path = edit(turned, _path(orient=True))
    np.testing.assert_allclose(_fronts(path), _fronts(edit(_path(orient=True))), atol=1e-9)


def test_a_way_straight_up_keeps_its_direction(edit):
    path = edit(_path([[0, 0, -3], [0, 1, -3], [0, 3, -3]], orient=True))
    np.testing.assert_array_equal(path.rotation, edit().rotation)


def test_a_front_that_points_up_is_refused(edit):
    tipped = {"type": "transform", "keys": [{"at": 0}, {"at": 40, "rotate_deg": [-180, 0, 0]}], "curve": "linear"}
    with pytest.raises(
        InputError, match=r"edits\.bunny\[1\]\.front: at frame 20 this side of the entity points straigh"
    ):
        edit({**tipped, "keys": [{"at": 0}, {"at": 20, "rotate_deg": [-90, 0, 0]}]}, _path(orient=True))


@pytest.mark.parametrize("bank", [1, 2.5])
def test_it_leans_into_a_curve_as_a_cyclist_does(edit, bank):
    circling = _path(CIRCLE, closed=True, ease="linear", orient=True, bank=bank)
    path = edit(circling, at=np.array([40.0, 60, 77]), frames=101)
    up = path.linear[:, :, 1] / np.linalg.norm(path.linear[:, :, 1], axis=1, keepdims=True)
    speed_m_s = 2 * np.pi * 3 / (100 / 16)
    wanted = np.arctan(bank * speed_m_s**2 / 3 / 9.81)
    np.testing.assert_allclose(np.arccos(up[:, 1]), np.full(3, wanted), rtol=2e-2)
    inwards = ([0, 0, -6] - path.position_m) * [1, 0, 1]
    assert np.all(np.sum(up * inwards, axis=1) > 0)
    flat = edit({**circling, "bank": 0}, at=np.array([40.0, 60, 77]), frames=101)
    np.testing.assert_array_equal(path.position_m, flat.position_m)


def test_on_a_straight_way_it_does_not_lean(edit):
    leaning, upright = (edit(_path([POINTS[0], POINTS[3]], orient=True, bank=bank)) for bank in (1, 0))
    np.testing.assert_allclose(leaning.linear, upright.linear, atol=1e-9)


def test_it_leans_without_a_jerk(edit):
    at = np.arange(0, 40.001, 0.05)
    up = edit(_path(orient=True, bank=1), at=at).linear[:, :, 1]
    assert np.abs(np.diff(up, axis=0)).max() < 0.02


def test_a_transforms_handles_bend_its_way(edit, placement):
    keys = [{"at": 0, "handle_out_m": [0, 3, 0]}, {"at": 40, "move_m": [4, 0, 0], "handle_in_m": [0, 3, 0]}]
    path, share = edit({"type": "transform", "keys": keys, "curve": "bezier"}), np.arange(41) / 40
    expected = np.stack([4 * share**2 * (3 - 2 * share), 9 * share * (1 - share), 0 * share], axis=1)
    np.testing.assert_allclose(path.position_m - placement[:3, 3], expected, atol=1e-12)


def test_a_transform_goes_at_constant_speed_and_turns_with_it(edit):
    keys = [{"at": 0}, {"at": 10, "move_m": [3, 0, 0], "rotate_deg": [0, 90, 0]}, {"at": 40, "move_m": [4, 0, 0]}]
    even = {"type": "transform", "keys": keys, "curve": "linear", "constant_speed": True, "pivot": [0, 0.3, 0]}
    path = edit(even)
    np.testing.assert_allclose(np.diff(path.position_m[:, 0]), np.full(40, 0.1), atol=1e-9)
    np.testing.assert_allclose(path.rotation[30], [[0, 0, 1], [0, 1, 0], [-1, 0, 0]], atol=1e-9)


def test_at_constant_speed_there_is_no_time_to_turn_on_the_spot(edit):
    keys = [{"at": 0}, {"at": 10, "move_m": [3, 0, 0]}, {"at": 40, "move_m": [3, 0, 0], "scale": 2}]
    with pytest.raises(InputError, match=r"edits\.bunny\[0\]\.keys\[2\]: is at the same place as keys\[1\]"):
        edit({"type": "transform", "keys": keys, "constant_speed": True})


def test_a_way_out_of_the_world_names_its_frame(edit):
    keys = [{"at": 0}, {"at": 40, "move_m": [1e300, 0, 0]}]
    with pytest.raises(InputError, match=r"edits\.bunny\[0\]: at frame 1 this leads to"):
        edit({"type": "transform", "keys": keys, "constant_speed": True})


@pytest.mark.parametrize(
    "last",
    [
        _path(orient=True, bank=1),
        _path(relative=True, orient=True, bank=2),
        _path(closed=True, curve="smooth"),
        {"type": "transform", "constant_speed": True, "keys": [{"at": 3}, {"at": 9, "move_m": [1, 0, 0]}, {"at": 40}]},
    ],
)
def test_any_frames_in_any_order_have_equal_bits(edit, last):
    edits = (
        {"type": "transform", "keys": [{"at": 0}, {"at": 30, "move_m": [1, 0, 2], "rotate_deg": [0, 80, 0]}]},
        last,
    )
    whole, chosen = edit(*edits), np.random.default_rng(0).permutation(41)[:13]
    for part in (chosen, chosen[:1], chosen[1:2]):
        np.testing.assert_array_equal(edit(*edits, at=part).world_from_entity, whole.world_from_entity[part])
