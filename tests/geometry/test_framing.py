"""Framing: control and reference image meet, for every shape of picture."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from r2s2r.geometry.camera import Camera, intrinsics_from_fov, source_world_from_camera
from r2s2r.geometry.framing import Framing

SHAPES = {"16:9": (480, 854), "4:3": (480, 640), "square": (512, 512), "portrait": (832, 480)}
FITS = ("crop", "letterbox")
_side = st.integers(32, 4000)


@pytest.mark.parametrize("fit", FITS)
@pytest.mark.parametrize("shape", SHAPES)
def test_a_world_point_lands_where_its_source_pixel_is_framed_to(shape, fit):
    height, width = SHAPES[shape]
    framing = Framing(720, 1280, height, width, fit)
    source_k = intrinsics_from_fov(50, height=720, width=1280)
    world_from_camera = source_world_from_camera(1.2, -4)
    points = np.random.default_rng(0).uniform([-2, 0, -9], [2, 2, -3], (100, 3))
    in_source, _ = Camera(world_from_camera, source_k, 720, 1280).project(points)
    in_output, _ = Camera(world_from_camera, framing.intrinsics(source_k), height, width).project(points)
    framed = in_source @ framing.output_from_source[:2, :2].T + framing.output_from_source[:2, 2]
    np.testing.assert_allclose(in_output, framed, atol=1e-9)


@pytest.mark.parametrize("fit", FITS)
@pytest.mark.parametrize("shape", SHAPES)
def test_the_shown_window_fills_the_active_part(shape, fit):
    height, width = SHAPES[shape]
    framing = Framing(720, 1280, height, width, fit)
    window, active = framing.source_window, framing.active
    corners = np.array([[window.x0, window.y0, 1], [window.x1, window.y1, 1]]) @ framing.output_from_source.T
    np.testing.assert_allclose(corners[:, :2], [[active.x0, active.y0], [active.x1, active.y1]], atol=1e-9)


@given(source_height=_side, source_width=_side, height=_side, width=_side)
def test_crop_fills_the_output_evenly_and_keeps_pixels_square(source_height, source_width, height, width):
    framing = Framing(source_height, source_width, height, width, "crop")
    window, matrix = framing.source_window, framing.output_from_source
    assert window.x0 >= -1e-9
    assert window.y0 >= -1e-9
    assert min(window.x0, window.y0) == pytest.approx(0, abs=1e-9), "only one side is cut"
    assert window.x0 == pytest.approx(source_width - window.x1, abs=1e-6)
    assert window.y0 == pytest.approx(source_height - window.y1, abs=1e-6)
    assert matrix[0, 0] == pytest.approx(matrix[1, 1])


@given(source_height=_side, source_width=_side, height=_side, width=_side)
def test_letterbox_shows_everything_on_whole_pixels(source_height, source_width, height, width):
    framing = Framing(source_height, source_width, height, width, "letterbox")
    window, active = framing.source_window, framing.active
    assert (window.x0, window.y0, window.x1, window.y1) == (0, 0, source_width, source_height)
    assert all(float(edge).is_integer() for edge in (active.x0, active.y0, active.x1, active.y1))
    assert 0 <= active.x0 < active.x1 <= width
    assert 0 <= active.y0 < active.y1 <= height
    assert active.width == width or active.height == height, "it touches two edges"
    assert abs(active.x0 - (width - active.x1)) <= 1
    assert abs(active.y0 - (height - active.y1)) <= 1


def test_an_equal_shape_is_only_scaled():
    framing = Framing(720, 1280, 360, 640, "crop")
    np.testing.assert_allclose(framing.output_from_source, np.diag([0.5, 0.5, 1]), atol=1e-12)
    np.testing.assert_array_equal(
        framing.output_from_source, Framing(720, 1280, 360, 640, "letterbox").output_from_source
    )


def test_framing_many_intrinsics_is_framing_each():
    framing = Framing(720, 1280, 480, 480, "crop")
    ks = np.stack([intrinsics_from_fov(fov, height=720, width=1280) for fov in (30.0, 60.0)])
    np.testing.assert_array_equal(framing.intrinsics(ks)[1], framing.intrinsics(ks[1]))
