"""The seam of the diffuse stage."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.action import Measured
from r2s2r.artifacts.progress import Progress


@dataclass(frozen=True)
class Outcome:
    """What is to be known of generated frames besides the frames.

    Attributes:
        findings: Sentences a person should read.
        drift_delta_e: Of each segment: how far its mean colour is from frame 0 (CIE76); empty where nothing drifts.
        measured: Of this very run, for its record: seconds a step, peak memory, fallbacks.
    """

    findings: tuple[str, ...] = ()
    drift_delta_e: tuple[float, ...] = ()
    measured: Measured = field(default_factory=dict)


class FrameGenerator(Protocol):
    """Turns passes into pictures.

    A seam, because the preview anyone can run and the video models that need weights and a GPU must be interchangeable:
    the same sizes, frame for frame the same moments.
    """

    def generate(self, progress: Progress) -> Iterator[NDArray[np.uint8]]:
        """Yield every frame in order, each [H, W, 3] uint8 sRGB at the generated size; tell progress on the way."""

    def outcome(self) -> Outcome:
        """Return what is to be known, after the last frame was taken."""
