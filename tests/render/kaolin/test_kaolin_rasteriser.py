"""The rasteriser for a GPU, run on the CPU with a stand-in for Kaolin's function: all but that function is real."""

import logging

import numpy as np
import pytest
import torch

from r2s2r.errors import StageError
from r2s2r.geometry.framing import Rectangle
from r2s2r.stages.render.bending import own_shapes
from r2s2r.stages.render.rasteriser import Raster
from r2s2r.stages.render.scene_mesh import box_corners
from r2s2r.stages.render.still import Still
from tests.render.conftest import scene_mesh
from tests.render.kaolin.drawing import both, drawn_by, on_kaolin
from tests.render.kaolin.stand_in import rasterize
from tests.render.shapes import box, placed, plain, sheet, sphere, triangles, view_of


def crowd(seed):
    random = np.random.default_rng(seed)
    mesh = scene_mesh(sphere(2), box(), triangles(random.normal(size=(60, 3, 3))))
    views = [
        view_of(*(placed(*random.uniform([-2, -1, -6], [2, 1, -2])) for _ in range(3)), height=62, width=111)
        for _ in range(3)
    ]
    return mesh, views


@pytest.mark.parametrize("seed", range(4))
def test_it_agrees_with_the_cpu_at_every_sample(seed):
    mesh, views = crowd(seed)
    kaolin, cpu = both(mesh, *views, side=2)
    assert (kaolin[0] >= 0).mean() > 0.1
    for mine, other in zip(kaolin, cpu, strict=True):
        assert (mine != other).sum() <= 2


@pytest.mark.parametrize("seed", range(6))
def test_faces_that_cross_the_near_plane_are_cut_as_on_the_cpu(seed):
    random = np.random.default_rng(100 + seed)
    mesh = scene_mesh(triangles(random.normal(size=(40, 3, 3)) * 2), sphere(2))
    views = [view_of(placed(), placed(x, 0.2, -0.9), near_m=0.3) for x in (0.1, 3.0)]
    kaolin, cpu = both(mesh, *views)
    assert (cpu[0] >= 0).mean() > 0.3
    assert (kaolin[0] != cpu[0]).sum() <= 2


def test_a_sample_on_an_edge_belongs_to_the_face_right_of_it_or_below_it():
    # At 1 m with a focal length of 10 px: places are tenths of pixels. Corners lie on pixels' centres.
    k = np.array([[10.0, 0, 8], [0, 10, 8], [0, 0, 1]])
    corners = np.array([[2.5, 2.5], [12.5, 2.5], [12.5, 12.5], [2.5, 12.5]])
    points = np.concatenate([(corners - 8) / 10 * [1, -1], -np.ones((4, 1))], axis=1)
    both_ways = [[0, 1, 2], [0, 2, 3]], [[0, 1, 3], [1, 2, 3]], [[3, 2, 0], [1, 0, 2]]
    for faces in both_ways:
        mesh = scene_mesh(triangles(points[faces]))
        view = view_of(placed(), height=16, width=16, intrinsics=k)
        (found, _), (expected, _) = both(mesh, view)
        assert (expected[0] >= 0).sum() == 100
        assert np.array_equal(found, expected)


@pytest.mark.parametrize("size", [(37, 53), (480, 832), (127, 61)])
def test_rows_and_columns_meet_the_pixels_of_any_size(size):
    height, width = size
    mesh = scene_mesh(sheet(0.31, 0.13, plain()))
    kaolin, cpu = both(mesh, view_of(placed(0.05, 0.1, -1.0), height=height, width=width), side=2)
    assert (cpu[0] >= 0).any()
    assert np.array_equal(kaolin[0], cpu[0])
    assert np.array_equal(kaolin[1], cpu[1])


def test_of_faces_that_only_rounding_sets_apart_the_first_is_seen():
    corners = np.array([[-1.3, -0.9, 0.4], [1.1, -0.7, -2.3], [0.2, 1.2, 0.7]])
    mesh = scene_mesh(triangles(np.array([corners[[0, 1, 2]], corners[[1, 2, 0]], corners[[0, 2, 1]]])))
    (seen,) = drawn_by(on_kaolin(mesh, Raster(90, 160)), mesh, [view_of(placed(z=-5.1))])
    assert set(np.unique(seen.face_idx)) == {-1, 0}


def test_a_small_face_before_a_large_one_is_seen():
    """With Kaolin's own eps a face far smaller than a pixel would seem farther away than it is."""
    tiny = np.array([[[-1, -1, 0], [2, -1, 0], [-1, 2, 0]]]) * 1e-7
    mesh = scene_mesh(triangles(tiny), sheet(1, 1, plain()))
    (kaolin, _), (cpu, _) = both(mesh, view_of(placed(z=-1.0), placed(z=-1.001), height=91, width=161))
    assert cpu[0, 45, 80] == 0
    assert np.array_equal(kaolin, cpu)


