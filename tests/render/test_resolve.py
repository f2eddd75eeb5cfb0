"""What the passes say: the conventions, each held against geometry worked out by hand."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.transforms import Array
from r2s2r.stages.render.scene_mesh import merge
from r2s2r.stages.render.view import View
from tests.render.conftest import drawn, scene_mesh
from tests.render.shapes import box, noise, placed, plain, sheet, sphere, triangles, view_of

SIDE, FOV_DEG = 361, 30.0  # odd: one pixel's centre is on the axis


def sharp(*poses: Array) -> View:
    return view_of(*poses, height=SIDE, width=SIDE, fov_deg=FOV_DEG)


def true_sphere_normals(distance_m: float) -> Array:
    """Of a unit sphere on the camera's axis; x right, y up, z towards the viewer; NaN beside it."""
    focal_px = SIDE / 2 / np.tan(np.radians(FOV_DEG) / 2)
    x, y = np.meshgrid(np.arange(SIDE) + 0.5 - SIDE / 2, np.arange(SIDE) + 0.5 - SIDE / 2)
    ray = np.stack([x / focal_px, -y / focal_px, -np.ones_like(x)], axis=-1)
    squared, along = (ray**2).sum(axis=-1), ray[..., 2] * -distance_m
    with np.errstate(invalid="ignore"):
        t = (along - np.sqrt(along**2 - squared * (distance_m**2 - 1))) / squared
    normals: Array = ray * t[..., None] + [0, 0, distance_m]
    return normals


def test_the_golden_sphere():
    layers = drawn(scene_mesh(sphere(6)), sharp(placed(z=-5.0)))
    truth = true_sphere_normals(5.0)
    both = (layers.ids == 1) & np.isfinite(truth).all(axis=-1)
    assert both.sum() > 10_000
    apart_deg = np.degrees(np.linalg.norm(layers.normal[both] - truth[both], axis=-1))
    assert apart_deg.mean() <= 0.1
    columns, rows = np.flatnonzero(layers.ids[180]), np.flatnonzero(layers.ids[:, 180])
    assert layers.normal[180, 180] == pytest.approx([0, 0, 1], abs=0.01)
    # Perspective sees a little less than half of it, so the rim's normals lean to the viewer by asin(1 / 5).
    assert layers.normal[180, columns[-1]] == pytest.approx([0.98, 0, 0.2], abs=0.1)
    assert layers.normal[180, columns[0]] == pytest.approx([-0.98, 0, 0.2], abs=0.1)
    assert layers.normal[rows[0], 180] == pytest.approx([0, 0.98, 0.2], abs=0.1)
    assert layers.normal[rows[-1], 180] == pytest.approx([0, -0.98, 0.2], abs=0.1)


def test_normals_are_encoded_as_colours_on_black():
    layers = drawn(scene_mesh(sphere(4)), sharp(placed(z=-5.0)))
    colours = layers.encoded_normal()
    assert colours[180, 180].tolist() == [128, 128, 255]
    assert (colours[layers.ids == 0] == 0).all()
    right, top = np.flatnonzero(layers.ids[180])[-1], np.flatnonzero(layers.ids[:, 180])[0]
    assert colours[180, right, 0] > 245
    assert colours[top, 180, 1] > 245
    expected = np.round(255 * (layers.normal.astype(float) / 2 + 0.5))
    assert np.abs(colours - expected)[layers.ids > 0].max() <= 1


@pytest.mark.parametrize("seed", range(3))
def test_normals_are_unit_and_face_the_camera_everywhere(seed):
    turn = Rotation.random(random_state=seed).as_matrix()
    mesh = scene_mesh(sphere(1), box())  # coarse, so that smooth normals lean behind the rim
    view = view_of(placed(-1.5, 0.2, -4.0, turn), placed(1.0, 0, -3.0, turn), fov_deg=80.0)
    layers = drawn(mesh, view)
    y, x = np.nonzero(layers.ids)
    rays = np.stack([x + 0.5, y + 0.5, np.ones(len(x))], axis=-1) @ np.linalg.inv(view.intrinsics).T
    normal = layers.normal[y, x]
    assert np.linalg.norm(normal, axis=-1) == pytest.approx(1, abs=1e-6)
    assert (normal * rays * [1, -1, -1]).sum(axis=-1).max() <= 1e-6


def test_stretching_an_entity_turns_its_normals_by_the_inverse_transpose():
    # A sphere pressed flat to a tenth: seen from the front nearly all of it looks at the viewer.
    layers = drawn(scene_mesh(sphere(5)), sharp(placed(z=-5.0, linear=np.diag([1.0, 1.0, 0.1]))))
    truth = drawn(scene_mesh(sphere(5)), sharp(placed(z=-5.0)))
    middle = np.s_[140:221, 140:221]
    expected = truth.normal[middle] * [1, 1, 10]
    expected /= np.linalg.norm(expected, axis=-1, keepdims=True)
    assert np.abs(layers.normal[middle] - expected).max() < 0.01


