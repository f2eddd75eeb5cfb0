"""What a network says about the depth of a picture."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class DepthEstimate:
    """Depth of a picture.

    Attributes:
        values: [H, W] float32, of the picture's size: metres along the camera's axis, or disparity.
        measures: ``z``, in metres; or ``disparity``: 1 / z, but for an unknown factor and an unknown summand.
        focal_px: The focal length it saw, in pixels of the picture; None where it sees none.
    """

    values: NDArray[np.float32]
    measures: Literal["z", "disparity"]
    focal_px: float | None = None
