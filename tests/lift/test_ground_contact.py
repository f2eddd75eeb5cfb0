"""Where a masked entity stands on the ground: the middle of its base, told by its outline alone."""

import itertools

import numpy as np
import pytest

from r2s2r.artifacts.entity import Entity
from r2s2r.artifacts.progress import unheard
from r2s2r.spec.entities import PlaceSpec
from r2s2r.spec.lift import InflateSpec, LiftSpec
from r2s2r.stages.lift import LiftInputs, make_entity
from r2s2r.stages.lift.entities.contact import ground_contact
from r2s2r.stages.lift.entities.inflate import Inflater
from r2s2r.stages.lift.entities.lifter import View
from r2s2r.stages.lift.entities.place import base_middle
from tests.lift import standing_shapes
from tests.lift.material import camera_of, disc, grain, static_camera, store_footage, store_mask
from tests.lift.standing_shapes import CAMERAS, SHAPES, depth_of, seen

SIZE = 512
ROWS, COLUMNS = np.indices((SIZE, SIZE)) + 0.5
PLACES = ((-0.6, 4.0), (0.8, 7.0))  # x and distance


def base_of(mask, camera, shape="inflate"):
    """The middle of the base of the mesh the mask is lifted to."""
    frame = np.full((*mask.shape, 3), 128, np.uint8)
    view = View(frame, mask, camera, ground_contact(mask, camera))
    return base_middle(Inflater(InflateSpec(shape=shape, max_faces=4000)).lift(view).mesh.vertices.astype(float))


def lifted(mask, folder, **camera):
    folder.mkdir()
    height, width = mask.shape
    footage = store_footage(folder / "footage", [grain(height, width, 1)])
    seen_by = static_camera(footage, **camera)
    inputs = LiftInputs(footage, store_mask(folder / "mask", [mask]), seen_by, None, folder / "kept")
    (folder / "entity").mkdir()
    make_entity(LiftSpec(backend="inflate"), PlaceSpec(), inputs, folder / "entity", unheard)
    return Entity.load(folder / "entity")


def off_by(camera_name, found_of, shapes=tuple(SHAPES)):
    """(shape, distance) -> relative error of the depth of a base's middle."""
    camera, errors = standing_shapes.camera(camera_name), {}
    for shape, (x_m, distance_m) in itertools.product(shapes, PLACES):
        mask = seen(shape, camera, x_m, distance_m)
        if mask is not None:
            truth_m = depth_of(camera, (x_m, 0, -distance_m))
            errors[shape, distance_m] = depth_of(camera, found_of(mask, camera)) / truth_m - 1
    assert len(errors) >= 8
    return errors


def between_two(errors):
    """Relative errors of the ratio of the depths of any two at different distances."""
    pairs = itertools.combinations(errors.items(), 2)
    found = [(1 + a) / (1 + b) - 1 for (one, a), (other, b) in pairs if one[1] != other[1]]
    return np.abs(found or list(errors.values()))


@pytest.mark.parametrize("camera_name", CAMERAS)
def test_two_entities_on_one_ground_are_as_far_away_as_they_are(camera_name):
    errors = off_by(camera_name, lambda mask, camera: ground_contact(mask, camera).point_m)
    off = np.abs(list(errors.values()))
    assert off.mean() <= 0.008
    assert np.sort(off)[-2] <= 0.03  # one of them, low and wide or only half of its feet seen, may be a little worse
    assert off.max() <= 0.04
    assert np.mean(between_two(errors) <= 0.03) >= 0.9


@pytest.mark.parametrize("shape", ["crate on its corner", "person turned", "dog from behind", "chair"])
def test_and_there_they_are_put(shape, tmp_path):
    camera, found_m = standing_shapes.camera("eye level"), []
    for x_m, distance_m in PLACES:
        mask = seen(shape, camera, x_m, distance_m)
        entity = lifted(mask, tmp_path / str(distance_m), **CAMERAS["eye level"])
        assert entity.mesh().vertices[:, 1].min() == pytest.approx(0, abs=1e-5)
        found_m.append(depth_of(camera, entity.world_from_entity[:3, 3]))
    truth_m = [depth_of(camera, (x_m, 0, -distance_m)) for x_m, distance_m in PLACES]
    assert found_m[1] / found_m[0] == pytest.approx(truth_m[1] / truth_m[0], rel=0.03)


def test_a_boxs_mesh_is_as_far_away_as_it_is():
    camera = standing_shapes.camera("eye level")
    for shape, (x_m, distance_m) in itertools.product(["turned crate", "chest", "cabinet"], PLACES):
        mask = seen(shape, camera, x_m, distance_m)
        if mask is not None:
            truth_m = depth_of(camera, (x_m, 0, -distance_m))
            assert depth_of(camera, base_of(mask, camera, "box")) == pytest.approx(truth_m, rel=0.025)


@pytest.mark.parametrize("camera_name", ["eye level", "from above"])
def test_inflated_they_lie_hardly_nearer(camera_name):
    solid = [shape for shape in SHAPES if shape.split()[0] not in ("dog", "chair", "car")]
    errors = off_by(camera_name, base_of, solid)
    assert np.abs(list(errors.values())).mean() <= 0.025
    assert between_two(errors).mean() <= 0.02


@pytest.mark.parametrize("shape", ["crate", "turned crate", "crate on its corner", "barrel", "ball"])
def test_the_contact_is_the_middle_of_the_base(shape):
    camera = standing_shapes.camera("eye level")
    contact = ground_contact(seen(shape, camera, 0.0, 4.0), camera)
    assert contact.on_ground
    assert not contact.findings
    assert np.allclose(contact.point_m, [0, 0, -4], atol=0.05)


def test_seen_face_on_a_base_is_taken_to_be_as_deep_as_wide():
    camera = camera_of(SIZE, SIZE, camera_height_m=1.6, pitch_deg=0.0)
    mask = (np.abs(COLUMNS - 300) < 20) & (ROWS > 300) & (ROWS < 400)  # rows 300 to 399: its lower edge is at 400
    contact = ground_contact(mask, camera)
    rim_m = 1.6 * camera.intrinsics[1, 1] / (400 - 256)
    half_m = 20 / camera.intrinsics[0, 0] * rim_m
    behind_m = np.linalg.norm(contact.point_m - [(300 - 256) / camera.intrinsics[0, 0] * rim_m, 0, -rim_m])
    assert behind_m == pytest.approx(half_m, rel=0.05)


def test_above_the_horizon_it_floats_and_says_what_to_give():
    contact = ground_contact(disc(SIZE, SIZE, 256, 100, 50), camera_of(SIZE, SIZE, camera_height_m=2.0, pitch_deg=0.0))
    assert not contact.on_ground
    assert contact.point_m[2] == pytest.approx(-8)
    assert "horizon" in contact.findings[0]
    assert "place.height_m" in contact.findings[0]


def test_cut_off_below_it_says_what_to_give():
    contact = ground_contact(ROWS > 300, camera_of(SIZE, SIZE))
    assert contact.on_ground
    assert contact.is_cut
    assert "place.height_m" in contact.findings[0]


@pytest.mark.parametrize("mask", [disc(SIZE, SIZE, 300.5, 400.5, 0.6), ROWS == 400.5, COLUMNS == 300.5])
def test_a_pixel_or_a_line_stands_too(mask):
    assert np.isfinite(ground_contact(mask, camera_of(SIZE, SIZE)).point_m).all()
