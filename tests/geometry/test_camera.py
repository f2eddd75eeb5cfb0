"""Cameras: axes, signs of angles, projection."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from r2s2r.geometry.camera import (
    Camera,
    intrinsics_from_fov,
    look_at_rotation,
    source_world_from_camera,
)

_metres = st.floats(-50, 50)
_point = st.tuples(_metres, _metres, _metres).map(np.array)


def _camera(pitch_deg=0.0, fov_deg=60.0):
    return Camera(
        source_world_from_camera(1.5, pitch_deg), intrinsics_from_fov(fov_deg, height=480, width=832), 480, 832
    )


def test_the_source_camera_stands_over_the_origin_and_looks_along_minus_z():
    camera = _camera()
    np.testing.assert_array_equal(camera.position_m, [0, 1.5, 0])
    np.testing.assert_array_equal(camera.world_from_camera[:3, 2], [0, 0, -1])
    np.testing.assert_array_equal(camera.world_from_camera[:3, 0], [1, 0, 0])
    assert np.linalg.det(camera.world_from_camera[:3, :3]) == pytest.approx(1)


def test_right_is_right_and_up_is_up_in_the_picture():
    pixels, depth_m = _camera().project(np.array([[0, 1.5, -4], [1, 1.5, -4], [0, 2.5, -4], [0, 1.5, 4]]))
    centre, right, up, _ = pixels
    np.testing.assert_allclose(centre, [416, 240])
    assert right[0] > 416
    assert up[1] < 240
    np.testing.assert_allclose(depth_m, [4, 4, 4, -4])


def test_a_negative_pitch_looks_down_and_raises_the_horizon():
    down = _camera(pitch_deg=-10)
    assert down.world_from_camera[1, 2] < 0
    far = np.array([0, 1.5, -1e9])
    focal_px = down.intrinsics[0, 0]
    assert down.project(far)[0][1] == pytest.approx(240 - focal_px * np.tan(np.radians(10)), abs=1e-4)


def test_the_field_of_view_reaches_from_edge_to_edge():
    camera = _camera(fov_deg=60)
    left, right = camera.rays(np.array([[0.0, 240], [832, 240]]))
    cosine = left @ right / np.linalg.norm(left) / np.linalg.norm(right)
    assert np.degrees(np.arccos(cosine)) == pytest.approx(60)


@given(
    x=st.floats(0, 832), y=st.floats(0, 480), depth=st.floats(0.1, 100), pitch=st.floats(-80, 80), fov=st.floats(5, 150)
)
def test_a_point_on_a_pixels_ray_projects_to_that_pixel(x, y, depth, pitch, fov):
    camera = _camera(pitch, fov)
    pixel = np.array([x, y])
    projected, depth_m = camera.project(camera.position_m + depth * camera.rays(pixel))
    np.testing.assert_allclose(projected, pixel, atol=1e-6)
    assert depth_m == pytest.approx(depth)


@given(eye=_point, target=_point)
def test_a_camera_sees_what_it_looks_at_in_the_middle_and_upright(eye, target):
    way = target - eye
    assume(np.linalg.norm(way) > 1e-3)
    turned = look_at_rotation(eye, target)
    np.testing.assert_allclose(turned.T @ turned, np.eye(3), atol=1e-9)
    np.testing.assert_allclose(turned[:, 2], way / np.linalg.norm(way), atol=1e-9)
    assert abs(turned[1, 0]) < 1e-9, "the horizon is level"
    assert turned[1, 1] <= 1e-9, "the picture's down is not up"


@pytest.mark.parametrize(("target", "top"), [((0, -5, 0), (0, 0, -1)), ((0, 5, 0), (0, 0, 1))])
def test_straight_down_the_top_is_minus_z_and_straight_up_plus_z(target, top):
    turned = look_at_rotation(np.zeros(3), np.array(target))
    np.testing.assert_allclose(-turned[:, 1], top, atol=1e-12)


def test_looking_works_on_many_cameras_at_once():
    eyes, targets = np.array([[0.0, 1, 0], [2, 3, 4]]), np.array([[0.0, 1, -5], [0, -9, 4]])
    both = look_at_rotation(eyes, targets)
    np.testing.assert_array_equal(both[0], look_at_rotation(eyes[0], targets[0]))
    np.testing.assert_array_equal(both[1], look_at_rotation(eyes[1], targets[1]))


def test_a_positive_roll_turns_the_camera_clockwise():
    rolled = look_at_rotation(np.zeros(3), np.array([0.0, 0, -1]), roll_deg=90)
    np.testing.assert_allclose(rolled[:, 0], [0, -1, 0], atol=1e-12)


def test_looking_at_the_eye_is_refused():
    with pytest.raises(ValueError, match="stands on the point"):
        look_at_rotation(np.ones(3), np.ones(3))
