"""Lifted, inserted and copied entities: placed by the one step, with what an author should know."""

import numpy as np
import pytest

from r2s2r.artifacts.entity import GLB, MESH, Entity
from r2s2r.artifacts.progress import unheard
from r2s2r.geometry.transforms import transform_points
from r2s2r.spec.entities import PlaceSpec
from r2s2r.spec.lift import LiftSpec
from r2s2r.stages.lift import LiftInputs, copy_entity, make_entity
from r2s2r.stages.lift.entities.silhouette import silhouette
from tests.lift.material import disc, grain, overlap, static_camera, store_footage, store_mask

HEIGHT, WIDTH = 240, 320
MASK = disc(HEIGHT, WIDTH, 140, 150, 60)
INFLATE = LiftSpec(backend="inflate")


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lift")
    footage = store_footage(folder / "footage", [grain(HEIGHT, WIDTH, 1)])
    mask = store_mask(folder / "mask", [MASK])
    return LiftInputs(footage, mask, static_camera(footage), None, folder / "kept")


def lifted(inputs, out, place=None):
    out.mkdir()
    make_entity(INFLATE, place or PlaceSpec(), inputs, out, unheard)
    return Entity.load(out)


def world_vertices(entity):
    return transform_points(entity.world_from_entity, entity.mesh().vertices.astype(float))


def test_a_lifted_entity_covers_its_mask_and_says_how_well(inputs, tmp_path):
    entity = lifted(inputs, tmp_path / "a")
    covered = silhouette(world_vertices(entity), entity.mesh().faces, inputs.camera.reference)
    assert overlap(covered, MASK) >= 0.98
    assert entity.facts.silhouette_iou == pytest.approx(overlap(covered, MASK), abs=1e-3)
    assert entity.facts.findings == ()


def test_its_origin_is_its_base_on_the_ground_and_its_axes_are_the_worlds(inputs, tmp_path):
    entity = lifted(inputs, tmp_path / "a")
    vertices = entity.mesh().vertices
    assert vertices[:, 1].min() == pytest.approx(0, abs=1e-5)
    assert np.array_equal(entity.world_from_entity[:3, :3], np.eye(3))
    assert entity.world_from_entity[1, 3] == pytest.approx(0, abs=1e-5)
    base = vertices[vertices[:, 1] < 0.1 * vertices[:, 1].max()]
    # The ground tells where the base is; what is inflated from one side may lie a little before or behind that.
    middle = (base.min(axis=0) + base.max(axis=0))[[0, 2]] / 2
    assert np.abs(middle).max() <= 0.15 * np.ptp(vertices[:, 0])
    assert entity.facts.height_m == pytest.approx(np.ptp(vertices[:, 1]), rel=1e-5)


def test_a_given_height_is_its_height_in_the_same_place_of_the_picture(inputs, tmp_path):
    entity = lifted(inputs, tmp_path / "a", PlaceSpec(height_m=0.4))
    assert np.ptp(entity.mesh().vertices[:, 1]) == pytest.approx(0.4, rel=1e-5)
    covered = silhouette(world_vertices(entity), entity.mesh().faces, inputs.camera.reference)
    assert overlap(covered, MASK) >= 0.98
    (finding,) = entity.facts.findings
    assert "m above the ground, " in finding
    assert "% of its height" in finding
    assert "place.snap: always" in finding
    assert "source.ground.camera_height_m (" in finding


def test_equal_inputs_give_equal_bytes(inputs, tmp_path):
    one, other = (lifted(inputs, tmp_path / name).folder for name in ("a", "b"))
    for path in one.iterdir():
        assert path.read_bytes() == (other / path.name).read_bytes()


def test_a_copy_has_the_same_mesh_elsewhere(inputs, tmp_path, out):
    original = lifted(inputs, tmp_path / "a", PlaceSpec(rotate_deg=(0.0, 90.0, 0.0)))
    copy_entity(PlaceSpec(move_m=(0.8, 0.0, -1.5), height_m=0.5), original, out, unheard)
    copy = Entity.load(out)
    for name in (MESH, GLB):
        assert (out / name).read_bytes() == (original.folder / name).read_bytes()
    moved = copy.world_from_entity[:3, 3] - original.world_from_entity[:3, 3]
    assert np.allclose(moved, [0.8, 0, -1.5])
    assert copy.facts.height_m == pytest.approx(0.5, rel=1e-5)
    assert np.ptp(world_vertices(copy)[:, 1]) == pytest.approx(0.5, rel=1e-5)


def test_a_copy_of_a_copy_counts_from_that_copy(inputs, tmp_path, out):
    original = lifted(inputs, tmp_path / "a")
    (tmp_path / "b").mkdir()
    copy_entity(PlaceSpec(height_m=2.0, move_m=(1.0, 0.0, 0.0)), original, tmp_path / "b", unheard)
    copy_entity(PlaceSpec(height_m=1.0, move_m=(1.0, 0.0, 0.0)), Entity.load(tmp_path / "b"), out, unheard)
    again = Entity.load(out)
    assert again.facts.height_m == pytest.approx(1.0, rel=1e-5)
    assert np.allclose(again.world_from_entity[:3, 3] - original.world_from_entity[:3, 3], [2, 0, 0])
