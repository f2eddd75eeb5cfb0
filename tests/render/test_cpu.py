"""What is the CPU rasteriser's own: what it leaves out, what it keeps from frame to frame, and the room it needs."""

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from r2s2r.stages.render.bending import own_shapes
from r2s2r.stages.render.cpu.cpu_rasteriser import CpuRasteriser
from r2s2r.stages.render.rasteriser import Raster, Visibility
from r2s2r.stages.render.scene_mesh import SceneMesh
from r2s2r.stages.render.still import Still
from r2s2r.stages.render.view import View
from tests.render.conftest import faces_seen, scene_mesh
from tests.render.shapes import box, placed, plain, sheet, sphere, triangles, view_of


def seen_by(rasteriser: CpuRasteriser, mesh: SceneMesh, view: View) -> Visibility:
    seen = rasteriser.new_visibility()
    rasteriser.draw([Still(0, mesh, view)], [seen])
    return seen


def seen_finely(mesh: SceneMesh, view: View) -> NDArray[np.int32]:
    return seen_by(CpuRasteriser(mesh, Raster(view.height, view.width, 2)), mesh, view).samples


def turned_inside_out(mesh: SceneMesh) -> SceneMesh:
    return replace(mesh, faces=np.ascontiguousarray(mesh.faces[:, ::-1]))


def knot() -> SceneMesh:
    """Faces any which way, through each other."""
    return scene_mesh(triangles(np.random.default_rng(3).uniform(-1, 1, (400, 3, 3))))


@pytest.mark.parametrize(
    ("mesh", "pose"),
    [
        (scene_mesh(sphere(3)), placed(z=-4.0)),
        (scene_mesh(sphere(3)), placed(z=-4.0) @ np.diag([-1.0, 1, 1, 1])),
        (scene_mesh(sphere(3)), placed(z=-0.2)),  # the camera is inside
        (scene_mesh(sphere(3)), placed(z=-1.05)),  # it crosses the near plane
        (scene_mesh(sheet(2, 2, plain())), placed(z=-3.0)),
        (knot(), placed(z=-3.0)),
        (knot(), placed(z=-0.5)),
    ],
    ids=["whole", "mirrored", "inside", "crossing", "open", "knot", "inside a knot"],
)
def test_which_side_of_a_face_is_drawn_first_changes_no_sample(mesh, pose):
    """Turned inside out, the faces that are tried last are those that were drawn first."""
    view = view_of(pose, near_m=0.1)
    assert (faces_seen(mesh, view) >= 0).any()
    np.testing.assert_array_equal(faces_seen(mesh, view), faces_seen(turned_inside_out(mesh), view))
    np.testing.assert_array_equal(seen_finely(mesh, view), seen_finely(turned_inside_out(mesh), view))


def test_a_face_seen_through_a_hole_smaller_than_a_tile_is_drawn():
    """The far side of a box, which looks away, through a hole of two pixels in a sheet before it."""
    x = np.array([-1.0, -0.02, 0.02, 1.0])
    cells = [(i, j) for i in range(3) for j in range(3) if (i, j) != (1, 1)]
    corners = [((x[i], x[j]), (x[i + 1], x[j]), (x[i + 1], x[j + 1]), (x[i], x[j + 1])) for i, j in cells]
    quads = np.array([[(*a, 0), (*b, 0), (*c, 0)] for q in corners for a, b, c in ((q[0], q[1], q[2]), q[::2] + q[3:])])
    away = turned_inside_out(scene_mesh(triangles(quads), sheet(1, 1, plain())))
    mesh = replace(away, faces=np.concatenate([scene_mesh(triangles(quads)).faces, away.faces[len(quads) :]]))
    seen = faces_seen(mesh, view_of(placed(z=-3.0), placed(z=-4.0)))
    assert seen[45, 80] >= len(quads)
    assert 0 < np.count_nonzero(seen >= len(quads)) < 64


def test_of_equally_near_faces_the_first_is_seen_though_its_entity_is_drawn_later():
    shared = np.array([[-1.0, -1, -5], [1, -1, -5], [0, 1, -5]])
    nearer = np.array([[3.0, 3, -2], [4, 3, -2], [3, 4, -2]])
    for face in (shared, shared[::-1]):
        mesh = scene_mesh(triangles(face[None]), triangles(np.array([nearer, shared])))
        assert faces_seen(mesh, view_of(np.eye(4), np.eye(4)))[45, 80] == 0


def test_a_rasteriser_draws_what_is_new_and_what_stayed():
    mesh = scene_mesh(sphere(2), box())
    away, beside, turned = placed(z=-5.0), placed(x=1.0, z=-4.0), placed(x=1.0, z=-4.0, linear=0.7)
    zoomed = np.array([[200.0, 0, 80], [0, 200, 45], [0, 0, 1]])
    only_one = np.array([True, False])
    views = [
        view_of(away, beside),
        view_of(away, beside),
        view_of(away, turned),
        view_of(away, beside, visible=only_one),
        view_of(beside, beside, visible=only_one),
        view_of(away, turned),
        view_of(away, turned, intrinsics=zoomed),
        view_of(away, turned, intrinsics=zoomed, near_m=4.5),
    ]
    rasteriser = CpuRasteriser(mesh, Raster(90, 160, 2))
    for view in views:
        fresh = seen_by(CpuRasteriser(mesh, Raster(90, 160, 2)), mesh, view)
        again = seen_by(rasteriser, mesh, view)
        np.testing.assert_array_equal(again.face_idx, fresh.face_idx)
        np.testing.assert_array_equal(again.samples, fresh.samples)


def test_what_bends_is_drawn_anew_though_nothing_moved():
    mesh = own_shapes(scene_mesh(sphere(2)))
    mesh.bends[0] = True
    rasteriser, view = CpuRasteriser(mesh, Raster(90, 160)), view_of(placed(z=-5.0))
    before = np.count_nonzero(seen_by(rasteriser, mesh, view).face_idx >= 0)
    mesh.vertices[:] = mesh.vertices / 2
    after = np.count_nonzero(seen_by(rasteriser, mesh, view).face_idx >= 0)
    assert after == pytest.approx(before / 4, rel=0.1)


@pytest.mark.parametrize("supersampling", [1, 4])
def test_faces_of_more_rows_than_are_collected_at_once_are_drawn(supersampling):
    whole = np.array([[-9.0, -9, -0.5], [9, -9, -0.5], [0, 30, -0.5]])
    cut = np.array([[-9.0, -9, -0.5], [9, -9, -0.5], [0, 30, 3.0]])
    mesh = scene_mesh(triangles(np.array([cut, whole, cut] * 100)))
    tall = np.array([[1300.0, 0, 1.5], [0, 1300, 650], [0, 0, 1]])
    view = view_of(np.eye(4), height=1300, width=3, intrinsics=tall)
    seen = seen_by(CpuRasteriser(mesh, Raster(1300, 3, supersampling)), mesh, view)
    assert (seen.samples >= 0).all()
    assert set(np.unique(seen.face_idx)) <= {0, 1}


def test_a_frame_takes_no_memory_of_its_own():
    mesh = scene_mesh(sphere(4), sphere(4))
    views = [view_of(placed(z=-5.0 - step), placed(x=0.3, z=-4.0), height=360, width=640) for step in range(3)]
    rasteriser = CpuRasteriser(mesh, Raster(360, 640, 2))
    seen = rasteriser.new_visibility()
    rasteriser.draw([Still(0, mesh, views[0])], [seen])
    tracemalloc.start()
    for view in views:
        rasteriser.draw([Still(0, mesh, view)], [seen])
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < 100_000  # of megabytes of buffers
