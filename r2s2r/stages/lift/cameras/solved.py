"""A solved camera before it is brought into the world."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array


@dataclass(frozen=True, eq=False)
class Solved:
    """The camera at each of the footage's stored frames, in the solver's own world and unit.

    Attributes:
        intrinsics: K [3, 3] in pixels of the footage.
        world_from_camera: [N, 4, 4]; interpolated where not ``found``.
        found: [N] bool, whose pose was found.
        points: [P, 3] of what the clip shows; none where only the camera's turns are known.
        turns_only: Whether it turns on the spot; then there is no scale to find.
        findings: What a person should know.
    """

    intrinsics: Array
    world_from_camera: Array
    found: NDArray[np.bool_]
    points: Array
    turns_only: bool = False
    findings: tuple[str, ...] = ()
