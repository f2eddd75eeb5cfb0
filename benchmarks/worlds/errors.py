"""How wrong a solved camera or picture is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from r2s2r.artifacts.source_camera import SourceCamera
from r2s2r.geometry.transforms import Array


@dataclass(frozen=True)
class CameraError:
    """A solved camera against the truth.

    Attributes:
        ate: Root mean square of the eyes' errors after the best similarity, over the path's length; None for no path.
        scale: That similarity's scale: 1 where metres are metres.
        rotation_deg: Mean error of the turns from the reference frame.
        focal: Relative error of the focal length.
    """

    ate: float | None
    scale: float
    rotation_deg: float
    focal: float


def camera_error(found: SourceCamera, truth: SourceCamera) -> CameraError:
    """Compare a solved camera with the truth."""
    eyes, true_eyes = found.world_from_camera[:, :3, 3], truth.world_from_camera[:, :3, 3]
    path_m = float(np.linalg.norm(np.diff(true_eyes, axis=0), axis=1).sum())
    ate, scale = None, 1.0
    if path_m > 1e-6:
        aligned, scale = _aligned(eyes, true_eyes)
        ate = float(np.sqrt(((aligned - true_eyes) ** 2).sum(axis=1).mean())) / path_m
    between = np.swapaxes(found.world_from_camera[:, :3, :3], 1, 2) @ truth.world_from_camera[:, :3, :3]
    rotation_deg = float(np.degrees(Rotation.from_matrix(between).magnitude()).mean())
    return CameraError(ate, scale, rotation_deg, float(found.intrinsics[0, 0] / truth.intrinsics[0, 0]) - 1)


def psnr(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Return the peak signal to noise ratio of two pictures, or parts of them, in dB."""
    return float(10 * np.log10(255**2 / max(1e-9, ((one.astype(float) - other) ** 2).mean())))


def _aligned(points: Array, target: Array) -> tuple[Array, float]:
    """Return points [N, 3] after the similarity (Umeyama) that brings them nearest to a target, and its scale."""
    middle, target_middle = points.mean(axis=0), target.mean(axis=0)
    left, sizes, right = np.linalg.svd((target - target_middle).T @ (points - middle))
    signs = np.array([1, 1, np.sign(np.linalg.det(left @ right))])
    turn = left @ np.diag(signs) @ right
    scale = float((sizes * signs).sum() / ((points - middle) ** 2).sum())
    return scale * (points - middle) @ turn.T + target_middle, scale
