"""The pose of every frame, from those that were found."""

from collections.abc import Mapping

import numpy as np

from r2s2r.geometry.poses import poses_at
from r2s2r.geometry.transforms import Array


def interpolated(poses: Mapping[int, Array], times_s: Array) -> Array:
    """Return a pose [N, 4, 4] for each of the times [N], from those known by index (at least one)."""
    known = np.array(sorted(poses))
    return poses_at(np.stack([poses[index] for index in known]), times_s[known], times_s)
