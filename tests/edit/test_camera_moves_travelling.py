"""Dolly, truck, pedestal, crane and dolly zoom; and how far they go."""

import numpy as np
import pytest
from pydantic import ValidationError

from r2s2r.errors import InputError
from tests.edit.conftest import MIDDLE_M
from tests.edit.pictures import BUNNY_M, GHOST_M, lean_deg, pixels

TURNED = {"type": "pan", "degrees": 5, "from": 0, "to": 0}
LEVEL_M = np.array([0, 1.2, 0])
FAR_M = np.linalg.norm(MIDDLE_M - LEVEL_M)


def test_a_truck_goes_to_the_right_of_the_picture(shoot):
    path = shoot({"type": "roll", "degrees": 9, "to": 0}, {"type": "truck", "distance_m": 2, "ease": "linear"})
    way_m = path.eye_m - LEVEL_M
    np.testing.assert_allclose(way_m, np.linspace(0, 2, 41)[:, None] * path.rotation[:, :, 0], atol=1e-12)
    assert way_m[-1, 0] > 0


def test_a_pedestal_rises_and_looks_where_it_looked(shoot):
    path = shoot(TURNED, {"type": "pedestal", "distance_m": 1.5, "ease": "linear"})
    expected = LEVEL_M + np.linspace(0, 1.5, 41)[:, None] * [0, 1, 0]
    np.testing.assert_allclose(path.eye_m, expected, atol=1e-12)
    np.testing.assert_array_equal(path.rotation, shoot(TURNED).rotation)


@pytest.mark.parametrize(("subject", "track_m"), [("bunny", BUNNY_M), ("ghost", GHOST_M)])
def test_a_crane_keeps_its_subject_as_high_in_the_picture(shoot, subject, track_m):
    path = shoot(TURNED, {"type": "crane", "distance_m": 3, "subject": subject})
    still = pixels(shoot(TURNED), track_m)
    assert np.abs(pixels(path, track_m) - still)[:, 1].max() < 1e-6
    np.testing.assert_allclose(path.eye_m[-1], [0, 4.2, 0])
    np.testing.assert_allclose(lean_deg(path), 0, atol=1e-9)


@pytest.mark.parametrize("distance_m", [2.5, -3.0])
@pytest.mark.parametrize(("subject", "track_m"), [("bunny", BUNNY_M), ("ghost", GHOST_M)])
def test_a_dolly_zoom_keeps_the_size_and_place_of_its_subject(shoot, subject, track_m, distance_m):
    move = {"type": "dolly_zoom", "distance_m": distance_m, "subject": subject}
    path, still = shoot(TURNED, move), shoot(TURNED)
    beside = [side * still.rotation[:, :, axis] for axis in (0, 1) for side in (-0.5, 0, 0.5)]
    for offset in beside:
        assert np.abs(pixels(path, track_m + offset) - pixels(still, track_m + offset)).max() < 1e-6
    behind = track_m + 5 * still.rotation[:, :, 2]
    grows = np.linalg.norm(pixels(path, behind + still.rotation[:, :, 0]) - pixels(path, behind), axis=1)
    assert (grows[-1] < grows[0]) == (distance_m > 0), "what is behind it shrinks as the camera goes in"


@pytest.mark.parametrize(
    ("span", "expected_m"),
    [
        ({"distance": "0.5x", "subject": "bunny"}, 0.5 * FAR_M),
        ({"distance": "-2x", "subject": "bunny"}, -2 * FAR_M),
        ({"distance": "0.5x", "relative_to": "size", "subject": "bunny"}, 0.5),
        ({"distance": "0.25x", "subject": [0, 1.2, -8]}, 2),
        ({"distance": "1x", "towards": [0, 1.2, -3]}, 3),
        ({"distance": "1x", "towards": [0, 1.2, -3], "subject": [0, 1.2, -2]}, 2),
    ],
)
def test_distances_may_be_multiples_of_distance_and_size(shoot, span, expected_m):
    path = shoot({"type": "dolly", **span})
    np.testing.assert_allclose(np.linalg.norm(path.eye_m[-1] - LEVEL_M), abs(expected_m))
    assert (path.eye_m[-1, 2] < 0) == (expected_m > 0)


