"""What is to be drawn of some frames: found on the host from the entities' boxes, so that the GPU need not be asked."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array
from r2s2r.stages.render.still import Still


@dataclass(frozen=True, eq=False)
class Shown:
    """Which entities may be seen in B frames, and where they are.

    Attributes:
        pixel_from_entity: [B, E, 3, 4]: maps a vertex to (x d, y d, d), pixels x and y and depth d in metres.
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
        matrices = np.array([still.view.intrinsics @ still.view.camera_from_entity[:, :3] for still in stills])
        parts = [_looked_at(still, own) for still, own in zip(stills, matrices, strict=True)]
        seen = np.array([part[0] for part in parts])
        crosses = np.array([part[0] & part[1] for part in parts])
        return cls(matrices, seen, np.any(crosses, axis=0), near_m)


def _looked_at(still: Still, pixel_from_entity: Array) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return [E]: whether something of an entity's box may be seen, and whether some of it is too near."""
    view, bounds = still.view, still.mesh.bounds
    corners = bounds @ pixel_from_entity[:, :, :3].swapaxes(1, 2) + pixel_from_entity[:, None, :, 3]
    x, y, depth_m = np.moveaxis(corners, -1, 0)
    active, too_near = view.active, depth_m < view.near_m
    outside = (
        too_near,
        x < active.x0 * depth_m,
        x > active.x1 * depth_m,
        y < active.y0 * depth_m,
        y > active.y1 * depth_m,
    )
    beyond = np.any([side.all(axis=1) for side in outside], axis=0)
    return view.visible & ~beyond, too_near.any(axis=1)
