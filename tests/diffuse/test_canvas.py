"""The plate at generation scale, its margins, and the surround beyond."""

import numpy as np
import pytest
from skimage import data

from r2s2r.geometry.camera import Camera, intrinsics_from_fov, source_world_from_camera
from r2s2r.geometry.framing import Framing
from r2s2r.media.images import framed
from r2s2r.stages.diffuse.canvas import Canvas, at_generation_scale, canvas_from_plate
from r2s2r.stages.diffuse.surround import surround_from_picture

PICTURE = data.coffee()  # 400 x 600
FRAMINGS = [
    Framing(400, 600, height, width, fit)
    for height, width in ((240, 416), (256, 256), (320, 180), (480, 832))
    for fit in ("crop", "letterbox")
]


def source_for(framing: Framing, pitch_deg: float = -4.0) -> Camera:
    intrinsics = framing.intrinsics(intrinsics_from_fov(45, height=400, width=600))
    return Camera(source_world_from_camera(1.2, pitch_deg), intrinsics, framing.height, framing.width)


def canvas_of(framing: Framing) -> Canvas:
    return canvas_from_plate(at_generation_scale(PICTURE, framing), source_for(framing))


@pytest.mark.parametrize("framing", FRAMINGS)
def test_the_shown_window_of_the_scaled_picture_is_the_framed_picture(framing):
    placed, active = at_generation_scale(PICTURE, framing), framing.active
    rows = slice(int(active.y0) - placed.corner[1], int(active.y1) - placed.corner[1])
    columns = slice(int(active.x0) - placed.corner[0], int(active.x1) - placed.corner[0])
    shown = framed(PICTURE, framing)[int(active.y0) : int(active.y1), int(active.x0) : int(active.x1)]
    np.testing.assert_array_equal(placed.picture[rows, columns], shown)


@pytest.mark.parametrize("framing", FRAMINGS)
def test_the_scaled_picture_holds_the_whole_source(framing):
    placed = at_generation_scale(PICTURE, framing)
    window = framing.source_window
    scale = framing.active.width / window.width
    assert abs(placed.picture.shape[1] - 600 * scale) < 2
    assert abs(placed.picture.shape[0] - 400 * scale) < 2


@pytest.mark.parametrize("framing", FRAMINGS)
def test_no_hard_line_where_the_plate_ends(framing):
    canvas = canvas_of(framing)
    rows, columns = canvas.inner
    picture = canvas.picture.astype(float)
    usual = np.percentile(np.abs(np.diff(picture[canvas.inner], axis=1)).mean(axis=(0, 2)), 90)
    for edge in (columns.start, columns.stop):
        assert np.abs(picture[rows, edge] - picture[rows, edge - 1]).mean() <= usual
    usual = np.percentile(np.abs(np.diff(picture[canvas.inner], axis=0)).mean(axis=(1, 2)), 90)
    for edge in (rows.start, rows.stop):
        assert np.abs(picture[edge, columns] - picture[edge - 1, columns]).mean() <= usual


def test_the_canvas_ends_in_the_surround():
    framing = FRAMINGS[0]
    canvas, source = canvas_of(framing), source_for(framing)
    height, width = canvas.picture.shape[:2]
    for row, column in ((0, width // 2), (height - 1, width // 3), (height // 2, 0), (height // 3, width - 1)):
        pixel = np.array([[column + 0.5 + canvas.corner[0], row + 0.5 + canvas.corner[1]]])
        x, y, z = source.rays(pixel)[0]
        beyond = canvas.surround.sample(*(np.full((1, 1), part) for part in (x, y, z)))[0, 0]
        np.testing.assert_allclose(canvas.picture[row, column], beyond, atol=2)


def test_the_surround_closes_behind_the_camera():
    framing = FRAMINGS[0]
    surround = surround_from_picture(at_generation_scale(PICTURE, framing).picture, (0, 0), source_for(framing))
    elevation = np.radians(np.linspace(-80, 80, 33))[:, None]
    left, right = (
        surround.sample(np.full((33, 1), side), np.tan(elevation), np.full((33, 1), 1.0)) for side in (-1e-4, 1e-4)
    )
    np.testing.assert_allclose(left, right, atol=1)
    turn = np.radians(np.linspace(-180, 180, 1441))[None]
    around = surround.sample(np.sin(turn), np.zeros_like(turn) - 0.1, -np.cos(turn))[0]
    outside = np.abs(np.degrees(turn[0])) > 30
    assert np.abs(np.diff(around[outside & np.roll(outside, 1)], axis=0)).max() < 12


def test_the_surround_keeps_sky_above_ground_all_the_way_round():
    picture = np.zeros((240, 416, 3), np.uint8)
    picture[:110], picture[110:] = (90, 140, 230), (60, 110, 40)
    surround = surround_from_picture(picture, (0, 0), source_for(FRAMINGS[0]))
    turn = np.radians(np.arange(0, 360, 10.0))[None]
    up, down = (surround.sample(np.sin(turn), np.full_like(turn, slope), -np.cos(turn)) for slope in (0.6, -0.6))
    assert (up[..., 2] > up[..., 1]).all()
    assert (down[..., 1] > down[..., 2]).all()


def test_the_surround_agrees_with_the_picture_where_there_is_one():
    framing = FRAMINGS[0]
    source, picture = source_for(framing), np.zeros((240, 416, 3), np.uint8)
    picture[:, :208], picture[:, 208:] = (200, 40, 40), (40, 40, 200)
    surround = surround_from_picture(picture, (0, 0), source)
    rays = source.rays(np.array([[100.0, 120.0], [316.0, 120.0]]))
    seen = surround.sample(*(rays[None, :, i] for i in range(3)))[0]
    np.testing.assert_allclose(seen, [(200, 40, 40), (40, 40, 200)], atol=3)


def test_a_telephoto_picture_still_has_a_surround():
    camera = Camera(source_world_from_camera(1.2, 0.1), intrinsics_from_fov(0.2, height=64, width=64), 64, 64)
    surround = surround_from_picture(np.full((64, 64, 3), 90, np.uint8), (0, 0), camera)
    np.testing.assert_allclose(surround.panorama, 90, atol=1)
