"""Poses between poses."""

import numpy as np
from scipy.spatial.transform import Rotation, Slerp

from r2s2r.geometry.transforms import Array


def poses_at(matrices: Array, times_s: Array, wanted_s: Array) -> Array:
    """Return rigid poses [T, 4, 4] at ``wanted_s`` [T], of poses [N, 4, 4] at times [N] that grow.

    Rotations are interpolated on the sphere, positions along straight lines. Before the first and after the last one it
    stays as there. At a time that is given, the pose is the given one to the bit.
    """
    within_s = np.clip(wanted_s, times_s[0], times_s[-1])
    result = np.tile(np.asarray(matrices[0], np.float64), (len(within_s), 1, 1))
    if len(matrices) > 1 and len(within_s):
        result[:, :3, :3] = Slerp(times_s, Rotation.from_matrix(matrices[:, :3, :3]))(within_s).as_matrix()
        for axis in range(3):
            result[:, axis, 3] = np.interp(within_s, times_s, matrices[:, axis, 3])
    at = np.minimum(np.searchsorted(times_s, within_s), len(times_s) - 1)
    given = times_s[at] == within_s
    result[given] = matrices[at[given]]
    return result
