"""Entities placed by a depth map: at its distance, with its relief, on the ground when they nearly are."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage
from skimage import data

from r2s2r.artifacts.depth import Depth, DepthFacts
from r2s2r.artifacts.entity import Entity
from r2s2r.artifacts.progress import unheard
from r2s2r.geometry.camera import Camera, source_world_from_camera
from r2s2r.geometry.topology import is_closed
from r2s2r.geometry.transforms import transform_points
from r2s2r.spec.entities import PlaceSpec
from r2s2r.spec.lift import InflateSpec, LiftSpec
from r2s2r.stages.lift import LiftInputs, make_entity
from r2s2r.stages.lift.entities.contact import ground_contact
from r2s2r.stages.lift.entities.inflate import Inflater
from r2s2r.stages.lift.entities.lifter import View
from r2s2r.stages.lift.entities.silhouette import silhouette
from r2s2r.stages.lift.entities.small_view import SmallView
from tests.lift.material import camera_of, disc, overlap, static_camera, store_footage, store_mask

HEIGHT, WIDTH = 240, 320
CAMERA = camera_of(HEIGHT, WIDTH, pitch_deg=-10.0)
MASK = disc(HEIGHT, WIDTH, 140, 150, 60)


def depth_seen(mesh_vertices, faces, camera):
    """The depth [H, W] of a mesh as a camera sees it; NaN where it sees none."""
    whole = np.ones((camera.height, camera.width), np.float32)
    depth_m = SmallView(camera, whole, None).depth_of(mesh_vertices, faces)
    return np.where(np.isfinite(depth_m), depth_m, np.nan)


def lifted_depth(camera):
    """What the inflated entity would look like to a depth sensor."""
    frame = np.full((HEIGHT, WIDTH, 3), 128, np.uint8)
    mesh = Inflater(InflateSpec()).lift(View(frame, MASK, camera, ground_contact(MASK, camera))).mesh
    return depth_seen(mesh.vertices.astype(float), mesh.faces, camera)


@pytest.fixture(scope="module")
def truth():
    return lifted_depth(CAMERA)


@pytest.fixture
def place(tmp_path, truth):
    footage = store_footage(tmp_path / "footage", [np.full((HEIGHT, WIDTH, 3), 128, np.uint8)])
    mask = store_mask(tmp_path / "mask", [MASK])

    def placed(factor, spec=None, backend=None):
        values = np.where(np.isfinite(truth), truth * factor, 0).astype(np.float32)
        folder, out = tmp_path / f"depth {factor}", tmp_path / f"out {factor}"
        folder.mkdir()
        out.mkdir()
        depth = Depth.write(folder, values, DepthFacts())
        inputs = LiftInputs(footage, mask, static_camera(footage, pitch_deg=-10.0), depth, tmp_path / "kept")
        make_entity(backend or LiftSpec(backend="inflate"), spec or PlaceSpec(), inputs, out, unheard)
        return Entity.load(out)

    return placed


def world_vertices(entity):
    return transform_points(entity.world_from_entity, entity.mesh().vertices.astype(float))


@pytest.mark.parametrize("shape", ["inflate", "slab"])
def test_it_is_as_far_away_as_the_map_says(place, truth, shape):
    entity = place(1.5, PlaceSpec(snap="never"), LiftSpec(backend="inflate", inflate=InflateSpec(shape=shape)))
    seen = depth_seen(world_vertices(entity), entity.mesh().faces, CAMERA)
    assert np.nanmedian(seen / truth) == pytest.approx(1.5, rel=0.01)
    assert overlap(silhouette(world_vertices(entity), entity.mesh().faces, CAMERA), MASK) >= 0.98


def test_what_nearly_stands_on_the_ground_is_put_there(place):
    entity = place(1.01)
    assert world_vertices(entity)[:, 1].min() == pytest.approx(0, abs=1e-4)
    assert overlap(silhouette(world_vertices(entity), entity.mesh().faces, CAMERA), MASK) >= 0.98
    assert entity.facts.findings == ()


def test_what_floats_is_left_there_and_said(place):
    entity = place(0.6)
    above_m = world_vertices(entity)[:, 1].min()
    (finding,) = entity.facts.findings
    assert f"{above_m:.2f} m above the ground" in finding
    assert f"{above_m / entity.facts.height_m:.0%} of its height" in finding
    assert "place.snap: always" in finding
    assert "source.ground" in finding


def test_what_sinks_is_put_on_the_ground_when_asked(place):
    entity = place(1.5, PlaceSpec(snap="always"))
    assert world_vertices(entity)[:, 1].min() == pytest.approx(0, abs=1e-4)
    assert overlap(silhouette(world_vertices(entity), entity.mesh().faces, CAMERA), MASK) >= 0.98
    assert "below the ground" in entity.facts.findings[0]


def test_what_may_float_floats_without_a_word(place):
    entity = place(0.6, PlaceSpec(snap="never"))
    assert world_vertices(entity)[:, 1].min() > 0.1
    assert entity.facts.findings == ()


def test_a_position_or_a_height_wins_over_the_map(place):
    entity = place(0.6, PlaceSpec(position_m=(1.0, 0.5, -7.0)))
    assert np.allclose(entity.world_from_entity[:3, 3], [1, 0.5, -7])
    assert place(0.7, PlaceSpec(height_m=0.4)).facts.height_m == pytest.approx(0.4, rel=1e-5)


def test_with_too_little_depth_the_ground_says_how_far_away_it_is_and_that_is_said(place, truth, monkeypatch):
    kept = truth.copy()
    truth[...] = np.nan
    truth[0, 0] = 3.0
    try:
        entity = place(1.0)
    finally:
        truth[...] = kept
    assert "the depth map knows too little of it" in entity.facts.findings[0]
    assert world_vertices(entity)[:, 1].min() == pytest.approx(0, abs=1e-4)


def motorcycle():
    """Middlebury's motorcycle (2014): picture, depth z in metres, and its camera, a metre over the floor."""
    left, _, disparity = data.stereo_motorcycle()
    seen = np.isfinite(disparity)
    depth_m = np.where(seen, 994.978 * 0.193001 / (np.where(seen, disparity, 0) + 31.086), np.nan).astype(np.float32)
    intrinsics = np.array([[994.978, 0, 311.193], [0, 994.978, 254.877], [0, 0, 1]])
    return left, depth_m, Camera(source_world_from_camera(1.0, 0.0), intrinsics, *depth_m.shape)


