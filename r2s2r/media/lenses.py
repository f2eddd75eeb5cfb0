"""Lenses: what no camera of a file may see."""

import numpy as np

from r2s2r.errors import MediaError
from r2s2r.geometry.transforms import Array

# Shares of the picture's size: 179.8 degrees, and a three-thousandth of one.
_SHORTEST, _LONGEST = 1e-3, 1e4


def require_lenses(intrinsics: Array, height: int, width: int, where: str) -> None:
    """Raise MediaError, naming the frame, for K [N, 3, 3] that sees next to nothing, or all there is."""
    shares = intrinsics[:, [0, 1], [0, 1]] / (width, height)
    bad = ~((shares >= _SHORTEST) & (shares <= _LONGEST)).all(axis=1)
    if bad.any():
        frame = int(np.argmax(bad))
        raise MediaError(
            f"{where}: frame {frame}: its focal length is {shares[frame, 0]:.3g} times the picture's width, which no "
            f"lens has; give one between {_SHORTEST:g} and {_LONGEST:g}"
        )