def test_a_multiple_is_of_what_it_is_when_the_move_starts(shoot):
    truck = {"type": "truck", "distance_m": 3, "ease": "linear"}
    path = shoot(truck, {"type": "pedestal", "distance": "1x", "subject": "ghost", "from": 20})
    began_m = np.linalg.norm(GHOST_M[20] - shoot(truck).eye_m[20])
    np.testing.assert_allclose(path.eye_m[-1, 1] - 1.2, began_m)


def test_a_size_is_that_of_the_entity_as_it_is_scaled(shoot):
    edits = {"bunny": [{"type": "transform", "keys": [{"at": 0, "scale": 1}, {"at": 20, "scale": 3}]}]}
    move = {"type": "pedestal", "distance": "1x", "relative_to": "size", "subject": "bunny", "from": 20}
    np.testing.assert_allclose(shoot(move, edits=edits).eye_m[-1, 1], 1.2 + 3)


def test_a_size_is_known_of_an_entity_that_looks_at_the_camera(shoot):
    move = {"type": "pedestal", "distance": "0.5x", "relative_to": "size", "subject": "bunny"}
    looking = shoot(move, edits={"bunny": [{"type": "look_at", "target": "camera"}]})
    assert looking.eye_m.tolist() == shoot(move).eye_m.tolist()


@pytest.mark.parametrize("move", ["dolly", "truck", "pedestal", "crane", "dolly_zoom"])
def test_the_only_entity_is_the_subject(shoot, move):
    alone = shoot({"type": move, "distance": "0.5x"}, names=("bunny",))
    named = shoot({"type": move, "distance": "0.5x", "subject": "bunny"})
    np.testing.assert_array_equal(alone.world_from_camera, named.world_from_camera)
    np.testing.assert_array_equal(alone.zoom, named.zoom)


@pytest.mark.parametrize("move", [{"type": "truck", "distance": "1x"}, {"type": "crane", "distance_m": 1}])
def test_without_one_entity_the_subject_has_to_be_named(shoot, move):
    with pytest.raises(InputError, match=r"camera\[0\]\.subject: the scene has several entities \(bunny, ghost\)"):
        shoot(move)
    with pytest.raises(InputError, match=r"camera\[0\]\.subject: the scene has no entity, .* \[x, y, z\]"):
        shoot(move, names=())


@pytest.mark.parametrize(
    ("move", "message"),
    [
        ({"type": "crane", "distance_m": 1, "subject": [0, 1.2, 0]}, r"subject: at frame 0 the camera stands on"),
        ({"type": "crane", "distance_m": 1, "subject": [0, 2.2, 0]}, r"subject: at frame 40 the camera stands on"),
        ({"type": "dolly_zoom", "distance_m": 1, "subject": [0, 1.2, 3]}, r"subject: at frame 0 this is not ahead"),
        ({"type": "dolly_zoom", "distance_m": 9, "subject": "bunny"}, r"subject: at frame \d+ this is reached by"),
        ({"type": "dolly_zoom", "distance_m": 4, "subject": "bunny"}, r"distance_m: at frame \d+ the lens sees"),
        ({"type": "truck", "distance": "1x", "subject": "hare"}, r"subject: hare is no entity .*: bunny, ghost"),
    ],
)
def test_what_leads_nowhere_is_refused_by_move_and_frame(shoot, move, message):
    with pytest.raises(InputError, match=r"camera\[0\]\." + message):
        shoot(move)


def test_a_point_has_no_size(shoot):
    for named in ({"towards": [0, 0, -4]}, {"subject": [0, 0, -4]}):
        with pytest.raises(ValidationError, match="a point has no size"):
            shoot({"type": "dolly", "distance": "1x", "relative_to": "size", **named})