def test_the_front_is_where_stereo_measured_it():
    frame, depth_m, camera = motorcycle()
    near = np.nan_to_num(depth_m, nan=9.0) < 3.2
    near[:, :90] = near[440:] = False
    mask = ndimage.binary_closing(ndimage.binary_opening(near, iterations=3), iterations=5)
    view = View(frame, mask, camera, ground_contact(mask, camera), depth_m)
    mesh = Inflater(InflateSpec()).lift(view).mesh
    vertices = mesh.vertices.astype(float)
    off = np.abs(depth_seen(vertices, mesh.faces, camera) / depth_m - 1)[mask]
    assert np.nanmedian(off) <= 0.001
    assert overlap(silhouette(vertices, mesh.faces, camera), mask) >= 0.99
    assert is_closed(mesh.faces)
    assert len(mesh.faces) <= 25_000


def test_a_sharp_step_and_holes_in_the_map_leave_the_mesh_closed():
    import manifold3d

    depth_m = np.full((HEIGHT, WIDTH), 3.0, np.float32)
    depth_m[:, 140:] = 3.6
    depth_m[130:150, 100:180] = np.nan
    depth_m[disc(HEIGHT, WIDTH, 160, 170, 6)] = 90.0  # not its own: what is seen through it
    view = View(np.full((HEIGHT, WIDTH, 3), 128, np.uint8), MASK, CAMERA, ground_contact(MASK, CAMERA), depth_m)
    mesh = Inflater(InflateSpec()).lift(view).mesh
    solid = manifold3d.Manifold(manifold3d.Mesh(mesh.vertices, mesh.faces.astype(np.uint32)))
    assert solid.status() == manifold3d.Error.NoError
    assert solid.volume() > 0
    seen = depth_seen(mesh.vertices.astype(float), mesh.faces, CAMERA)
    assert np.nanmedian(np.abs(seen - depth_m)[MASK & np.isfinite(depth_m)]) < 0.003
    assert np.nanmax(seen) < 5
    thicker = Inflater(InflateSpec(thickness=2.0)).lift(replace(view)).mesh
    assert np.ptp(thicker.vertices[:, 2]) > np.ptp(mesh.vertices[:, 2])
