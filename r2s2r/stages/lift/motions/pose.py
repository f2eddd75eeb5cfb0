"""Pose: where a thing is, told by where points of it are seen."""

from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from r2s2r.geometry.transforms import Array, transform_points

_SEED = 0  # RANSAC draws at random
_FEWEST = 6
_RANSAC_PX, _RANSAC_DRAWS = 2.0, 200
_ROUNDS = 15
# Farther off than this, a point pulls with the same force, however far it is.
_HUBER_PX = 0.5
# What is known of a point's place at best.
_NOISE_PX = 0.2


@dataclass(frozen=True, eq=False)
class Pose:
    """Where a thing is seen to be.

    Attributes:
        camera_from_thing: [4, 4], rigid.
        inliers: [N] bool, the points that agree.
        turn_deg: How well its rotation is known: one standard deviation about the worst axis.
        cost: What is left of the inliers' distances, in squared pixels.
    """

    camera_from_thing: Array
    inliers: NDArray[np.bool_]
    turn_deg: float
    cost: float


def pose_of(points_m: Array, pixels: Array, intrinsics: Array, guess: Array) -> Pose | None:
    """Find where points [N, 3] are that are seen at pixels [N, 2]; None where they do not agree.

    What agrees is found by RANSAC, then least squares begin at its pose and at ``guess`` [4, 4], and the better one
    wins: of something flat two poses look much alike. Always the same answer.
    """
    if len(points_m) < _FEWEST:
        return None
    cv2.setRNGSeed(_SEED)
    found, turn, offset, chosen = cv2.solvePnPRansac(
        points_m, pixels, intrinsics, None,
        iterationsCount=_RANSAC_DRAWS, reprojectionError=_RANSAC_PX, confidence=0.999, flags=cv2.SOLVEPNP_SQPNP,
    )  # fmt: skip
    if not found or chosen is None or len(chosen) < _FEWEST:
        return None
    inliers = np.zeros(len(points_m), bool)
    inliers[chosen.ravel()] = True
    drawn = np.eye(4)
    drawn[:3, :3], drawn[:3, 3] = cv2.Rodrigues(turn)[0], offset.ravel()
    poses = [refined(start, points_m, pixels, intrinsics, inliers) for start in (guess, drawn)]
    return min((pose for pose in poses if pose is not None), key=lambda pose: pose.cost, default=None)


def refined(
    camera_from_thing: Array, points_m: Array, pixels: Array, intrinsics: Array, inliers: NDArray[np.bool_]
) -> Pose | None:
    """Move a pose to where the inliers are seen (Levenberg-Marquardt, Huber); None where it leads behind the camera."""
    pose, damping = camera_from_thing, 1e-3
    points, seen = points_m[inliers], pixels[inliers]
    here = _system(pose, points, seen, intrinsics)
    for _ in range(_ROUNDS):
        steep = here.normal + damping * np.diag(np.diag(here.normal))
        step: Array = np.linalg.lstsq(steep, -here.gradient, rcond=None)[0].astype(np.float64)
        further = moved(pose, step)
        there = _system(further, points, seen, intrinsics)
        if there.cost < here.cost:
            done = here.cost - there.cost < 1e-9 * here.cost
            pose, here, damping = further, there, damping / 5
            if done:
                break
        else:
            damping *= 5
    off = distances(pose, points_m, pixels, intrinsics)
    agree = off < _RANSAC_PX
    if not np.isfinite(here.cost) or not agree.any():
        return None
    spread = max(_NOISE_PX, float(np.sqrt(np.mean(off[agree] ** 2))))
    covariance = np.linalg.pinv(here.normal)[:3, :3] * spread**2
    return Pose(pose, agree, float(np.degrees(np.sqrt(np.linalg.eigvalsh(covariance)[-1]))), here.cost)


def distances(camera_from_thing: Array, points_m: Array, pixels: Array, intrinsics: Array) -> Array:
    """Return how far [N], in pixels, points are seen from where a pose has them; infinite behind the camera."""
    in_camera = transform_points(camera_from_thing, points_m)
    off: Array = np.linalg.norm(projected(in_camera, intrinsics) - pixels, axis=1)
    return np.where(in_camera[:, 2] > 0, off, np.inf)


def projected(in_camera: Array, intrinsics: Array) -> Array:
    """Return the pixels [..., 2] of points [..., 3] of the camera's frame."""
    flat = in_camera @ intrinsics.T
    with np.errstate(divide="ignore", invalid="ignore"):
        pixels: Array = flat[..., :2] / flat[..., 2:]
    return pixels


class _System(NamedTuple):
    """The cost at a pose, and its normal matrix [6, 6] and gradient [6] for a small turn on the spot and a move."""

    cost: float
    normal: Array
    gradient: Array


def _system(pose: Array, points: Array, seen: Array, intrinsics: Array) -> _System:
    in_camera = transform_points(pose, points)
    if (in_camera[:, 2] <= 0).any():
        return _System(np.inf, np.eye(6), np.zeros(6))
    residual = projected(in_camera, intrinsics) - seen
    weight, costs = robust(residual)
    jacobian, _ = derivatives(in_camera, pose[:3, 3], intrinsics)
    normal = np.einsum("nri,n,nrj->ij", jacobian, weight, jacobian)
    gradient = np.einsum("nri,n,nr->i", jacobian, weight, residual)
    return _System(float(costs.sum()), normal, gradient)


def derivatives(in_camera: Array, origins: Array, intrinsics: Array) -> tuple[Array, Array]:
    """Return how the pixels of points [N, 3] of the camera's frame change.

    First [N, 2, 6] with a small turn of a thing about its origin, [3] or [N, 3] there, and a move of it; then [N, 2, 3]
    with a move of the point.
    """
    by_point = np.zeros((len(in_camera), 2, 3))
    by_point[:, 0, 0], by_point[:, 1, 1] = intrinsics[0, 0], intrinsics[1, 1]
    by_point[:, :, 2] = intrinsics[:2, 2] - projected(in_camera, intrinsics)
    by_point /= in_camera[:, 2, None, None]
    return np.concatenate([-by_point @ _skew(in_camera - origins), by_point], axis=2), by_point


def moved(poses: Array, steps: Array) -> Array:
    """Return poses [..., 4, 4] after small turns on the spot and moves [..., 6]."""
    there = poses.copy()
    there[..., :3, :3] = Rotation.from_rotvec(steps[..., :3]).as_matrix() @ poses[..., :3, :3]
    there[..., :3, 3] += steps[..., 3:]
    return there


def robust(residual: Array) -> tuple[Array, Array]:
    """Return the weights [N] of residuals [N, 2] in pixels, and their costs [N] (Huber)."""
    length = np.linalg.norm(residual, axis=1)
    cost = np.where(length < _HUBER_PX, length**2 / 2, _HUBER_PX * (length - _HUBER_PX / 2))
    return _HUBER_PX / np.maximum(length, _HUBER_PX), cost


def _skew(vectors: Array) -> Array:
    x, y, z = vectors.T
    zero = np.zeros_like(x)
    return np.stack([zero, -z, y, z, zero, -x, -y, x, zero], axis=1).reshape(-1, 3, 3)
