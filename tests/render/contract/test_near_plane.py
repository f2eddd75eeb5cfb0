"""Faces that reach nearer than the near plane, or behind the camera: clipped, never dropped."""

import numpy as np
import pytest

from tests.render.conftest import scene_mesh
from tests.render.oracle import true_passes
from tests.render.shapes import box, placed, triangles, view_of


def test_a_floor_that_runs_behind_the_camera_is_drawn_up_to_the_horizon(contender):
    floor = triangles(np.array([[[-1e5, -1, 1e5], [1e5, -1, 1e5], [0, -1, -1e6]]], float))
    layers = contender.drawn(scene_mesh(floor), view_of(np.eye(4)))
    assert (layers.ids[46:] == 1).all()
    assert (layers.ids[:45] == 0).all()
    # The ray of the lowest row's centres meets the floor, one metre down, at this depth.
    focal_px = 80 / np.tan(np.radians(25))
    assert layers.depth_m[-1] == pytest.approx(focal_px / 44.5, rel=1e-6)


def test_every_vertex_order_of_a_clipped_face_gives_the_same_picture(contender):
    one_behind = np.array([[-2.0, -1, -6], [1.5, 2, -5], [0.5, -1, 3]])
    two_behind = np.array([[-2.0, -1, 6], [3, 2, 5], [0.1, -0.3, -3]])
    for face in (one_behind, two_behind):
        orders = [face[list(order)][None] for order in ((0, 1, 2), (1, 2, 0), (2, 0, 1), (0, 2, 1))]
        shown = [contender.faces(scene_mesh(triangles(order)), view_of(np.eye(4), near_m=0.3)) for order in orders]
        assert (shown[0] >= 0).any()
        assert all(np.array_equal(shown[0], other) for other in shown)


@pytest.mark.parametrize("near_m", [0.01, 0.5])
def test_faces_crossing_the_near_plane_are_cut_where_the_oracle_cuts_them(contender, near_m):
    mesh = scene_mesh(box())
    view = view_of(placed(0.3, -0.2, -0.9, np.diag([3.0, 2.0, 2.5])), near_m=near_m, height=180, width=320)
    truth, layers = true_passes(mesh, view), contender.drawn(mesh, view)
    assert np.count_nonzero(truth.ids) > 10_000
    assert np.count_nonzero(layers.ids != truth.ids) <= 10
    assert layers.depth_m[layers.ids > 0].min() >= near_m


def test_a_face_exactly_in_the_near_plane_is_seen(contender):
    corners = np.array([[[-9.0, -9, -0.5], [9, -9, -0.5], [0, 9, -0.5]]])
    assert (contender.faces(scene_mesh(triangles(corners)), view_of(np.eye(4), near_m=0.5))[10:80, 70:90] == 0).all()


def test_a_surface_cut_by_the_near_plane_has_no_hole(contender):
    """A fan of faces that share the corner behind the camera: their cuts must meet."""
    rim = np.stack([np.linspace(-450, 450, 41), np.full(41, -1.0), np.full(41, -1000.0)], axis=-1)
    fan = np.stack([np.broadcast_to([0.02, -1, 4.0], (40, 3)), rim[:-1], rim[1:]], axis=1)
    face_idx = contender.faces(scene_mesh(triangles(fan)), view_of(np.eye(4), fov_deg=40.0))
    assert (face_idx[46:] >= 0).all()
    assert len(np.unique(face_idx[46:])) > 30


def test_faces_wholly_nearer_than_the_near_plane_are_not_seen(contender):
    view = view_of(placed(z=-0.4), near_m=1.0)
    assert (contender.faces(scene_mesh(box()), view) == -1).all()