def test_mirroring_an_entity_mirrors_its_picture_and_keeps_its_normals_outward():
    mesh = scene_mesh(sphere(4, texture=noise(1)))
    straight = drawn(mesh, sharp(placed(z=-5.0)))
    mirrored = drawn(mesh, sharp(placed(z=-5.0, linear=np.diag([-1.0, 1.0, 1.0]))))
    inside = (straight.ids > 0) & (mirrored.ids[:, ::-1] > 0)
    assert inside.sum() > 0.99 * np.count_nonzero(straight.ids)
    flipped = mirrored.normal[:, ::-1] * [-1, 1, 1]
    assert np.percentile(np.abs(flipped - straight.normal)[inside], 99) < 0.01
    assert np.percentile(np.abs(mirrored.rgb[:, ::-1].astype(int) - straight.rgb)[inside], 99) <= 4


def test_a_mesh_without_normals_gets_its_faces_normals():
    corners = np.array([[[-1.0, -1, 0], [1, -1, 0], [0, 1, 0]]])
    layers = drawn(scene_mesh(triangles(corners, normal=(0, 0, 0))), view_of(placed(z=-4.0)))
    assert layers.normal[layers.ids > 0] == pytest.approx(np.broadcast_to([0, 0, 1], (layers.ids.sum(), 3)), abs=1e-6)


def test_depth_is_along_the_cameras_axis_not_along_the_ray():
    layers = drawn(scene_mesh(sheet(9, 9, plain())), view_of(placed(z=-7.0)))
    assert (layers.depth_m == np.float32(7)).all()


def test_ids_count_from_one_in_the_order_of_the_names():
    mesh = merge({"zebra": sheet(1, 1, plain()), "ant": sheet(1, 1, plain())})
    layers = drawn(mesh, view_of(placed(x=-2, z=-6.0), placed(x=2, z=-6.0)))
    assert mesh.names == ("ant", "zebra")
    assert layers.ids[45, 80 - 57] == 1
    assert layers.ids[45, 80 + 57] == 2


def test_the_background_is_zero_in_every_pass():
    layers = drawn(scene_mesh(sphere(2, texture=plain((255, 255, 255)))), view_of(placed(z=-5.0)))
    background = layers.ids == 0
    assert background.any()
    for layer in (layers.normal, layers.depth_m, layers.rgb):
        assert (layer[background] == 0).all()


def test_weights_are_perspective_correct():
    # A long floor: texture rows run into the distance, and half of its length is not half of its picture.
    texture = np.zeros((256, 1, 3), np.uint8)
    texture[:, 0, 0] = np.arange(256)
    steep = placed(0, -1.0, -6.0, Rotation.from_euler("x", -90, degrees=True).as_matrix())
    layers = drawn(scene_mesh(sheet(2, 5, texture)), view_of(steep, height=360, width=640))
    rows = np.flatnonzero(layers.ids[:, 320])
    # v runs 0..1 from the far end (11 m) to the near end (1 m).
    expected = (11 - layers.depth_m[rows, 320]) / 10 * 256 - 0.5
    assert layers.rgb[rows, 320, 0] == pytest.approx(np.clip(expected, 0, 255), abs=6)


def test_an_edge_on_sliver_gives_finite_passes_on_its_face():
    corners = np.array([[[-1e-3, -1, 5], [1e-3, -1, -5], [0, 1, 0]]])
    layers = drawn(scene_mesh(triangles(corners)), view_of(placed(z=-8.0), height=361, width=641))
    assert layers.ids.any()
    seen = layers.depth_m[layers.ids > 0]
    assert ((seen >= 3 - 1e-4) & (seen <= 13 + 1e-4)).all()


def test_corner_colours_are_the_texels_at_their_coordinates():
    texture = np.array([[[10, 20, 30], [200, 100, 50]], [[0, 255, 0], [7, 8, 9]]], np.uint8)
    layers = drawn(scene_mesh(sheet(1, 1, texture)), view_of(placed(z=-2.0), height=200, width=200, fov_deg=53.13))
    rows, columns = np.nonzero(layers.ids)
    top, bottom, left, right = rows.min(), rows.max(), columns.min(), columns.max()
    assert layers.rgb[top, left].tolist() == [10, 20, 30]
    assert layers.rgb[top, right].tolist() == [200, 100, 50]
    assert layers.rgb[bottom, left].tolist() == [0, 255, 0]
    assert layers.rgb[bottom, right].tolist() == [7, 8, 9]


def test_the_mesh_itself_is_not_changed_by_drawing():
    solid = sphere(2, texture=noise(3))
    before = Mesh(*(getattr(solid, name).copy() for name in Mesh.__dataclass_fields__))
    drawn(scene_mesh(solid), view_of(placed(z=-5.0)))
    for name in Mesh.__dataclass_fields__:
        assert np.array_equal(getattr(solid, name), getattr(before, name))
