"""The one placement step, by hand."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from r2s2r.geometry.transforms import identity, rotation, transform_points, translation
from r2s2r.spec.entities import PlaceSpec
from r2s2r.stages.lift.entities.place import Standing, base_middle, place
from tests.lift.material import camera_of

EYE = np.array([0.0, 1.6, 0.0])
SEEN = Standing(translation((1.0, 0.0, -4.0)), height_m=2.0, eye_m=EYE)


def test_nothing_asked_for_changes_nothing():
    placement = place(PlaceSpec(), SEEN)
    assert np.array_equal(placement.world_from_entity, translation((1.0, 0.0, -4.0)))
    assert placement.scale == 1


def test_a_position_is_where_the_base_goes():
    placement = place(PlaceSpec(position_m=(3.0, 0.5, -7.0), rotate_deg=(0.0, 90.0, 0.0)), SEEN)
    assert np.allclose(placement.world_from_entity @ [0, 0, 0, 1], [3, 0.5, -7, 1])


def test_a_move_starts_where_the_source_has_it():
    placement = place(PlaceSpec(move_m=(0.5, 0.0, -1.0)), SEEN)
    assert np.allclose(placement.world_from_entity[:3, 3], [1.5, 0, -5])


def test_rotations_are_xyz_intrinsic_about_the_base():
    placement = place(PlaceSpec(rotate_deg=(90.0, 90.0, 0.0)), SEEN)
    # Its y axis first lies down towards the viewer (x by 90), and there turns about itself.
    assert np.allclose(placement.world_from_entity @ [0, 1, 0, 1], [1, 0, -3, 1])
    assert np.allclose(placement.world_from_entity @ [0, 0, 1, 1], [2, 0, -4, 1])


def test_a_seen_entity_of_another_height_keeps_its_place_in_the_picture():
    camera = camera_of(480, 640, camera_height_m=1.6, pitch_deg=-12.0)
    placement = place(PlaceSpec(height_m=0.5), SEEN)
    assert placement.scale == 0.25
    points = np.random.default_rng(3).uniform(-1, 1, (50, 3))
    before, depth_m = camera.project(transform_points(SEEN.world_from_entity, points))
    after, nearer_m = camera.project(transform_points(placement.world_from_entity, points * placement.scale))
    assert np.allclose(before, after)
    assert np.allclose(nearer_m, depth_m / 4)


def test_an_asset_of_another_height_stays_where_it_is():
    standing = Standing(identity(), height_m=4.0)
    placement = place(PlaceSpec(height_m=1.0, position_m=(1.0, 0.0, -3.0)), standing)
    assert placement.scale == 0.25
    assert np.allclose(placement.world_from_entity[:3, 3], [1, 0, -3])


def test_what_is_turned_already_turns_on_about_its_own_axes():
    turned = translation((0.0, 0.0, -4.0)) @ rotation(Rotation.from_euler("Y", 90, degrees=True))
    placement = place(PlaceSpec(rotate_deg=(90.0, 0.0, 0.0)), Standing(turned, height_m=1.0))
    expected = turned @ rotation(Rotation.from_euler("X", 90, degrees=True))
    assert np.allclose(placement.world_from_entity, expected)


@pytest.mark.parametrize("low", [0.0, -2.5])
def test_the_bases_middle_ignores_what_hangs_over(low):
    post = np.array([[0, 0, 0], [2, 0, 0], [0, 0, 4], [2, 0, 4], [9, 5, 9], [9, 10, 9]], float)
    post[:, 1] += low
    assert np.allclose(base_middle(post), [1, low, 2])
