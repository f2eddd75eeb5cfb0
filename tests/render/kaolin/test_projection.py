"""Faces on their way to Kaolin: where the camera sees them, and what the near plane leaves of them."""

from typing import Any

import numpy as np
import pytest
import torch

from r2s2r.geometry.camera import Camera, look_at_rotation
from r2s2r.stages.render.kaolin.face_finder import FaceFinder
from r2s2r.stages.render.kaolin.projection import clipped, on_screen, without_slivers
from r2s2r.stages.render.kaolin.shown import Shown
from r2s2r.stages.render.still import Still
from tests.render.conftest import scene_mesh
from tests.render.shapes import box, placed, sphere, view_of

NEAR_M = 0.5


@pytest.mark.parametrize("seed", range(5))
def test_points_lie_where_the_camera_projects_them(seed):
    random = np.random.default_rng(seed)
    camera = _camera(random)
    world_from_entity = placed(0.3, -0.2, 0.5, random.normal(size=(3, 3)))
    mesh = scene_mesh(sphere(1))
    shown = Shown.of([Still(0, mesh, _view(camera, world_from_entity))])
    matrix = torch.from_numpy(shown.pixel_from_entity[0, 0])
    points = torch.from_numpy(mesh.vertices.astype(float)) @ matrix[:, :3].T + matrix[:, 3]
    found = on_screen(points).numpy()
    in_world = mesh.vertices.astype(float) @ world_from_entity[:3, :3].T + world_from_entity[:3, 3]
    pixels, depth_m = camera.project(in_world)
    assert np.allclose(found[:, :2], pixels, rtol=1e-10, atol=1e-9)
    assert np.allclose(found[:, 2], 1 / depth_m, rtol=1e-10)


def test_kaolin_is_given_its_own_axes_and_the_picture_comes_back_upright():
    """Kaolin's picture is -1 to 1 with y up; here y goes in down, and the rows are turned over."""
    given: dict[str, Any] = {}

    def rasterize(height, width, z, image, features, /, **options):
        given.update(z=z, image=image, **options)
        return features, torch.arange(height * width).reshape(1, height, width)

    corners = torch.tensor([[[[0, 0, 0.5], [12, 0, 0.25], [6, 8, 1]]]], dtype=torch.float64)
    found = FaceFinder(rasterize, "cuda").find(corners, height=4, width=6, side=2)
    assert torch.equal(found[0, 0], torch.arange(84, 96))
    expected = torch.tensor([[[[-1, -1], [3, -1], [1, 3]]]], dtype=torch.float64)
    assert torch.allclose(given["image"], expected, atol=1e-7)
    assert torch.equal(given["z"], corners[..., 2])
    assert given["multiplier"] % 8 == 0
    assert given["multiplier"] % 12 == 0
    assert given["backend"] == "cuda"


def test_nvdiffrast_is_given_single_precision_and_none_of_the_other_ones_options():
    given: dict[str, Any] = {}

    def rasterize(height, width, z, image, features, /, **options):
        given.update(dtypes={z.dtype, image.dtype, features.dtype}, options=options)
        return features, torch.zeros((1, height, width), dtype=torch.int64)

    FaceFinder(rasterize, "nvdiffrast").find(torch.zeros((1, 2, 3, 3), dtype=torch.float64), height=4, width=6, side=1)
    assert given == {"dtypes": {torch.float32}, "options": {"backend": "nvdiffrast"}}


@pytest.mark.parametrize("seed", range(5))
def test_the_near_plane_leaves_what_lies_beyond_it(seed):
    """What lies on both sides of it together is the whole face, and none of what is left is nearer."""
    random = np.random.default_rng(seed)
    corners = torch.from_numpy(random.normal([0, 0, NEAR_M], 1, (2, 200, 3, 3)))
    beyond = clipped(corners, NEAR_M)
    # Mirrored at the near plane, the other side is beyond it.
    mirrored = corners * torch.tensor([1, 1, -1.0]) + torch.tensor([0, 0, 2 * NEAR_M])
    rest = clipped(mirrored, NEAR_M)
    drawn = beyond[..., 2] > 0
    assert (beyond[..., 2] <= 1 / NEAR_M + 1e-12).all()
    assert (beyond[~drawn] == 0).all()
    assert torch.isfinite(beyond).all()
    flat = _area(corners[..., :2])
    parts = _area(_flattened(beyond)) + _area(_flattened(rest))
    assert torch.allclose(parts.reshape(2, 200, 2).sum(-1), flat, atol=1e-9)


def test_faces_beyond_the_near_plane_stay_whole_and_those_nearer_vanish():
    far = torch.tensor([[[[1, 2, 1], [3, 1, 2], [2, 4, 4.0]]]], dtype=torch.float64)
    assert torch.equal(clipped(far, NEAR_M)[:, :1], on_screen(far))
    assert (clipped(far, NEAR_M)[:, 1] == 0).all()
    assert (clipped(far * torch.tensor([1, 1, -1.0]), NEAR_M) == 0).all()


def test_a_corner_on_the_near_plane_is_beyond_it():
    corners = torch.tensor([[[[1, 2, NEAR_M], [3, 1, NEAR_M], [2, 4, 4]]]], dtype=torch.float64)
    assert torch.equal(clipped(corners, NEAR_M)[:, :1], on_screen(corners))


def test_faces_without_area_become_nothing():
    corners = torch.tensor([[[1, 1, 1], [2, 2, 1], [3, 3, 1]], [[1, 1, 1], [2, 2, 1], [3, 1, 1]]], dtype=torch.float64)
    left = without_slivers(corners)
    assert (left[0] == 0).all()
    assert torch.equal(left[1], corners[1])


def test_boxes_tell_what_may_be_seen_and_what_crosses_the_near_plane():
    mesh = scene_mesh(*(box() for _ in range(5)))
    places = (placed(z=-3.0), placed(z=-0.6), placed(z=3.0), placed(20, z=-3.0), placed(z=-3.0))
    visible = np.array([True, True, True, True, False])
    shown = Shown.of([Still(0, mesh, view_of(*places, near_m=NEAR_M, visible=visible))])
    assert shown.seen.tolist() == [[True, True, False, False, False]]
    assert shown.crosses.tolist() == [False, True, False, False, False]


def _camera(random):
    matrix = np.eye(4)
    matrix[:3, 3] = random.normal(size=3) * 10
    matrix[:3, :3] = look_at_rotation(matrix[:3, 3], random.normal(size=3), roll_deg=random.uniform(-90, 90))
    k = np.array([[300 + 100 * random.random(), 0, 70], [0, 250, 30], [0, 0, 1]])
    return Camera(matrix, k, height=90, width=160)


def _view(camera, world_from_entity):
    view = view_of(placed(), height=camera.height, width=camera.width, intrinsics=camera.intrinsics)
    view.camera_from_entity[0] = camera.camera_from_world @ world_from_entity
    return view


def _flattened(screen):
    """Back to (x d, y d), in which the cuts are straight and areas add up."""
    return torch.where(screen[..., 2:] > 0, screen[..., :2] / screen[..., 2:], 0.0)


def _area(corners):
    (ax, bx, cx), (ay, by, cy) = corners[..., 0].unbind(-1), corners[..., 1].unbind(-1)
    return ((bx - ax) * (cy - ay) - (by - ay) * (cx - ax)).abs()
