"""Contact shadows."""

import numpy as np
import pytest

from r2s2r.geometry.camera import Camera, intrinsics_from_fov, source_world_from_camera
from r2s2r.geometry.proxy import Proxy
from r2s2r.geometry.transforms import Array, translation
from r2s2r.stages.diffuse.shadows import Shadow, cast, contact_shadow, surface_points


def extent_m(shadow: Shadow) -> float:
    """Return the side of the square of ground as large as what a shadow darkens at all."""
    return float(np.sqrt((shadow.darkness > 0.05 * shadow.darkness.max()).sum()) * shadow.cell_m)


def shadow_at(points: Array, place_m: tuple[float, float, float]) -> Shadow:
    """Return the shadow of something that must have one."""
    shadow = contact_shadow(points, translation(place_m))
    assert shadow is not None
    return shadow


@pytest.fixture
def points(block, block_mesh):
    return surface_points(block_mesh(block()))


def test_the_points_lie_on_the_surface_and_are_always_the_same(points, block, block_mesh):
    half = np.array(block().size_m) / 2
    off = np.abs(points - [0, half[1], 0]) / half
    np.testing.assert_allclose(off.max(axis=1), 1, atol=1e-6)
    np.testing.assert_array_equal(points, surface_points(block_mesh(block())))


def test_a_shadow_lies_under_what_casts_it(points):
    shadow = shadow_at(points, (3.0, 0.0, -7.0))
    rows, columns = np.mgrid[: shadow.darkness.shape[0], : shadow.darkness.shape[1]] + 0.5
    weight = shadow.darkness / shadow.darkness.sum()
    middle = (columns * weight).sum() * shadow.cell_m, (rows * weight).sum() * shadow.cell_m
    np.testing.assert_allclose(np.add(shadow.corner_m, middle), (3.0, -7.0), atol=0.03)
    assert shadow.darkness.max() > 0.7
    edges = np.concatenate([shadow.darkness[[0, -1]].ravel(), shadow.darkness[:, [0, -1]].ravel()])
    assert edges.max() < 0.02


def test_a_shadow_fades_and_spreads_with_height(points):
    low, middle, high = (shadow_at(points, (0, height, -7)) for height in (0.0, 0.3, 0.8))
    assert low.darkness.max() > middle.darkness.max() > high.darkness.max() > 0
    assert extent_m(low) < extent_m(middle) < extent_m(high)


def test_high_up_and_underground_there_is_none(points):
    assert contact_shadow(points, translation((0, 50, -7))) is None
    assert contact_shadow(points, translation((0, -50, -7))) is None


def test_a_shadow_falls_on_the_ground_only(points):
    camera = Camera(source_world_from_camera(1.2, -4.0), intrinsics_from_fov(45, height=120, width=208), 120, 208)
    sight = Proxy((0.0, 0.0), 7.0).sight(camera)  # the wall stands in the middle of the shadow
    view = np.full((120, 208, 3), 200, np.uint8)
    cast(view, shadow_at(points, (0, 0, -7)), strength=1.0, sight=sight, camera=camera)
    assert (view[sight.on_ground] < 150).any()
    assert (view[~sight.on_ground] == 200).all()


def test_a_shadow_behind_or_beside_the_camera_is_harmless(points):
    camera = Camera(source_world_from_camera(1.2, -4.0), intrinsics_from_fov(45, height=120, width=208), 120, 208)
    sight = Proxy((0.0, 0.0), 12.0).sight(camera)
    for place in ((0, 0, 5), (0, 0, 0.2), (60, 0, -7)):
        view = np.full((120, 208, 3), 200, np.uint8)
        cast(view, shadow_at(points, place), strength=1.0, sight=sight, camera=camera)
        assert view.min() >= 0
    assert (view == 200).all()
