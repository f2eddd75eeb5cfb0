"""The lens of a camera in a file, whatever the file calls it."""

from dataclasses import dataclass

from r2s2r.geometry.transforms import Array


@dataclass(frozen=True, eq=False)
class RecordedLens:
    """K [N, 3, 3] of a picture of ``height`` rows and ``width`` columns."""

    intrinsics: Array
    height: int
    width: int
