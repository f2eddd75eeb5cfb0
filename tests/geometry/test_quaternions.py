"""Quaternions: as scipy's rotations, to the last digits."""

import numpy as np
from scipy.spatial.transform import Rotation

from r2s2r.geometry.quaternions import from_rotation_vectors, inverse, product, rotation_vectors

LEFT, RIGHT = Rotation.random(200, rng=1), Rotation.random(200, rng=2)


def _apart(quaternions, rotations):
    return np.max((Rotation.from_quat(quaternions).inv() * rotations).magnitude())


def test_products_and_inverses_are_those_of_rotations():
    assert _apart(product(LEFT.as_quat(), RIGHT.as_quat()), LEFT * RIGHT) < 1e-14
    assert _apart(inverse(LEFT.as_quat()), LEFT.inv()) < 1e-14


def test_rotation_vectors_go_the_shorter_way():
    for quaternions in (LEFT.as_quat(), -LEFT.as_quat()):
        np.testing.assert_allclose(rotation_vectors(quaternions), LEFT.as_rotvec(), atol=1e-13)
    assert np.linalg.norm(rotation_vectors(LEFT.as_quat()), axis=1).max() <= np.pi


def test_rotation_vectors_come_back():
    for size in (0.0, 1e-200, 1e-18, 1e-9, 1e-3, 1, 3.14):
        vectors = size * RIGHT.as_rotvec() / RIGHT.magnitude()[:, None]
        np.testing.assert_allclose(rotation_vectors(from_rotation_vectors(vectors)), vectors, rtol=1e-12, atol=0)


def test_nothing_turns_nothing_exactly():
    still = from_rotation_vectors(np.zeros((1, 3)))
    np.testing.assert_array_equal(still, [[0, 0, 0, 1]])
    np.testing.assert_array_equal(product(LEFT.as_quat(), still), LEFT.as_quat())
    np.testing.assert_array_equal(rotation_vectors(still), np.zeros((1, 3)))
