"""How the faces of a mesh hang together."""

import numpy as np
from numpy.typing import NDArray


def is_closed(faces: NDArray[np.int32]) -> bool:
    """Return whether each edge of faces [F, 3] is passed as often one way as the other: a surface without a border."""
    starts, ends = faces.astype(np.int64).ravel(), np.roll(faces, -1, axis=1).astype(np.int64).ravel()
    count = int(faces.max()) + 1
    forth, back = np.sort(starts * count + ends), np.sort(ends * count + starts)
    return bool(np.array_equal(forth, back))


def volume_m3(vertices: NDArray[np.float32], faces: NDArray[np.int32]) -> float:
    """Return the volume in a closed mesh of vertices [V, 3] and faces [F, 3]; negative if it is inside out."""
    corners = (vertices.astype(np.float64) - vertices.mean(axis=0, dtype=np.float64))[faces]
    return float(np.einsum("fi,fi->", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])) / 6)
