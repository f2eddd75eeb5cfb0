"""Cameras over time to write and read again, and how near two of them are."""

from fractions import Fraction

import numpy as np
from scipy.spatial.transform import Rotation

from r2s2r.geometry.camera import Camera
from r2s2r.geometry.camera_track import CameraTrack

HEIGHT, WIDTH, COUNT = 480, 832, 7
FPS = Fraction(16)


def track(*, zoom=True, centre=(0.0, 0.0), stretch=1.0, count=COUNT, steep=False):
    """A camera that flies, turns by more than a circle, rolls and zooms; ``steep`` looks straight down on its way.

    ``centre`` shifts the principal point by pixels, ``stretch`` is the focal length across over that down.
    """
    share = np.linspace(0, 1, count)
    turns = np.stack([400 * share + 3, -40 * share - 2, 25 * share], axis=1)
    rotations = Rotation.from_euler("YXZ", turns, degrees=True).as_matrix() @ np.diag([1.0, -1, -1])
    if steep:
        rotations[count // 2] = np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]]).T @ np.diag([1.0, -1, -1])
        rotations[count // 2 + 1] = np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]]).T @ np.diag([1.0, -1, -1])
    poses = np.tile(np.eye(4), (count, 1, 1))
    poses[:, :3, :3] = rotations
    poses[:, :3, 3] = np.stack([3 * share - 1, 1.2 + share**2, 4 - 7 * share], axis=1)
    lenses = np.tile(np.eye(3), (count, 1, 1))
    lenses[:, 1, 1] = 700 * (1 + share * zoom)
    lenses[:, 0, 0] = lenses[:, 1, 1] * stretch
    lenses[:, 0, 2], lenses[:, 1, 2] = WIDTH / 2 + centre[0], HEIGHT / 2 + centre[1]
    return CameraTrack(poses, lenses, HEIGHT, WIDTH, fps=FPS)


def seen(camera_track):
    """Where each camera sees 100 points that lie before it [N, 100, 2], as shares of the picture."""
    before = np.random.default_rng(0).uniform([-2, -1, 2], [2, 1, 9], (100, 3))
    return np.stack([_pixels(camera_track, index, before) for index in range(len(camera_track.world_from_camera))])


def _pixels(camera_track, index, before):
    matrix = camera_track.world_from_camera[index]
    camera = Camera(matrix, camera_track.intrinsics[index], camera_track.height, camera_track.width)
    return camera.project(before @ matrix[:3, :3].T + matrix[:3, 3])[0]


def assert_same(read, written):
    """Poses to 1e-6, and points to a thousandth of a pixel."""
    assert (read.height, read.width) == (written.height, written.width)
    assert np.abs(read.world_from_camera - written.world_from_camera).max() < 1e-6
    assert np.abs(read.intrinsics - written.intrinsics).max() < 1e-6 * written.width
    assert np.abs(seen(read) - seen(written)).max() < 1e-3