def test_hidden_entities_and_bars_stay_empty_in_the_frames_that_hide_them():
    mesh = scene_mesh(sphere(1), sphere(1))
    shown = view_of(placed(-1, z=-4.0), placed(1, z=-4.0))
    hidden = view_of(placed(-1, z=-4.0), placed(1, z=-4.0), visible=np.array([True, False]))
    barred = view_of(placed(-1, z=-2.0), placed(1, z=-2.0), active=Rectangle(20, 0, 140, 90))
    gone = view_of(placed(-1, z=4.0), placed(1, z=4.0))
    kaolin, cpu = both(mesh, shown, hidden, barred, gone, side=2)
    assert np.array_equal(kaolin[0], cpu[0])
    assert np.array_equal(kaolin[1], cpu[1])
    assert (kaolin[0][3] == -1).all()
    assert (kaolin[1][2][:, :40] == -1).all()


def test_a_face_larger_than_the_picture_and_one_far_away_are_drawn():
    mesh = scene_mesh(sheet(1e6, 1e6, plain()), sphere(1))
    (kaolin, _), (cpu, _) = both(mesh, view_of(placed(z=-1e6), placed(z=-3.0)))
    assert (kaolin >= 0).all()
    assert (kaolin != cpu).sum() <= 2


def test_what_bends_is_taken_anew_each_time_even_in_place():
    mesh = scene_mesh(sphere(1), box())
    bent = own_shapes(mesh)
    rasteriser = on_kaolin(mesh, Raster(90, 160))
    view = view_of(placed(-1, z=-5.0), placed(1.5, z=-5.0))
    seen = [rasteriser.new_visibility() for _ in range(3)]
    bent.vertices[:42] *= 1.5
    bent.bounds[0] = box_corners(bent.vertices[:42])
    rasteriser.draw([Still(0, mesh, view), Still(1, bent, view)], seen[:2])
    assert (seen[1].face_idx >= 0).sum() > (seen[0].face_idx >= 0).sum()
    bent.vertices[:42] /= 1.5
    rasteriser.draw([Still(2, bent, view)], seen[2:])
    assert np.array_equal(seen[2].face_idx, seen[0].face_idx)


TORCHS_OWN = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB")


class Cramped:
    """Kaolin's stand-in on a GPU that holds some frames only."""

    def __init__(self, frames, error=TORCHS_OWN):
        self.frames, self.error, self.calls = frames, error, []

    def __call__(self, height, width, z, image, features, **options):
        self.calls.append(len(z))
        if len(z) > self.frames:
            raise self.error
        return rasterize(height, width, z, image, features, **options)


def test_a_batch_the_gpu_does_not_hold_is_halved_which_is_said_and_changes_no_pixel(caplog):
    mesh, views = crowd(0)
    views = views * 4
    raster = Raster(62, 111, 2)
    expected = drawn_by(on_kaolin(mesh, raster, batch_frames=12), mesh, views)
    cramped = Cramped(3)
    with caplog.at_level(logging.WARNING):
        seen = drawn_by(on_kaolin(mesh, raster, cramped, batch_frames=12), mesh, views)
    assert cramped.calls[:3] == [12, 6, 3]
    assert set(cramped.calls[3:]) == {3}
    assert [record.args for record in caplog.records] == [(12, 6, 6), (6, 3, 3)]
    assert "changes no pixel" in caplog.text
    for mine, other in zip(seen, expected, strict=True):
        assert np.array_equal(mine.samples, other.samples)
        assert np.array_equal(mine.face_idx, other.face_idx)


def test_nvdiffrast_says_it_in_other_words():
    mesh, views = crowd(0)
    cramped = Cramped(1, RuntimeError("Cuda error: 2[cudaMalloc(&m_gpuPtr, bytes);]"))
    drawn_by(on_kaolin(mesh, Raster(62, 111), cramped, batch_frames=3), mesh, views)
    assert cramped.calls == [3, 1, 1, 1]


def test_a_gpu_that_does_not_hold_one_frame_is_said_with_a_way_out():
    mesh, views = crowd(0)
    with pytest.raises(StageError, match=r"frame 0: .* does not hold it .*`render: \{backend: cpu\}`"):
        drawn_by(on_kaolin(mesh, Raster(62, 111), Cramped(0)), mesh, views)


def test_other_failures_are_not_taken_for_a_lack_of_memory():
    def broken(*arguments, **options):
        raise RuntimeError("CUDA error: an illegal memory access was encountered")

    mesh, views = crowd(0)
    with pytest.raises(RuntimeError, match="illegal memory access"):
        drawn_by(on_kaolin(mesh, Raster(62, 111), broken), mesh, views)


def test_batches_stay_below_what_kaolins_kernel_can_count():
    mesh = scene_mesh(sphere(1))
    assert on_kaolin(mesh, Raster(720, 1280, 4), batch_frames=256).batch_frames == 48
    assert on_kaolin(mesh, Raster(90, 160), batch_frames=256).batch_frames == 256
