"""A depth map in hand, before it is written."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.depth import DepthFacts

# With less of the picture known than this, an entity may well have no depth at all.
_FEW = 0.5


@dataclass(frozen=True, eq=False)
class FoundDepth:
    """Depth [H, W] float32 of the footage's size, 0 where it is unknown, and what is known about it."""

    values: NDArray[np.float32]
    facts: DepthFacts


def sparse_findings(known: float) -> tuple[str, ...]:
    """Say when little of a picture has a depth; ``known`` is the share that has one."""
    if known >= _FEW:
        return ()
    return (
        f"only {known:.0%} of the picture has a depth; entities elsewhere are placed by the ground: give a denser map, "
        "or measure it with depth.backend: depth_pro",
    )
