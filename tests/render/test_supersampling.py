"""Supersampling: a pixel is made of those samples that show the entity at its centre."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from r2s2r.geometry.framing import Rectangle
from r2s2r.media.assets.colours import linear_from_srgb
from r2s2r.stages.render.cpu.cpu_rasteriser import CpuRasteriser
from r2s2r.stages.render.layers import Layers, Wanted
from r2s2r.stages.render.rasteriser import Raster
from r2s2r.stages.render.renderer import Renderer
from r2s2r.stages.render.scene_mesh import SceneMesh
from r2s2r.stages.render.view import View
from tests.render.conftest import drawn, scene_mesh
from tests.render.shapes import box, noise, placed, plain, sheet, sphere, triangles, view_of

EVERYTHING = Wanted(uv=True, coverage=True, premultiplied=True)
TURN = Rotation.from_euler("xyz", [20, 35, 10], degrees=True).as_matrix()


def scene() -> tuple[SceneMesh, View]:
    """Entities before, behind and inside each other; a coarse one, whose smooth normals lean behind its rim."""
    mesh = scene_mesh(sphere(3, noise(1)), box(noise(2)), sphere(1, noise(3)))
    poses = placed(-0.3, 0.1, -3.0), placed(0.6, 0.1, -3.0, TURN), placed(0.2, -0.9, -2.6, TURN @ np.diag([1, 0.3, -1]))
    return mesh, view_of(*poses, height=61, width=97)


def times_as_fine(view: View, side: int) -> View:
    active = view.active
    return replace(
        view,
        intrinsics=np.diag([side, side, 1.0]) @ view.intrinsics,
        height=view.height * side,
        width=view.width * side,
        active=Rectangle(active.x0 * side, active.y0 * side, active.x1 * side, active.y1 * side),
    )


def by_pixel(fine: np.ndarray, side: int) -> np.ndarray:
    """[H * S, W * S, ...] -> [H, W, S * S, ...]."""
    height, width = fine.shape[0] // side, fine.shape[1] // side
    split = fine.reshape(height, side, width, side, *fine.shape[2:])
    return np.moveaxis(split, 2, 1).reshape(height, width, side * side, *fine.shape[2:])


def several(mesh: SceneMesh, view: View, side: int, wanted: Wanted = EVERYTHING) -> Layers:
    return drawn(mesh, view, wanted, supersampling=side)


@pytest.mark.parametrize("side", [2, 4])
def test_a_pixel_is_the_mean_of_the_finer_pictures_pixels_that_show_its_entity(side):
    mesh, view = scene()
    layers, fine = several(mesh, view, side), drawn(mesh, times_as_fine(view, side))
    own = by_pixel(fine.ids, side) == layers.ids[..., None]
    usual = own.any(axis=-1) & (layers.ids > 0)
    assert usual.sum() > 2000
    weight = np.where(own, 1.0, 0.0)[..., None] / np.maximum(own.sum(axis=-1), 1)[..., None, None]
    colour = (by_pixel(fine.rgb, side) * weight).sum(axis=2)
    assert np.array_equal(layers.rgb[usual], np.floor(colour + 0.5 + 1e-6)[usual])
    normal = (by_pixel(fine.normal, side) * weight).sum(axis=2)
    normal /= np.maximum(np.linalg.norm(normal, axis=-1, keepdims=True), 1e-9)
    assert layers.normal[usual] == pytest.approx(normal[usual], abs=1e-6)
    nearest = np.where(own, by_pixel(fine.depth_m, side), np.inf).min(axis=-1)
    assert np.array_equal(layers.depth_m[usual], nearest[usual])


@pytest.mark.parametrize("side", [2, 4])
def test_ids_and_uv_are_those_of_the_pixels_centres_at_any_supersampling(side):
    mesh, view = scene()
    one, more = several(mesh, view, 1), several(mesh, view, side)
    assert np.array_equal(one.ids, more.ids)
    assert np.array_equal(one.uv, more.uv)
    assert (one.uv[one.ids > 0] > 0).any()


def test_a_pixel_whose_samples_all_miss_its_entity_shows_its_centre():
    # Thin bars through the pixels' centres: the samples, a quarter of a pixel off, all pass beside them.
    view = view_of(placed(z=-1.0), height=31, width=31, fov_deg=2 * np.degrees(np.arctan(0.5)))
    above, below = [[-0.5, 0.001, 0], [0.5, 0.001, 0]], [[0.5, -0.001, 0], [-0.5, -0.001, 0]]
    bar = np.array([[*above, below[0]], [above[0], *below]])
    layers = several(scene_mesh(triangles(bar)), view, 2)
    assert (layers.ids[15] == 1).sum() >= 29
    shown = layers.ids > 0
    assert layers.depth_m[shown] == pytest.approx(1.0, abs=1e-5)
    assert layers.normal[shown] == pytest.approx(np.broadcast_to([0, 0, 1], (shown.sum(), 3)), abs=1e-6)
    assert (layers.rgb[shown] == (200, 100, 50)).all()
    assert (layers.coverage == 0).all()
    assert (layers.premultiplied == 0).all()


@pytest.mark.parametrize("side", [1, 2, 4])
def test_coverage_is_the_share_of_the_samples_that_show_any_entity(side):
    mesh, view = scene()
    layers, fine = several(mesh, view, side), drawn(mesh, times_as_fine(view, side))
    assert np.array_equal(layers.coverage, (by_pixel(fine.ids, side) > 0).mean(axis=-1).astype(np.float32))
    assert set(np.unique(layers.coverage)) <= {k / side**2 for k in range(side**2 + 1)}


@pytest.mark.parametrize("side", [1, 2, 4])
def test_premultiplied_colours_are_the_light_of_all_samples(side):
    mesh, view = scene()
    layers, fine = several(mesh, view, side), drawn(mesh, times_as_fine(view, side))
    light = linear_from_srgb(by_pixel(fine.rgb, side) / 255.0).mean(axis=2)
    assert layers.premultiplied == pytest.approx(light, abs=1e-6)


def test_what_an_edge_shows_of_two_entities_is_never_mixed_in_the_unfiltered_passes():
    mesh = scene_mesh(sheet(1, 1, plain((255, 0, 0))), sheet(1, 1, plain((0, 0, 255))))
    view = view_of(placed(-0.87, z=-2.0), placed(0.9, 0.1, z=-4.0, linear=TURN))
    layers = several(mesh, view, 4)
    assert (layers.rgb[layers.ids == 1] == (255, 0, 0)).all()
    assert (layers.rgb[layers.ids == 2] == (0, 0, 255)).all()
    assert np.abs(layers.depth_m[layers.ids == 1] - 2.0).max() < 1e-5
    assert np.linalg.norm(layers.normal[layers.ids > 0], axis=-1) == pytest.approx(1, abs=1e-6)
    mixed = (layers.premultiplied[..., 0] > 0) & (layers.premultiplied[..., 2] > 0)
    assert mixed.any()


@pytest.mark.parametrize("side", [1, 2])
def test_flat_normals_are_those_of_the_faces(side):
    mesh = scene_mesh(sphere(1), box())
    view = view_of(placed(-1.0, z=-3.0, linear=TURN), placed(0.8, z=-3.0, linear=TURN @ np.diag([1, 2, -1])))
    flat = several(mesh, view, side, Wanted(flat=True))
    corners = mesh.vertices[mesh.faces].astype(float)
    turned = []
    for entity, faces in enumerate(np.split(corners, mesh.face_start[1:-1])):
        a, b, c = np.moveaxis(faces @ view.camera_from_entity[entity, :3, :3].T, 1, 0)
        normal = np.cross(b - a, c - a)
        turned.append(normal / np.linalg.norm(normal, axis=-1, keepdims=True) * [1, -1, -1])
    known = np.concatenate([*turned, *(-normals for normals in turned)])
    if side == 1:
        apart = np.linalg.norm(flat.normal[flat.ids > 0][:, None] - known, axis=-1).min(axis=-1)
        assert apart.max() < 1e-5
    smooth = several(mesh, view, side, Wanted())
    ball, cube = flat.ids == 1, flat.ids == 2
    assert np.abs(flat.normal - smooth.normal)[ball].max() > 0.1
    assert np.abs(flat.normal - smooth.normal)[cube].max() < 1e-5
    assert np.array_equal(flat.rgb, smooth.rgb)


@pytest.mark.parametrize("side", [1, 2, 4])
def test_what_was_drawn_before_leaves_no_trace(side):
    mesh, view = scene()
    raster = Raster(view.height, view.width, side)
    renderer = Renderer(mesh, CpuRasteriser(mesh, raster), raster, EVERYTHING)
    renderer.render(view_of(*(placed(z=-1.2),) * 3, height=61, width=97))
    again, fresh = renderer.render(view), several(mesh, view, side)
    for name in ("normal", "ids", "depth_m", "rgb", "coverage", "uv", "premultiplied"):
        assert np.array_equal(getattr(again, name), getattr(fresh, name)), name


@pytest.mark.parametrize("side", [1, 2])
def test_a_surface_split_among_entities_looks_as_before(side):
    # Its samples then come in hundreds of small groups.
    whole = sphere(3, noise(1))
    odd = np.arange(len(whole.faces)) % 2 == 1
    halves = [
        replace(whole, **{name: getattr(whole, name)[part] for name in ("faces", "corner_uv", "corner_normals")})
        for part in (odd, ~odd)
    ]
    pose = placed(0.1, z=-2.5, linear=TURN)
    one = several(scene_mesh(whole), view_of(pose), side)
    two = several(scene_mesh(*halves), view_of(pose, pose), side)
    assert set(np.unique(two.ids)) == {0, 1, 2}
    for name in ("coverage", "uv", "premultiplied"):
        assert np.array_equal(getattr(one, name), getattr(two, name)), name
    for name in ("normal", "depth_m", "rgb") if side == 1 else ():
        assert np.array_equal(getattr(one, name), getattr(two, name)), name


@pytest.mark.parametrize("side", [2, 4])
@pytest.mark.parametrize("flat", [False, True])
def test_opposite_walls_within_a_pixel_give_a_normal_towards_the_viewer(side, flat):
    # Looking down a square pipe whose end is smaller than a sample: in the middle pixel its walls' normals add up to 0.
    pipe = placed(linear=np.diag([2.0, 2.0, 1e4]))
    layers = drawn(scene_mesh(box()), view_of(pipe, height=31, width=51), Wanted(flat=flat), side)
    assert layers.normal[15, 25].tolist() == [0, 0, 1]
    assert np.allclose(np.linalg.norm(layers.normal, axis=-1), 1, atol=1e-6)
