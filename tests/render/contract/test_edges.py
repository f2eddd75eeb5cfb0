"""Which face has a sample: on edges, and where faces are equally near."""

import numpy as np
from scipy.spatial import Delaunay

from tests.render.conftest import scene_mesh
from tests.render.shapes import placed, plain, sheet, triangles, view_of

# Powers of two, so that corners meant for pixel centres lie there exactly: eight metres away a metre is eight pixels.
K = np.array([[64.0, 0, 80], [0, 64, 45], [0, 0, 1]])
AWAY = placed(z=-8.0)


def pixels(*corners: tuple[float, float]) -> np.ndarray:
    """A triangle eight metres away with these corners in pixels."""
    return np.array([[(x - 80) / 8, (45 - y) / 8, 0] for x, y in corners])


def test_a_centre_on_an_edge_belongs_to_the_face_right_of_it_or_below_it(contender):
    corners = [pixels((20.5, 10.5), (30.5, 10.5), (20.5, 20.5)), pixels((30.5, 10.5), (30.5, 20.5), (20.5, 20.5))]
    mesh = scene_mesh(triangles(np.array(corners)))
    face_idx = contender.faces(mesh, view_of(AWAY, intrinsics=K))
    assert (face_idx[10:20, 20:30] >= 0).all()
    assert face_idx[12, 22] == 0
    assert face_idx[17, 27] == 1
    if contender.in_doubles:
        assert np.count_nonzero(face_idx >= 0) == 100
        assert face_idx[10, 20] == 0
        assert face_idx[15, 25] == 1


def test_faces_that_share_edges_leave_no_hole_and_overlap_nowhere(contender):
    random = np.random.default_rng(0)
    # Half of the points on pixel centres, where only the fill rule decides.
    points = np.concatenate([random.uniform(10, 80, (60, 2)), random.integers(10, 80, (60, 2)) + 0.5])
    points = np.concatenate([points, [[9.5, 9.5], [9.5, 80.5], [80.5, 9.5], [80.5, 80.5]]])
    faces = [pixels(*points[corners]) for corners in Delaunay(points).simplices]
    times_drawn = np.zeros((90, 160), int)
    for face in faces:
        times_drawn += contender.faces(scene_mesh(triangles(np.array([face]))), view_of(AWAY, intrinsics=K)) >= 0
    assert times_drawn[10:80, 10:80].all()
    if contender.in_doubles:
        assert times_drawn.max() == 1


def test_a_surface_seen_at_a_slant_has_no_hole(contender):
    """Its faces end at coordinates that no number holds exactly."""
    random = np.random.default_rng(3)
    points = random.uniform(-20, 20, (1500, 2))
    corners = np.concatenate([points, np.zeros((1500, 1))], axis=1)[Delaunay(points).simplices]
    turn = np.linalg.qr(random.normal(size=(3, 3)))[0]
    if abs(turn[2, 2]) < 0.2:
        turn = turn[[2, 1, 0]]
    face_idx = contender.faces(scene_mesh(triangles(corners)), view_of(placed(z=-4.0, linear=turn), fov_deg=25.0))
    assert (face_idx >= 0).all()


def test_of_two_equally_near_faces_the_first_is_seen(contender):
    corners = pixels((10, 10), (60, 15), (30, 70))
    mesh = scene_mesh(triangles(np.array([corners, corners])), triangles(np.array([corners])))
    seen = contender.faces(mesh, view_of(AWAY, AWAY, intrinsics=K))
    assert set(np.unique(seen)) == {-1, 0}


def test_the_first_is_seen_whatever_the_order_of_its_corners(contender):
    """Faces that coincide but start at another corner, or face the other way, as in badly exported models."""
    corners = np.array([[-1.3, -0.9, 0.4], [1.1, -0.7, -2.3], [0.2, 1.2, 0.7]])
    orders = [corners[list(order)] for order in ((0, 1, 2), (1, 2, 0), (0, 2, 1))]
    seen = contender.faces(scene_mesh(triangles(np.array(orders))), view_of(placed(z=-5.1)))
    assert np.count_nonzero(seen > 0) <= 0.001 * np.count_nonzero(seen >= 0)


def test_the_nearer_entity_hides_the_farther(contender):
    mesh = scene_mesh(sheet(1, 1, plain()), sheet(2, 2, plain()))
    layers = contender.drawn(mesh, view_of(placed(z=-5.0), placed(z=-6.0)))
    assert layers.ids[45, 80] == 1
    assert layers.depth_m[45, 80] == np.float32(5)
    assert set(np.unique(layers.ids)) == {0, 1, 2}


def test_every_face_that_holds_a_centre_is_drawn(contender):
    """Small ones and needles, near and far, in front of nothing that could hide them."""
    random = np.random.default_rng(5)
    x, y = (axis.ravel() + 0.5 for axis in np.meshgrid(np.arange(2, 158, 4), np.arange(2, 88, 4)))
    centres = np.stack([x, y], axis=-1)
    around = np.radians(random.uniform(0, 360, (len(centres), 1)) + np.array([0, 120, 240]))
    reach = random.uniform(0.02, 1.4, (len(centres), 1, 1)) * random.choice([1.0, 1e-3], (len(centres), 1, 2))
    places = centres[:, None] + np.stack([np.cos(around), np.sin(around)], axis=-1) * reach
    depth_m = 10.0 ** random.uniform(-1, 6, (len(centres), 1))
    corners = np.stack([(places[..., 0] - 80) / 64, (45 - places[..., 1]) / 64, np.full(places.shape[:2], -1)], axis=-1)
    face_idx = contender.faces(scene_mesh(triangles(corners * depth_m[..., None])), view_of(np.eye(4), intrinsics=K))
    drawn = np.unique(face_idx[face_idx >= 0])
    # Single precision, in which meshes are kept, may move a needle of a thousandth of a pixel off the centre.
    assert len(drawn) >= (1.0 if contender.in_doubles else 0.99) * len(centres)
