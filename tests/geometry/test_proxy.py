"""Ground and wall."""

import numpy as np
import pytest
from numpy.typing import NDArray

from r2s2r.geometry.camera import Camera, intrinsics_from_fov, look_at_rotation, source_world_from_camera
from r2s2r.geometry.proxy import Proxy, proxy_round
from r2s2r.geometry.transforms import Array

NOWHERE = np.empty((0, 3))


def camera_at(eye_m: tuple[float, float, float], target_m: tuple[float, float, float]) -> Camera:
    pose = np.eye(4)
    pose[:3, :3] = look_at_rotation(np.array(eye_m), np.array(target_m))
    pose[:3, 3] = eye_m
    return Camera(pose, intrinsics_from_fov(70, height=48, width=64), 48, 64)


def points_seen(proxy: Proxy, camera: Camera) -> tuple[Array, NDArray[np.bool_]]:
    sight = proxy.sight(camera)
    points = np.stack([sight.origin_m[i] + sight.depth_m * sight.directions[i] for i in range(3)], axis=-1)
    return points, sight.on_ground


@pytest.mark.parametrize("target_m", [(0, 0, -5), (3, 4, 1), (1, -2, 1.5), (0.5, 9, 0.5)])
def test_every_ray_meets_the_ground_or_the_wall(target_m):
    proxy, camera = Proxy((0.5, 0.2), 8.0), camera_at((1.0, 1.5, 1.0), target_m)
    points, on_ground = points_seen(proxy, camera)
    radius = np.hypot(points[..., 0] - 0.5, points[..., 2] - 0.2)
    np.testing.assert_allclose(points[on_ground][:, 1], 0, atol=1e-9)
    assert (radius[on_ground] <= 8.0).all()
    np.testing.assert_allclose(radius[~on_ground], 8.0, atol=1e-6)
    assert (points[~on_ground][:, 1] >= -1e-9).all()


def test_points_lie_on_the_rays_of_their_pixels():
    proxy, camera = Proxy((0.0, 0.0), 8.0), camera_at((1.0, 1.5, 1.0), (0, 0, -4))
    points, _ = points_seen(proxy, camera)
    pixels, depth_m = camera.project(points)
    columns, rows = np.meshgrid(np.arange(64) + 0.5, np.arange(48) + 0.5)
    np.testing.assert_allclose(pixels, np.stack([columns, rows], axis=-1), atol=1e-6)
    assert (depth_m > 0).all()


def test_one_ray_meets_what_the_picture_s_rays_meet():
    proxy, camera = Proxy((0.0, 0.0), 8.0), camera_at((1.0, 1.5, 1.0), (0, 0, -4))
    points, _ = points_seen(proxy, camera)
    for row, column in ((0, 0), (20, 40), (47, 63)):
        ray = camera.rays(np.array([column + 0.5, row + 0.5]))
        np.testing.assert_allclose(proxy.hit(camera.position_m, ray), points[row, column], atol=1e-9)


def test_many_rays_from_as_many_eyes_meet_what_each_meets():
    proxy, camera = Proxy((0.5, 0.2), 8.0), camera_at((1.0, 1.5, 1.0), (0, 0, -4))
    rays = camera.rays(np.array([[3.5, 4.5], [60.5, 40.5], [32.5, 20.5]]))
    eyes_m = np.array([[1.0, 1.5, 1.0], [0, 0.3, 0], [2, -1, 0]])
    together = proxy.hit(eyes_m, rays)
    np.testing.assert_array_equal(together, [proxy.hit(eye, ray) for eye, ray in zip(eyes_m, rays, strict=True)])


def test_a_camera_below_the_ground_still_sees_the_wall():
    points, on_ground = points_seen(Proxy((0.0, 0.0), 8.0), camera_at((0, -0.5, 0), (0, -0.5, -4)))
    assert not on_ground.any()
    assert np.isfinite(points).all()


def test_the_wall_stands_behind_everything_a_shot_reaches():
    source = Camera(source_world_from_camera(1.2, 0.0), intrinsics_from_fov(45, height=48, width=64), 48, 64)
    entities_m = np.array([[0, 0, -5.0], [2, 0, -1]])
    near = proxy_round(source, entities_m=entities_m, travel_m=entities_m).radius_m
    far = proxy_round(source, entities_m=entities_m, travel_m=np.array([[30.0, 0, 0]])).radius_m
    assert 5 < near <= 30
    assert far > 30


def test_without_entities_the_wall_is_far_for_the_camera_s_height():
    source = Camera(source_world_from_camera(1.2, 0.0), intrinsics_from_fov(45, height=48, width=64), 48, 64)
    assert proxy_round(source, entities_m=NOWHERE, travel_m=source.position_m[None]).radius_m >= 5 * 1.2
