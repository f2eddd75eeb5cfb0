"""The soft step every fade of the compositor goes by."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Value = TypeVar("Value", float, NDArray[np.float32], NDArray[np.float64])


def fade_out(value: Value, *, start: float, end: float) -> Value:
    """Return 1 up to ``start``, 0 from ``end`` on, and a smooth step (C1) between them."""
    share = np.clip((value - start) / (end - start), 0, 1)
    faded: Value = 1 - share * share * (3 - 2 * share)
    return faded
