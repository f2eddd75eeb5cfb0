"""Bundle adjustment: poses, and where on the thing the points are that show them, corrected by all frames together.

A mesh that was lifted from one frame is not as deep as the thing is: points that are taken to lie on it turn it too
much or too little.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import spsolve

from r2s2r.geometry.transforms import Array
from r2s2r.stages.lift.motions.pose import derivatives, moved, projected, robust

_ROUNDS = 40
# What is known of a point's place in a frame; and on the thing, as a share of its extent.
_NOISE_PX, _LOOSE = 0.3, 0.1
_ENOUGH = 1e-4


@dataclass(frozen=True, eq=False)
class Bundle:
    """Points of a thing in several frames.

    Attributes:
        camera_from_thing: [F, 4, 4], rigid.
        points_m: [M, 3] in the thing's frame.
        frame: [O], which frame a point is seen in.
        point: [O], which point it is.
        pixels: [O, 2], where it is seen.
        fixed: The frame whose pose is known.
    """

    camera_from_thing: Array
    points_m: Array
    frame: NDArray[np.int64]
    point: NDArray[np.int64]
    pixels: Array
    fixed: int


def adjusted(bundle: Bundle, intrinsics: Array) -> Bundle:
    """Move poses and points to where all is seen best (Levenberg-Marquardt with Huber's weights; Triggs et al. 2000).

    Points keep to where they were as far as the frames leave it open.
    """
    extent_m = float(np.ptp(bundle.points_m, axis=0).max())
    stiff = (_NOISE_PX / (_LOOSE * max(extent_m, 1e-9))) ** 2
    start_m, now, damping = bundle.points_m, bundle, 1e-3
    cost = _cost(now, start_m, stiff, intrinsics)
    for _ in range(_ROUNDS):
        further = _further(now, start_m, stiff, intrinsics, damping)
        there = _cost(further, start_m, stiff, intrinsics)
        if there >= cost:
            damping *= 5
            continue
        done = cost - there < _ENOUGH * cost
        now, cost, damping = further, there, damping / 5
        if done:
            break
    return now


def _in_camera(bundle: Bundle) -> Array:
    poses = bundle.camera_from_thing[bundle.frame]
    points: Array = np.einsum("oij,oj->oi", poses[:, :3, :3], bundle.points_m[bundle.point]) + poses[:, :3, 3]
    return points


def _cost(bundle: Bundle, start_m: Array, stiff: float, intrinsics: Array) -> float:
    in_camera = _in_camera(bundle)
    if (in_camera[:, 2] <= 0).any():
        return float("inf")
    _, costs = robust(projected(in_camera, intrinsics) - bundle.pixels)
    return float(costs.sum() + stiff / 2 * ((bundle.points_m - start_m) ** 2).sum())


def _further(bundle: Bundle, start_m: Array, stiff: float, intrinsics: Array, damping: float) -> Bundle:
    """Return the bundle one step on: points are eliminated, what is left are the poses (Schur's complement)."""
    poses, in_camera = bundle.camera_from_thing, _in_camera(bundle)
    residual = projected(in_camera, intrinsics) - bundle.pixels
    weight, _ = robust(residual)
    by_pose, by_moved = derivatives(in_camera, poses[bundle.frame, :3, 3], intrinsics)
    by_pose[bundle.frame == bundle.fixed] = 0
    by_point = by_moved @ poses[bundle.frame, :3, :3]
    of_pose = _blocks(by_pose, weight, by_pose, bundle.frame, len(poses))
    of_pose[bundle.fixed] = np.eye(6)
    of_point = _blocks(by_point, weight, by_point, bundle.point, len(start_m)) + stiff * np.eye(3)
    for blocks in (of_pose, of_point):
        diagonal = np.einsum("nii->ni", blocks)
        diagonal *= 1 + damping
    pull = _sums(np.einsum("ori,o,or->oi", by_pose, weight, residual), bundle.frame, len(poses))
    drag = _sums(np.einsum("ori,o,or->oi", by_point, weight, residual), bundle.point, len(start_m))
    drag += stiff * (bundle.points_m - start_m)
    coupled = _coupling(np.einsum("ori,o,orj->oij", by_pose, weight, by_point), bundle)
    solved = _block_diagonal(np.asarray(np.linalg.inv(of_point), np.float64))
    carried = coupled @ solved
    # SuperLU, not LAPACK: equal bits however many threads there are.
    left = (_block_diagonal(of_pose) - carried @ coupled.T).tocsc()
    step = np.asarray(spsolve(left, carried @ drag.ravel() - pull.ravel()), np.float64)
    shift = -(solved @ (drag.ravel() + coupled.T @ step))
    return replace(
        bundle,
        camera_from_thing=moved(poses, step.reshape(-1, 6)),
        points_m=bundle.points_m + shift.reshape(-1, 3),
    )


def _blocks(one: Array, weight: Array, other: Array, index: NDArray[np.int64], count: int) -> Array:
    return _sums(np.einsum("ori,o,orj->oij", one, weight, other), index, count)


def _sums(rows: Array, index: NDArray[np.int64], count: int) -> Array:
    sums = np.zeros((count, *rows.shape[1:]))
    np.add.at(sums, index, rows)
    return sums


def _coupling(blocks: Array, bundle: Bundle) -> sparse.csr_array:
    """Return blocks [O, 6, 3] in their places, [6 F, 3 M]."""
    rows = np.broadcast_to(6 * bundle.frame[:, None, None] + np.arange(6)[:, None], blocks.shape)
    columns = np.broadcast_to(3 * bundle.point[:, None, None] + np.arange(3), blocks.shape)
    shape = (6 * len(bundle.camera_from_thing), 3 * len(bundle.points_m))
    return sparse.coo_array((blocks.ravel(), (rows.ravel(), columns.ravel())), shape=shape).tocsr()


def _block_diagonal(blocks: Array) -> sparse.csr_array:
    """Return blocks [N, k, k] on a diagonal."""
    count = np.arange(len(blocks) + 1)
    return sparse.csr_array(sparse.bsr_array((blocks, count[:-1], count)))
