"""Flow: how the picture moves."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Flow:
    """Where the surface at each pixel's centre is seen at another moment.

    Attributes:
        move_px: [H, W, 2] float32: from the pixel's centre, x right and y down; 0 where ``seen`` cannot be.
        seen: [H, W] bool: that very point is in the picture then, and nothing hides it.
    """

    move_px: NDArray[np.float32]
    seen: NDArray[np.bool_]
