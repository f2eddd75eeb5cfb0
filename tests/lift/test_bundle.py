"""Bundle adjustment: wrong depths and wrong poses are put right by what is seen in all frames."""

import numpy as np
from scipy.spatial.transform import Rotation

from r2s2r.geometry.transforms import transform_points
from r2s2r.stages.lift.motions.pose import projected
from r2s2r.stages.lift.motions.sightings import Sighting, corrected

INTRINSICS = np.array([[600.0, 0, 320], [0, 600, 180], [0, 0, 1]])
FRAMES, REFERENCE = 90, 30  # more than are corrected together


def turning(frames):
    poses = np.tile(np.eye(4), (frames, 1, 1))
    share = np.linspace(-0.5, 0.5, frames)
    poses[:, :3, :3] = Rotation.from_euler("YX", np.stack([40 * share, 15 * share], axis=1), degrees=True).as_matrix()
    poses[:, :3, 3] = np.stack([0.3 * share, 0.1 * share, 3 + 0.2 * share], axis=1)
    return poses


def seen(poses, points_m, taken_m):
    """What is seen of points, taken for others, from poses that grow wrong away from the reference frame."""
    found = {}
    for index, pose in enumerate(poses):
        drifted = pose.copy()
        turn = Rotation.from_euler("y", 0.2 * (index - REFERENCE), degrees=True).as_matrix()
        drifted[:3, :3] = turn @ pose[:3, :3]
        found[index] = Sighting(drifted, taken_m, projected(transform_points(pose, points_m), INTRINSICS))
    return found


def turned_deg(found, poses):
    ordered = np.stack([found[index] for index in range(len(poses))])
    apart = np.swapaxes(ordered[:, :3, :3], 1, 2) @ poses[:, :3, :3]
    return np.degrees(Rotation.from_matrix(apart).magnitude())


def test_points_on_a_mesh_that_is_too_flat_no_longer_turn_it_wrongly():
    poses, points_m = turning(FRAMES), np.random.default_rng(0).uniform(-0.4, 0.4, (80, 3))
    rays = transform_points(poses[REFERENCE], points_m)
    flat = rays * ((3 + 0.4 * (rays[:, 2:] - 3)) / rays[:, 2:])  # along their rays in the reference frame
    taken_m = (flat - poses[REFERENCE][:3, 3]) @ poses[REFERENCE][:3, :3]
    found = corrected(seen(poses, points_m, taken_m), REFERENCE, INTRINSICS)
    assert turned_deg(found, poses).max() < 0.3
    np.testing.assert_array_equal(found[REFERENCE], poses[REFERENCE])


def test_points_that_are_right_stay_and_poses_are_put_right():
    poses, points_m = turning(FRAMES), np.random.default_rng(1).uniform(-0.4, 0.4, (80, 3))
    found = corrected(seen(poses, points_m, points_m), REFERENCE, INTRINSICS)
    assert turned_deg(found, poses).max() < 0.01


def test_too_few_points_change_nothing():
    poses, points_m = turning(5), np.random.default_rng(2).uniform(-0.4, 0.4, (6, 3))
    sightings = {i: Sighting(pose, points_m, np.zeros((6, 2))) for i, pose in enumerate(poses)}
    found = corrected(sightings, 2, INTRINSICS)
    assert all(np.array_equal(found[i], pose) for i, pose in enumerate(poses))
