"""Depth: how far away what the reference frame shows is; one for all entities of a source."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.facts import Facts, read_facts, write_facts
from r2s2r.media.exr import read_depth_exr, write_depth_exr

DEPTH = "depth.exr"


class DepthFacts(Facts):
    """Facts of a depth map.

    Attributes:
        measures: ``z`` along the camera's axis or ``distance`` along the ray, in metres; or ``disparity``: 1 / z up to
            a factor and a summand, which the ground gives.
        focal_px: Focal length that the model saw, in pixels of the footage; None where it sees none.
        known: Share of the picture whose depth is known.
    """

    measures: Literal["z", "distance", "disparity"] = "z"
    focal_px: float | None = None
    known: float = 1.0


@dataclass(frozen=True)
class Depth:
    """A folder with ``depth.exr`` (float32, 0 where unknown, at the footage's size) and ``facts.json``."""

    folder: Path
    facts: DepthFacts

    @classmethod
    def load(cls, folder: Path) -> "Depth":
        """Open a depth folder."""
        return cls(folder, read_facts(folder, DepthFacts))

    @classmethod
    def write(cls, folder: Path, depth: NDArray[np.float32], facts: DepthFacts) -> "Depth":
        """Write a depth map [H, W] into an empty folder."""
        write_depth_exr(folder / DEPTH, depth)
        write_facts(folder, facts)
        return cls(folder, facts)

    def map(self) -> NDArray[np.float32]:
        """Return the depth [H, W], 0 where it is unknown."""
        return read_depth_exr(self.folder / DEPTH)
