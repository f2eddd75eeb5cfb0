"""What is to be drawn of some frames: found on the host from the entities' boxes, so that the GPU need not be asked."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array
from r2s2r.stages.render.frustum import boxes_in_view
from r2s2r.stages.render.still import Still


@dataclass(frozen=True, eq=False)
class Shown:
    """Which entities may be seen in B frames, and where they are.

    Attributes:
        pixel_from_entity: [B, E, 3, 4], as in ``View``.
        seen: [B, E] bool; false of what is hidden, outside the picture or nearer than the near plane.
        crosses: [E] bool: in one of the frames at least, some of its box lies nearer than the near plane.
        near_m: The near plane.
    """

    pixel_from_entity: Array
    seen: NDArray[np.bool_]
    crosses: NDArray[np.bool_]
    near_m: float

    @classmethod
    def of(cls, stills: Sequence[Still]) -> "Shown":
        """Return what some frames of one film show."""
        (near_m,) = {still.view.near_m for still in stills}
        matrices = np.array([still.view.pixel_from_entity for still in stills])
        boxes = [boxes_in_view(still.view, still.mesh.bounds) for still in stills]
        seen = np.array([may_be_seen for may_be_seen, _ in boxes])
        too_near = np.array([(depth_m < near_m).any(axis=1) for _, depth_m in boxes])
        return cls(matrices, seen, np.any(seen & too_near, axis=0), near_m)
