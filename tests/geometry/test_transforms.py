"""Transforms: columns, inner names cancel, inverses."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from r2s2r.geometry.transforms import identity, inverse, rotation, scaling, transform_points, translation

_angle = st.floats(-180, 180)
_metres = st.floats(-100, 100)
_vector = st.tuples(_metres, _metres, _metres)


def test_a_quarter_turn_about_y_takes_z_to_x():
    a_from_b = rotation(Rotation.from_euler("y", 90, degrees=True))
    np.testing.assert_allclose(transform_points(a_from_b, np.array([[0.0, 0, 1]])), [[1, 0, 0]], atol=1e-15)


def test_products_apply_from_the_right():
    scaled_then_moved = translation((1, 2, 3)) @ scaling(2)
    np.testing.assert_array_equal(transform_points(scaled_then_moved, np.array([1.0, 1, 1])), [3, 4, 5])


def test_scaling_takes_a_number_or_one_per_axis():
    np.testing.assert_array_equal(scaling(2), np.diag([2.0, 2, 2, 1]))
    np.testing.assert_array_equal(scaling(np.array([1.0, 2, 3])), np.diag([1.0, 2, 3, 1]))


def test_inverting_many_is_inverting_each():
    many = np.stack([translation((1, 2, 3)) @ scaling(2), rotation(Rotation.from_euler("x", 30, degrees=True))])
    np.testing.assert_array_equal(inverse(many)[1], inverse(many[1]))


@given(angles=st.tuples(_angle, _angle, _angle), offset_m=_vector, factor=st.floats(0.1, 10), point=_vector)
def test_the_inverse_brings_points_back(angles, offset_m, factor, point):
    turned = rotation(Rotation.from_euler("XYZ", angles, degrees=True))
    a_from_b = translation(offset_m) @ turned @ scaling(factor)
    np.testing.assert_allclose(inverse(a_from_b) @ a_from_b, identity(), atol=1e-9)
    there = transform_points(a_from_b, np.array(point))
    np.testing.assert_allclose(transform_points(inverse(a_from_b), there), point, atol=1e-8)
