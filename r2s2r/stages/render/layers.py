"""The passes of one frame, in memory."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Layers:
    """One frame's passes, with the conventions of ``artifacts.passes.Passes``; 0 everywhere on the background.

    Attributes:
        normal: [H, W, 3] float32, unit: x right, y up, z towards the viewer.
        ids: [H, W] uint16.
        depth_m: [H, W] float32.
        rgb: [H, W, 3] uint8.
    """

    normal: NDArray[np.float32]
    ids: NDArray[np.uint16]
    depth_m: NDArray[np.float32]
    rgb: NDArray[np.uint8]

    def encoded_normal(self) -> NDArray[np.uint8]:
        """Return the normals as colours [H, W, 3] uint8: ``round(255 * (n / 2 + 1 / 2))``, background black."""
        colours = (self.normal * np.float32(127.5) + np.float32(128.0)).astype(np.uint8)
        colours[self.ids == 0] = 0
        return colours


def blank_layers(height: int, width: int) -> Layers:
    """Return layers that show nothing."""
    return Layers(
        normal=np.zeros((height, width, 3), np.float32),
        ids=np.zeros((height, width), np.uint16),
        depth_m=np.zeros((height, width), np.float32),
        rgb=np.zeros((height, width, 3), np.uint8),
    )
