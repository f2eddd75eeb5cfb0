"""Pan, tilt, roll and zoom."""

import numpy as np
import pytest

from r2s2r.errors import InputError
from tests.edit.conftest import SOURCE
from tests.edit.pictures import lean_deg, pixels


def test_a_tilt_looks_up_about_the_cameras_own_axis(shoot):
    path, still = shoot({"type": "tilt", "degrees": 30, "ease": "linear"}), shoot()
    pitch_deg = np.degrees(np.arcsin(path.rotation[:, 1, 2]))
    np.testing.assert_allclose(pitch_deg, -4 + np.linspace(0, 30, 41), atol=1e-9)
    np.testing.assert_array_equal(path.eye_m, still.eye_m)
    np.testing.assert_allclose(path.rotation[:, :, 0], still.rotation[:, :, 0], atol=1e-12)


def test_a_tilt_may_go_over_the_zenith(shoot):
    path = shoot({"type": "tilt", "degrees": 184, "ease": "linear"})
    np.testing.assert_allclose(path.rotation[-1, :, 2], [0, 0, 1], atol=1e-12)
    np.testing.assert_allclose(path.rotation[-1, 1, 1], 1, atol=1e-12)


def test_a_roll_turns_the_camera_clockwise_so_that_the_picture_leans_left(shoot):
    path, still = shoot({"type": "roll", "degrees": 20, "ease": "linear"}), shoot()
    np.testing.assert_allclose(path.rotation[:, :, 2], still.rotation[:, :, 2], atol=1e-12)
    ahead = still.eye_m + 5 * still.rotation[:, :, 2]
    # What was straight above the middle goes to the left of it, by the angle.
    above = pixels(path, ahead - still.rotation[:, :, 1]) - [640, 360]
    leaned_deg = np.degrees(np.arctan2(above[:, 0], -above[:, 1]))
    np.testing.assert_allclose(leaned_deg, -np.linspace(0, 20, 41), atol=1e-9)
    np.testing.assert_allclose(lean_deg(path), np.linspace(0, 20, 41), atol=1e-9)


def test_a_zoom_magnifies_by_its_factor_at_an_even_rate(shoot):
    path = shoot({"type": "zoom", "factor": 4, "ease": "linear"})
    np.testing.assert_allclose(path.zoom, 4 ** np.linspace(0, 1, 41), rtol=1e-12)
    np.testing.assert_array_equal(path.world_from_camera, shoot().world_from_camera)


@pytest.mark.parametrize(
    ("lens", "fov_deg"),
    [
        ({"fov_deg": 20}, 20.0),
        ({"focal_mm": 50}, np.degrees(2 * np.arctan(36 / 2 / 50))),
        ({"fov_deg": 169.9}, 169.9),
    ],
)
def test_a_zoom_ends_at_the_lens_it_names_whatever_the_lens_before(shoot, lens, fov_deg):
    path = shoot({"type": "zoom", "factor": 1.7}, {"type": "zoom", **lens, "to": 30})
    reached = np.degrees(2 * np.arctan(640 / (path.zoom * SOURCE.intrinsics[0, 0])))
    np.testing.assert_allclose(reached[30:], fov_deg, atol=1e-9)


def test_focal_lengths_are_of_the_sources_sensor(shoot):
    path = shoot({"type": "zoom", "focal_mm": 25}, sensor_mm=24.0)
    np.testing.assert_allclose(path.zoom[-1] * SOURCE.intrinsics[0, 0], 25 / 24 * 1280)


def test_a_lens_longer_than_any_is_refused_by_name(shoot):
    with pytest.raises(InputError, match=r"camera\[0\]\.focal_mm: at frame \d+ the lens sees .* above 0\.01 degrees"):
        shoot({"type": "zoom", "focal_mm": 1e9})


@pytest.mark.parametrize(("focal_mm", "said"), [(1e9, "above 0.01"), (1e-9, "below 170")])
def test_keys_with_a_lens_that_none_has_are_refused(shoot, focal_mm, said):
    with pytest.raises(InputError, match=rf"camera\[0\]: at frame 0 the lens sees .* stay {said} degrees"):
        shoot({"type": "keyframes", "keys": [{"at": 0, "focal_mm": focal_mm}, {"at": 8, "focal_mm": 30}]})


@pytest.mark.parametrize(("lens", "field"), [({"factor": 0.01}, "factor"), ({"focal_mm": 0.5}, "focal_mm")])
def test_a_lens_wider_than_any_is_refused_by_name(shoot, lens, field):
    with pytest.raises(InputError, match=rf"camera\[0\]\.{field}: at frame \d+ the lens sees .* below 170 degrees"):
        shoot({"type": "zoom", **lens})
