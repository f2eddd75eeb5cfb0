"""Poses over time: gaps filled, jitter smoothed."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.signal import savgol_coeffs
from scipy.spatial.transform import Rotation

from r2s2r.geometry.poses import poses_at
from r2s2r.geometry.transforms import Array, inverse

# A parabola through five poses: takes away what shakes from frame to frame, leaves what moves.
_WINDOW, _ORDER = 5, 2


def filled(times_s: Array, poses: Array, seen: NDArray[np.bool_]) -> Array:
    """Return poses [N, 4, 4] with those that are not seen interpolated, or held before the first and after the last."""
    return poses_at(poses[seen], times_s[seen], times_s)


def smoothed(poses: Array) -> Array:
    """Return poses [N, 4, 4] with their jitter taken away (Savitzky and Golay, 1964); ends lose a part of it only."""
    if len(poses) < _WINDOW:
        return poses
    calm = poses.copy()
    calm[:, :3, 3] = _smoothed_values(poses[:, :3, 3])
    quaternions = Rotation.from_matrix(poses[:, :3, :3]).as_quat()
    turns = np.sign(np.sum(quaternions[1:] * quaternions[:-1], axis=1))
    quaternions[1:] *= np.cumprod(np.where(turns == 0, 1, turns))[:, None]
    calm[:, :3, :3] = Rotation.from_quat(_smoothed_values(quaternions)).as_matrix()
    return calm


def anchored(poses: Array, reference: int) -> Array:
    """Return poses [N, 4, 4] relative to the one at the reference frame, where a thing stands where it was placed."""
    settled: Array = np.round(inverse(poses[reference]) @ poses, 12) + 0.0  # rounding noise, and the sign of zero
    return settled


def smooth_rows(rows: NDArray[np.float32], progress: Callable[[int], None]) -> None:
    """Smooth a file of shapes [N, V, 3] along its first axis, in place, a window of them in memory."""
    if len(rows) < _WINDOW:
        return
    known: dict[int, NDArray[np.float32]] = {}
    for index in range(len(rows)):
        window = _window(index, len(rows))
        known = {row: known[row] if row in known else np.array(rows[row]) for row in window}
        rows[index] = np.tensordot(_weights(index, window), np.stack(list(known.values())), axes=1)
        progress(index + 1)


def _smoothed_values(values: Array) -> Array:
    """Return values [N, ...] smoothed along their first axis; N is at least the window."""
    windows = [_window(index, len(values)) for index in range(len(values))]
    means = [np.tensordot(_weights(i, window), values[list(window)], axes=1) for i, window in enumerate(windows)]
    return np.stack(means)


def _window(index: int, count: int) -> range:
    first = min(max(index - _WINDOW // 2, 0), count - _WINDOW)
    return range(first, first + _WINDOW)


def _weights(index: int, window: range) -> Array:
    return np.asarray(savgol_coeffs(_WINDOW, _ORDER, pos=index - window.start, use="dot"))
