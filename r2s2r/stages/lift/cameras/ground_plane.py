"""The ground in a cloud of points, seen from the camera."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.planes import level_planes, pitch_deg_over
from r2s2r.geometry.transforms import Array

_TRIALS = 2000
_SEED = 0
# The ground is looked for at most so steep against where the scene says it is.
_STEEPEST_DEG = 30.0
# A point belongs to the ground when it is off by less than this: of the camera's height, and of its own distance.
_OFF_HEIGHT, _OFF_DISTANCE = 0.02, 0.004
_FEWEST, _FEWEST_SHARE = 15, 0.02


@dataclass(frozen=True, eq=False)
class GroundPlane:
    """A plane before the camera, in its frame (OpenCV axes): points x with ``up . x = -height``.

    Attributes:
        up: [3], unit, away from the ground.
        height: Of the camera over it.
        share: Of the points below the camera, how many lie on it.
    """

    up: Array
    height: float
    share: float

    @property
    def pitch_deg(self) -> float:
        """The camera's pitch over it; negative looks down."""
        return pitch_deg_over(self.up)

    @property
    def roll_deg(self) -> float:
        """The camera's roll over it."""
        return float(np.degrees(np.arctan2(-self.up[0], -self.up[1])))


def ground_plane(points_camera: Array, up: Array) -> GroundPlane | None:
    """Find the ground among points [P, 3] in a camera's frame; None when they show none.

    By random samples: of planes hardly steeper than the stated ``up`` [3] allows, the one on which most points lie and
    below which there are few. So a table is not taken for the floor below it.
    """
    below = points_camera[points_camera @ up < 0]
    fewest = max(_FEWEST, _FEWEST_SHARE * len(points_camera))
    if len(below) < fewest:
        return None
    best, best_score = None, 0.0
    triples = np.random.default_rng(_SEED).integers(0, len(below), (_TRIALS, 3))
    for plane in level_planes(below[triples], up, _STEEPEST_DEG):
        off = below @ plane[:3] + plane[3]
        near = _near(below, plane[3])
        score = float((np.abs(off) < near).sum() - 2.0 * (off < -2 * near).sum())
        if score > best_score:
            best, best_score = plane, score
    return None if best is None else _refined(below, best, fewest)


def _near(points: Array, height: float) -> Array:
    near: Array = _OFF_HEIGHT * height + _OFF_DISTANCE * np.linalg.norm(points, axis=1)
    return near


def _refined(below: Array, plane: Array, fewest: float) -> GroundPlane | None:
    inliers: NDArray[np.bool_] = np.abs(below @ plane[:3] + plane[3]) < _near(below, plane[3])
    for _ in range(3):
        if inliers.sum() < fewest:
            return None
        middle = below[inliers].mean(axis=0)
        # The far points are the least certain.
        weights = 1 / np.linalg.norm(below[inliers], axis=1, keepdims=True)
        normal = np.linalg.svd((below[inliers] - middle) * weights, full_matrices=False)[2][2]
        normal = normal * np.sign(normal @ plane[:3])
        plane = np.append(normal, -normal @ middle)
        inliers = np.abs(below @ plane[:3] + plane[3]) < _near(below, plane[3])
    return GroundPlane(plane[:3], float(plane[3]), round(float(inliers.mean()), 4))
