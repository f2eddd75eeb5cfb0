"""The seam of the diffuse stage."""

from collections.abc import Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from r2s2r.stages.diffuse.inputs import DiffuseInputs


class FrameGenerator(Protocol):
    """Turns passes into pictures.

    A seam, because the preview anyone can run and the video model that needs weights and a GPU must be interchangeable:
    the same inputs, the same sizes, frame for frame the same moments.
    """

    def generate(self, inputs: DiffuseInputs) -> Iterator[NDArray[np.uint8]]:
        """Yield every frame of the animation in order, each [H, W, 3] uint8 sRGB at the animation's size."""
