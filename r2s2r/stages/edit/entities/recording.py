"""Recording: a motion in hand, whichever it comes from."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array


@dataclass(frozen=True, eq=False)
class Recording:
    """A motion at N moments, as ``Motion`` has it, for one entity of the shot.

    Attributes:
        times_s: [N] rising.
        poses: [N, 4, 4] rigid: from the entity's frame at a moment to that where it stands.
        shapes: Opens the vertices [N, V, 3] that the entity's mesh takes on, not in memory; None where it keeps its
            shape.
    """

    times_s: Array
    poses: Array
    shapes: Callable[[], NDArray[np.float32] | None] | None
