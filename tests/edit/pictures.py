"""What the camera's tests look at: where things are in the picture, and how smoothly a camera goes."""

import numpy as np

from r2s2r.geometry.camera import Camera
from tests.edit.conftest import MIDDLE_M, SOURCE

GHOST_M = np.array([-2, 1.5, -5]) + np.arange(41)[:, None] * np.array([0.1, 0, 0])
BUNNY_M = np.tile(MIDDLE_M, (41, 1))


def pixels(path, points_m):
    """Where points [T, 3] are in the source's picture [T, 2], through the lens of each moment."""
    shown = []
    for matrix, zoom, point in zip(path.world_from_camera, path.zoom, points_m, strict=True):
        intrinsics = SOURCE.intrinsics.copy()
        intrinsics[[0, 1], [0, 1]] *= zoom
        shown.append(Camera(matrix, intrinsics, SOURCE.height, SOURCE.width).project(point)[0])
    return np.array(shown)


def lean_deg(path):
    """How far the picture's horizon leans [T]; positive where the camera is turned clockwise."""
    return np.degrees(np.arctan2(-path.rotation[:, 1, 0], -path.rotation[:, 1, 1]))


def state(path):
    """All of a camera path as numbers [T, 13]."""
    return np.concatenate([path.eye_m, path.rotation.reshape(-1, 9), np.log(path.zoom)[:, None]], axis=1)
