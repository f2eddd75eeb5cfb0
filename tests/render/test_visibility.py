"""Which face is seen at which pixel: what every backend's ``face_idx`` must keep to."""

import numpy as np
import pytest
from scipy.spatial import Delaunay

from r2s2r.geometry.framing import Rectangle
from r2s2r.stages.render.cpu import CpuRasteriser
from tests.render.conftest import drawn, faces_seen, scene_mesh
from tests.render.shapes import box, placed, plain, sheet, sphere, triangles, view_of

# Powers of two, so that corners meant for pixel centres lie there exactly: eight metres away a metre is eight pixels.
K = np.array([[64.0, 0, 80], [0, 64, 45], [0, 0, 1]])
AWAY = placed(z=-8.0)


def pixels(*corners: tuple[float, float]) -> np.ndarray:
    """A triangle eight metres away with these corners in pixels."""
    return np.array([[(x - 80) / 8, (45 - y) / 8, 0] for x, y in corners])


def test_a_centre_on_an_edge_belongs_to_the_face_right_of_it_or_below_it():
    corners = [pixels((20.5, 10.5), (30.5, 10.5), (20.5, 20.5)), pixels((30.5, 10.5), (30.5, 20.5), (20.5, 20.5))]
    mesh = scene_mesh(triangles(np.array(corners)))
    face_idx = faces_seen(mesh, view_of(AWAY, intrinsics=K))
    rows, columns = np.nonzero(face_idx >= 0)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (10, 19, 20, 29)
    assert len(rows) == 100
    assert face_idx[10, 20] == 0
    assert face_idx[15, 25] == 1


def test_faces_that_share_edges_leave_no_hole_and_overlap_nowhere():
    random = np.random.default_rng(0)
    # Half of the points on pixel centres, where only the fill rule decides.
    points = np.concatenate([random.uniform(10, 80, (150, 2)), random.integers(10, 80, (150, 2)) + 0.5])
    points = np.concatenate([points, [[9.5, 9.5], [9.5, 80.5], [80.5, 9.5], [80.5, 80.5]]])
    faces = [pixels(*points[corners]) for corners in Delaunay(points).simplices]
    times_drawn = np.zeros((90, 160), int)
    for face in faces:
        times_drawn += faces_seen(scene_mesh(triangles(np.array([face]))), view_of(AWAY, intrinsics=K)) >= 0
    assert times_drawn.max() == 1
    assert times_drawn[10:80, 10:80].all()


def test_of_two_equally_near_faces_the_first_is_seen():
    corners = pixels((10, 10), (60, 15), (30, 70))
    mesh = scene_mesh(triangles(np.array([corners, corners])), triangles(np.array([corners])))
    seen = faces_seen(mesh, view_of(AWAY, AWAY, intrinsics=K))
    assert set(np.unique(seen)) == {-1, 0}


def test_both_sides_of_a_face_are_seen():
    corners = pixels((10, 10), (60, 15), (30, 70))
    one, other = (faces_seen(scene_mesh(triangles(c[None])), view_of(AWAY)) for c in (corners, corners[::-1]))
    assert (one >= 0).any()
    assert np.array_equal(one, other)


def test_the_nearer_entity_hides_the_farther():
    mesh = scene_mesh(sheet(1, 1, plain()), sheet(2, 2, plain()))
    layers = drawn(mesh, view_of(placed(z=-5.0), placed(z=-6.0)))
    assert layers.ids[45, 80] == 1
    assert layers.depth_m[45, 80] == np.float32(5)
    assert set(np.unique(layers.ids)) == {0, 1, 2}


def test_nothing_is_drawn_in_the_bars_of_a_letterbox():
    view = view_of(placed(z=-1.0), active=Rectangle(0, 20, 160, 71))
    face_idx = faces_seen(scene_mesh(sheet(9, 9, plain())), view)
    assert (face_idx[20:71] >= 0).all()
    assert (face_idx[:20] == -1).all()
    assert (face_idx[71:] == -1).all()


def test_an_invisible_entity_is_not_drawn():
    view = view_of(placed(z=-5.0), placed(z=-6.0), visible=np.array([False, True]))
    assert set(np.unique(drawn(scene_mesh(sphere(1), box()), view).ids)) == {0, 2}


def test_a_floor_that_runs_behind_the_camera_is_drawn_up_to_the_horizon():
    floor = triangles(np.array([[[-1e5, -1, 1e5], [1e5, -1, 1e5], [0, -1, -1e6]]], float))
    layers = drawn(scene_mesh(floor), view_of(np.eye(4)))
    assert (layers.ids[46:] == 1).all()
    assert (layers.ids[:45] == 0).all()
    # The ray of the lowest row's centres meets the floor, one metre down, at this depth.
    focal_px = 80 / np.tan(np.radians(25))
    assert layers.depth_m[-1] == pytest.approx(focal_px / 44.5, rel=1e-6)


def test_every_vertex_order_of_a_clipped_face_gives_the_same_picture():
    one_behind = np.array([[-2.0, -1, -6], [1.5, 2, -5], [0.5, -1, 3]])
    two_behind = np.array([[-2.0, -1, 6], [3, 2, 5], [0.1, -0.3, -3]])
    for face in (one_behind, two_behind):
        orders = [face[list(order)][None] for order in ((0, 1, 2), (1, 2, 0), (2, 0, 1), (0, 2, 1))]
        shown = [faces_seen(scene_mesh(triangles(order)), view_of(np.eye(4), near_m=0.3)) for order in orders]
        assert (shown[0] >= 0).any()
        assert all(np.array_equal(shown[0], other) for other in shown)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (7, 13), (91, 161)])
def test_any_size_is_drawn(height, width):
    layers = drawn(scene_mesh(sheet(9, 9, plain())), view_of(placed(z=-1.0), height=height, width=width))
    assert layers.ids.shape == (height, width)
    assert (layers.ids == 1).all()


@pytest.mark.parametrize(
    ("pose", "pixels_seen"),
    [
        (placed(z=5.0), 0),  # behind the camera
        (placed(z=-1e6), 0),  # a million metres away: less than a pixel, and between pixel centres
        (placed(x=1e6, z=-5.0), 0),  # far off the picture
        (placed(z=-1e6, linear=2e5), 3800),
        (placed(z=-0.5, linear=1e3), 90 * 160),  # the camera is inside
    ],
)
def test_entities_far_away_behind_or_all_around_are_drawn_as_they_are(pose, pixels_seen):
    layers = drawn(scene_mesh(sphere(2)), view_of(pose))
    assert np.isfinite(layers.depth_m).all()
    assert np.count_nonzero(layers.ids) == pytest.approx(pixels_seen, rel=0.1)
    assert (layers.depth_m[layers.ids > 0] > 0).all()


def test_faces_without_area_are_skipped():
    point, line = [[0.0, 0, 0]] * 3, [[-1.0, 0, 0], [0, 0, 0], [1, 0, 0]]
    whole = [[-1.0, -1, -1], [1, -1, -1], [0, 1, -1]]
    mesh = scene_mesh(triangles(np.array([point, line, whole])))
    assert set(np.unique(faces_seen(mesh, view_of(placed(z=-5.0))))) == {-1, 2}


def test_a_rasteriser_forgets_the_last_frame():
    mesh = scene_mesh(sphere(1))
    rasteriser = CpuRasteriser(mesh, height=90, width=160)
    near, far = view_of(placed(z=-3.0)), view_of(placed(z=-8.0))
    first = rasteriser.face_idx(far).copy()
    rasteriser.face_idx(near)
    assert np.array_equal(rasteriser.face_idx(far), first)
