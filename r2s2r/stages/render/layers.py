"""The passes of one frame, in memory."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.flow import Flow


@dataclass(frozen=True, eq=False)
class Layers:
    """One frame's passes, with the conventions of ``artifacts.passes.Passes``; 0 everywhere on the background.

    The entity at a pixel is the one at its centre, whatever the supersampling. Normal, depth and colour are made of
    those samples of the pixel that show this entity (of its centre, if none does): normals averaged and made unit
    again (towards the viewer, where they cancel out), the nearest depth, the mean colour (of the sRGB numbers, as
    textures are filtered).

    Attributes:
        normal: [H, W, 3] float32, unit: x right, y up, z towards the viewer.
        ids: [H, W] uint16.
        depth_m: [H, W] float32.
        rgb: [H, W, 3] uint8.
        coverage: [H, W] float32, the share of a pixel's samples that show any entity.
        uv: [H, W, 2] float32, u right, v down, at the pixels' centres.
        premultiplied: [H, W, 3] float32: linear light, the sum over all samples that show any entity (each of 8 bits,
            as in ``rgb``), over the number of samples.
        forward: To the next frame.
        backward: To the frame before.
    """

    normal: NDArray[np.float32]
    ids: NDArray[np.uint16]
    depth_m: NDArray[np.float32]
    rgb: NDArray[np.uint8]
    coverage: NDArray[np.float32]
    uv: NDArray[np.float32]
    premultiplied: NDArray[np.float32]
    forward: Flow
    backward: Flow

    def encoded_normal(self) -> NDArray[np.uint8]:
        """Return the normals as colours [H, W, 3] uint8: ``round(255 * (n / 2 + 1 / 2))``, background black."""
        colours = (self.normal * np.float32(127.5) + np.float32(128.0)).astype(np.uint8)
        colours[self.ids == 0] = 0
        return colours


@dataclass(frozen=True)
class Wanted:
    """Which passes are made besides normal, id, depth and rgb; the arrays of the others are empty (H = W = 0).

    Attributes:
        motion: ``forward`` and ``backward``.
        uv: That pass.
        coverage: That pass.
        premultiplied: That pass.
        flat: Normals of the faces instead of the mesh's own.
    """

    motion: bool = False
    uv: bool = False
    coverage: bool = False
    premultiplied: bool = False
    flat: bool = False


FOUR_PASSES = Wanted()
"""Normal, id, depth and rgb only."""


def blank_layers(height: int, width: int, wanted: Wanted) -> Layers:
    """Return layers that show nothing."""

    def array(size: bool, *channels: int) -> tuple[int, ...]:
        return (height, width, *channels) if size else (0, 0, *channels)

    def flow() -> Flow:
        return Flow(np.zeros(array(wanted.motion, 2), np.float32), np.zeros(array(wanted.motion), bool))

    return Layers(
        normal=np.zeros((height, width, 3), np.float32),
        ids=np.zeros((height, width), np.uint16),
        depth_m=np.zeros((height, width), np.float32),
        rgb=np.zeros((height, width, 3), np.uint8),
        coverage=np.zeros(array(wanted.coverage), np.float32),
        uv=np.zeros(array(wanted.uv, 2), np.float32),
        premultiplied=np.zeros(array(wanted.premultiplied, 3), np.float32),
        forward=flow(),
        backward=flow(),
    )
