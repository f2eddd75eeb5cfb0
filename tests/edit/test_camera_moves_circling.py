"""Arc and spiral; orbits are with the other moves."""

import numpy as np
import pytest

from r2s2r.errors import InputError
from tests.edit.conftest import MIDDLE_M
from tests.edit.pictures import BUNNY_M, GHOST_M, lean_deg, pixels

ASIDE = {"type": "pan", "degrees": -12, "from": 0, "to": 0}
LEANING = {"type": "roll", "degrees": 10, "from": 0, "to": 0}
ROUND = [
    {"type": "arc", "degrees": 50},
    {"type": "arc", "rise_deg": 40},
    {"type": "arc", "degrees": -70, "rise_deg": -30},
    {"type": "spiral", "degrees": 200, "radius": "0.5x", "rise_m": 1.5},
    {"type": "spiral", "degrees": 0, "radius": "2x"},
    {"type": "spiral", "degrees": -30, "rise_m": -1},
]


@pytest.mark.parametrize("move", ROUND)
@pytest.mark.parametrize(("around", "track_m"), [("bunny", BUNNY_M), ("ghost", GHOST_M)])
def test_the_target_keeps_its_place_and_the_horizon_its_lean(shoot, move, around, track_m):
    before = (ASIDE, LEANING)
    path, still = shoot(*before, {**move, "around": around}), shoot(*before)
    assert np.abs(pixels(path, track_m) - pixels(still, track_m)).max() < 1e-6
    np.testing.assert_allclose(lean_deg(path), 10, atol=1e-9)
    np.testing.assert_allclose(np.linalg.det(path.rotation), 1, atol=1e-12)
    np.testing.assert_allclose(path.rotation @ path.rotation.swapaxes(1, 2), np.tile(np.eye(3), (41, 1, 1)), atol=1e-12)


def test_an_arc_stays_at_its_distance_and_turns_by_its_angles(shoot):
    path = shoot({"type": "arc", "around": [0, 0.2, -1], "degrees": 30, "rise_deg": 20, "ease": "linear"})
    arm_m, share = path.eye_m - [0, 0.2, -1], np.linspace(0, 1, 41)
    np.testing.assert_allclose(np.linalg.norm(arm_m, axis=1), np.sqrt(2), atol=1e-12)
    np.testing.assert_allclose(np.degrees(np.arctan2(arm_m[:, 0], arm_m[:, 2])), 30 * share, atol=1e-9)
    height_deg = np.degrees(np.arcsin(arm_m[:, 1] / np.sqrt(2)))
    np.testing.assert_allclose(height_deg, 45 + 20 * share, atol=1e-9)


@pytest.mark.parametrize(("rise_deg", "end_deg"), [(150, 89), (-179, -89)])
def test_an_arc_ends_short_of_the_pole(shoot, rise_deg, end_deg):
    arm_m = shoot({"type": "arc", "around": "bunny", "rise_deg": rise_deg}).eye_m[-1] - MIDDLE_M
    np.testing.assert_allclose(np.degrees(np.arcsin(arm_m[1] / np.linalg.norm(arm_m))), end_deg)


def test_a_target_far_to_the_side_leans_the_camera_gently_from_far_above(shoot):
    aside = {"type": "pan", "degrees": -25, "to": 0}
    arc = {"type": "arc", "around": "bunny", "rise_deg": 85, "ease": "linear"}
    path = shoot(aside, arc, at=np.arange(0, 40.01, 1 / 8))
    steps = np.abs(np.diff(path.rotation, axis=0)).max(axis=(1, 2))
    assert np.abs(np.diff(steps)).max() < 2e-3
    assert np.abs(lean_deg(path)[:100]).max() < 1e-9
    track_m = np.tile(MIDDLE_M, (len(path.zoom), 1))
    assert np.ptp(pixels(path, track_m), axis=0).max() < 1e-6


def test_a_spiral_changes_its_radius_evenly_and_rises(shoot):
    path = shoot(
        {"type": "spiral", "around": [0, 0, -4], "degrees": 400, "radius": "0.5x", "rise_m": 2, "ease": "linear"}
    )
    arm_m, share = path.eye_m - [0, 0, -4], np.linspace(0, 1, 41)
    np.testing.assert_allclose(np.hypot(arm_m[:, 0], arm_m[:, 2]), 4 * 0.5**share, atol=1e-12)
    np.testing.assert_allclose(path.eye_m[:, 1], 1.2 + 2 * share, atol=1e-12)
    turned = np.degrees(np.unwrap(np.arctan2(arm_m[:, 0], arm_m[:, 2])))
    np.testing.assert_allclose(turned, 400 * share, atol=1e-9)


@pytest.mark.parametrize("kind", [{"type": "orbit", "degrees": 9}, {"type": "arc", "degrees": 9}, ROUND[3]])
def test_a_radius_of_zero_is_refused_by_move_and_frame(shoot, kind):
    with pytest.raises(InputError, match=r"camera\[0\]\.around: at frame 0 the camera stands on this point"):
        shoot({**kind, "around": [0, 1.2, 0]})


def test_a_camera_over_its_target_has_no_side_to_go_to(shoot):
    with pytest.raises(InputError, match=r"camera\[0\]\.rise_deg: at frame 0 the camera stands straight above"):
        shoot({"type": "arc", "around": [0, 0, 0], "rise_deg": -9})
    with pytest.raises(InputError, match=r"camera\[0\]\.radius: at frame 0 the camera stands straight above"):
        shoot({"type": "spiral", "around": [0, 0, 0], "degrees": 9, "radius": "2x"})
    path = shoot({"type": "orbit", "around": [0, 0, 0], "degrees": 90})
    np.testing.assert_allclose(path.eye_m[-1], [0, 1.2, 0], atol=1e-12)


def test_a_spiral_that_sinks_onto_its_target_is_refused(shoot):
    with pytest.raises(InputError, match=r"camera\[0\]\.rise_m: at frame 40 the camera stands on this point"):
        shoot({"type": "spiral", "around": [0, 0.2, 0], "degrees": 9, "rise_m": -1})
