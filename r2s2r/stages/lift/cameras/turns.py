"""Turns of a camera and its focal length, fitted together to points that were followed between frames."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
from scipy.optimize import OptimizeResult, least_squares
from scipy.sparse import csr_array, csr_matrix, lil_matrix
from scipy.spatial.transform import Rotation

from r2s2r.geometry.camera import centred_intrinsics
from r2s2r.geometry.spread import evenly
from r2s2r.geometry.transforms import Array
from r2s2r.spec.source import DEFAULT_FOV_DEG
from r2s2r.stages.lift.cameras.background import Background
from r2s2r.stages.lift.cameras.tracks import corners, tracked

_STEPS = (1, 2, 4, 8)
_CORNERS, _PAIR_POINTS, _FEWEST = 400, 60, 20
# Points of one pair of frames that one homography has to explain.
_EXPLAINED, _EXPLAINED_PX = 0.8, 2.0
# What mere turns leave unexplained is the tracker's error: in pixels, more in pictures of more than 1000 columns.
_MEDIAN_PX, _NINTH_PX, _SOFT_PX = 0.25, 0.8, 0.3
# A lens that is known worse is not known.
_LENS_ERROR = 0.05
# What the fit itself says of its error is too little: its errors are alike in neighbouring frames.
_ALIKE = 5.0
# A turn of fewer degrees does not tell the lens, whatever the fit says: a little travel looks the same.
_LEAST_DEG = 4.0
_DEFAULT_FOCAL_WIDTHS = 0.5 / math.tan(math.radians(DEFAULT_FOV_DEG / 2))


@dataclass(frozen=True, eq=False)
class Pair:
    """The same points [T, 2] in two frames, given by their places in a list."""

    first: int
    second: int
    first_px: Array
    second_px: Array


@dataclass(frozen=True, eq=False)
class Turns:
    """What was fitted.

    Attributes:
        focal_px: Focal length in pixels.
        lens_error: About its relative error; None where it could not be told and the default is taken.
        world_from_camera: [K, 3, 3]; the first is the identity.
    """

    focal_px: float
    lens_error: float | None
    world_from_camera: Array


def pairs_of(frames: Sequence[Background]) -> list[Pair] | None:
    """Follow points between neighbouring frames and farther ones; None when homographies do not explain their ways."""
    if len(frames) < 3:
        return None
    points = [corners(frame, _CORNERS) for frame in frames]
    steps: list[Array] = []
    pairs = []
    for number in range(len(frames) - 1):
        found = _pair(frames, points, number, number + 1, None)
        if found is None:
            return None
        pairs.append(found[0])
        steps.append(found[1])
    for step in _STEPS[1:]:
        for number in range(len(frames) - step):
            guess = np.linalg.multi_dot([*steps[number : number + step][::-1]])
            if (found := _pair(frames, points, number, number + step, guess)) is not None:
                pairs.append(found[0])
    return pairs


def _pair(
    frames: Sequence[Background], points: Sequence[Array], first: int, second: int, guess: Array | None
) -> tuple[Pair, Array] | None:
    """Return a pair and its homography; None when too little is found, or a homography does not explain it."""
    expected = (
        None if guess is None else np.asarray(cv2.perspectiveTransform(points[first][:, None], guess)[:, 0], np.float64)
    )
    tracks = tracked(frames[first], frames[second], points[first], expected)
    if len(tracks.kept) < _FEWEST:
        return None
    fitted, inliers = cv2.findHomography(tracks.start_px, tracks.end_px, cv2.RANSAC, _EXPLAINED_PX)
    if fitted is None or inliers.mean() < _EXPLAINED:
        return None
    chosen = evenly(np.flatnonzero(inliers.ravel()).tolist(), _PAIR_POINTS)
    return Pair(first, second, tracks.start_px[chosen], tracks.end_px[chosen]), np.asarray(fitted, np.float64)


def turns_from(pairs: Sequence[Pair], count: int, width: int, height: int) -> Turns | None:
    """Fit one focal length and the turns of ``count`` frames; None when a turning camera does not explain the pairs.

    Where the camera turns too little to tell its lens, the default field of view is taken.
    """
    centre = np.array([width / 2, height / 2])
    scale = max(1.0, width / 1000)
    first = _first_guess(pairs, count, centre, _DEFAULT_FOCAL_WIDTHS * width)
    fitted = _fitted(partial(_residuals, pairs=pairs, centre=centre), first, _sparsity(pairs, len(first)), scale)
    off_px = np.linalg.norm(fitted.fun.reshape(-1, 2), axis=1) / scale
    if np.median(off_px) > _MEDIAN_PX or np.quantile(off_px, 0.9) > _NINTH_PX:
        return None
    lens_error = _ALIKE * float(np.sqrt(2 * fitted.cost / len(off_px) * _variance_of_first(fitted.jac)))
    turned_deg = np.degrees(np.linalg.norm(fitted.x[1:].reshape(-1, 3), axis=1).max())
    if lens_error <= _LENS_ERROR and turned_deg >= _LEAST_DEG:
        return Turns(float(np.exp(fitted.x[0])), lens_error, _rotations(fitted.x[1:]))
    given = partial(_residuals_with, first[0], pairs=pairs, centre=centre)
    fitted = _fitted(given, first[1:], _sparsity(pairs, len(first))[:, 1:], scale)
    return Turns(float(np.exp(first[0])), None, _rotations(fitted.x))


def _fitted(residuals: Callable[[Array], Array], first: Array, depends: lil_matrix, scale: float) -> OptimizeResult:
    return least_squares(
        residuals, first, jac_sparsity=depends, loss="soft_l1", f_scale=_SOFT_PX * scale, x_scale="jac", max_nfev=60
    )


def _rotations(values: Array) -> Array:
    turns: Array = Rotation.from_rotvec(np.vstack([np.zeros(3), values.reshape(-1, 3)])).as_matrix()
    return turns


def turn_between(start_px: Array, end_px: Array, intrinsics: Array) -> Array | None:
    """Return the turn ``end_from_start`` [3, 3] that carries points [T, 2] of a frame to another; None for too few."""
    start, end = (_rays(pixels, intrinsics) for pixels in (start_px, end_px))
    agreeing = np.ones(len(start), bool)
    turn = np.eye(3)
    for within_px in (8.0, 2.0, 1.0):
        if agreeing.sum() < _FEWEST:
            return None
        turn = Rotation.align_vectors(end[agreeing], start[agreeing])[0].as_matrix()
        off_px = intrinsics[0, 0] * np.linalg.norm(end - start @ turn.T, axis=1)
        agreeing = off_px < max(within_px, 2 * float(np.median(off_px)))
    return turn if agreeing.mean() > 0.5 else None


def _rays(pixels: Array, intrinsics: Array) -> Array:
    rays = np.column_stack([pixels, np.ones(len(pixels))]) @ np.linalg.inv(intrinsics).T
    unit: Array = rays / np.linalg.norm(rays, axis=1, keepdims=True)
    return unit


def _first_guess(pairs: Sequence[Pair], count: int, centre: Array, focal_px: float) -> Array:
    """Chain the turns between neighbours, for a focal length that is guessed."""
    width, height = (2 * centre).tolist()
    intrinsics = centred_intrinsics(focal_px, height=height, width=width)
    turns = [np.eye(3)]
    for pair in pairs[: count - 1]:
        start, end = _rays(pair.first_px, intrinsics), _rays(pair.second_px, intrinsics)
        turns.append(turns[-1] @ Rotation.align_vectors(start, end)[0].as_matrix())
    return np.append(np.log(focal_px), Rotation.from_matrix(np.array(turns[1:])).as_rotvec().ravel())


def _residuals(values: Array, *, pairs: Sequence[Pair], centre: Array) -> Array:
    """Return for each point of each pair by how many pixels it is missed, [2 T]."""
    focal_px = np.exp(values[0])
    turns = _rotations(values[1:])
    parts = []
    for pair in pairs:
        rays = np.column_stack([(pair.first_px - centre) / focal_px, np.ones(len(pair.first_px))])
        seen = rays @ (turns[pair.second].T @ turns[pair.first]).T
        depth = np.maximum(seen[:, 2:], 1e-3)
        parts.append((focal_px * seen[:, :2] / depth + centre - pair.second_px).ravel())
    residuals: Array = np.concatenate(parts)
    return residuals


def _residuals_with(log_focal: float, values: Array, *, pairs: Sequence[Pair], centre: Array) -> Array:
    return _residuals(np.append(log_focal, values), pairs=pairs, centre=centre)


def _sparsity(pairs: Sequence[Pair], unknowns: int) -> lil_matrix:
    """Tell which residuals depend on which unknowns: the lens, and the turns of the two frames."""
    depends = lil_matrix((sum(2 * len(pair.first_px) for pair in pairs), unknowns), dtype=np.int8)
    row = 0
    for pair in pairs:
        rows = slice(row, row + 2 * len(pair.first_px))
        depends[rows, 0] = 1
        for frame in (pair.first, pair.second):
            if frame > 0:
                depends[rows, 3 * frame - 2 : 3 * frame + 1] = 1
        row = rows.stop
    return depends


def _variance_of_first(jacobian: object) -> float:
    """Return the variance of the first unknown for residuals of variance 1."""
    assert isinstance(jacobian, csr_array | csr_matrix), "its sparsity was given"
    dense = jacobian.toarray()
    return float(np.linalg.pinv(dense.T @ dense)[0, 0])
