"""Difference: what a file moved, against the animation it was made from."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from r2s2r.geometry.transforms import Array

# Less than this is what files round.
_MOVED_M, _TURNED_DEG, _RESIZED = 1e-4, 0.01, 1e-4


@dataclass(frozen=True)
class Difference:
    """How far something stands from where it stood, at most over the frames; ``frame`` is the first where it does.

    Attributes:
        frame: Counted from 0.
        moved_m: Metres.
        turned_deg: Degrees.
        resized: Share of its size.
        of_size: What sentences call that; of a camera, it is the lens.
    """

    frame: int
    moved_m: float
    turned_deg: float
    resized: float
    of_size: str = "resized"

    def __str__(self) -> str:
        """Say what there is to say of it."""
        said = [
            f"moved by up to {self.moved_m:.3g} m" if self.moved_m > _MOVED_M else "",
            f"turned by up to {self.turned_deg:.3g} degrees" if self.turned_deg > _TURNED_DEG else "",
            f"{self.of_size} by up to {100 * self.resized:.3g} %" if self.resized > _RESIZED else "",
        ]
        return f"{', '.join(part for part in said if part)}, from frame {self.frame} on"


def difference(before: Array, after: Array, *, of_size: str = "resized") -> Difference | None:
    """Return how matrices [T, 4, 4] differ from others; None where only rounding does."""
    moved_m = np.linalg.norm(after[:, :3, 3] - before[:, :3, 3], axis=1)
    sizes = [np.linalg.norm(matrices[:, :3, :3], axis=1) for matrices in (before, after)]
    resized = np.abs(sizes[1] / sizes[0] - 1).max(axis=1)
    turns = [matrices[:, :3, :3] / size[:, None] for matrices, size in zip((before, after), sizes, strict=True)]
    turned_deg = np.degrees(Rotation.from_matrix(turns[1] @ turns[0].transpose(0, 2, 1)).magnitude())
    differs = (moved_m > _MOVED_M) | (turned_deg > _TURNED_DEG) | (resized > _RESIZED)
    if not differs.any():
        return None
    first = int(np.flatnonzero(differs)[0])
    return Difference(first, float(moved_m.max()), float(turned_deg.max()), float(resized.max()), of_size)


def scaled(matrices: Array, factors: Array) -> Array:
    """Return matrices [T, 4, 4] with their linear parts times factors [T]: so a lens is compared with its pose."""
    result = np.array(matrices)
    result[:, :3, :3] *= factors[:, None, None]
    return result
