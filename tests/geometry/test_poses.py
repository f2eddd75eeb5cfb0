"""Poses between poses."""

import numpy as np
from scipy.spatial.transform import Rotation

from r2s2r.geometry.poses import poses_at

TIMES_S = np.array([0.0, 1.0, 3.0])


def poses():
    matrices = np.tile(np.eye(4), (3, 1, 1))
    matrices[:, :3, :3] = Rotation.from_euler("y", [[10], [50], [-30]], degrees=True).as_matrix()
    matrices[:, :3, 3] = [[0, 0, 0], [1, 2, 0], [5, 2, -4]]
    return matrices


def test_what_is_given_is_returned_to_the_bit():
    assert np.array_equal(poses_at(poses(), TIMES_S, TIMES_S[::-1]), poses()[::-1])


def test_between_two_it_turns_on_the_sphere_and_moves_straight():
    (half,) = poses_at(poses(), TIMES_S, np.array([2.0]))
    assert np.allclose(half[:3, :3], Rotation.from_euler("y", 10, degrees=True).as_matrix())
    assert np.allclose(half[:3, 3], [3, 2, -2])


def test_before_and_after_it_stays():
    assert np.array_equal(poses_at(poses(), TIMES_S, np.array([-9.0, 9.0])), poses()[[0, 2]])


def test_a_single_pose_is_there_at_all_times():
    assert np.array_equal(poses_at(poses()[:1], TIMES_S[:1], np.array([-1.0, 4.0])), poses()[[0, 0]])
