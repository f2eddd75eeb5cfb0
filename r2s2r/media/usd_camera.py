"""USD camera: a pinhole camera as USD knows it. Pure numbers; no USD library is needed here."""

from dataclasses import dataclass

from r2s2r.geometry.transforms import Array

# Any aperture gives the same picture; this is full-frame film, in tenths of a metre as USD wants lenses measured.
HORIZONTAL_APERTURE = 0.36


@dataclass(frozen=True, eq=False)
class Lens:
    """A zoom lens over T frames, in tenths of a metre.

    Attributes:
        focal_length: [T].
        vertical_aperture: The horizontal one is ``HORIZONTAL_APERTURE``.
        horizontal_offset: Positive shows more of the right.
        vertical_offset: Positive shows more of the top.
    """

    focal_length: Array
    vertical_aperture: float
    horizontal_offset: float
    vertical_offset: float


def lens(intrinsics: Array, *, height: int, width: int) -> Lens:
    """Return the lens that sees exactly what K [T, 3, 3] see, which differ in nothing but their zoom."""
    focal_x, focal_y = intrinsics[0, 0, 0], intrinsics[0, 1, 1]
    vertical = HORIZONTAL_APERTURE * (height / focal_y) / (width / focal_x)
    return Lens(
        focal_length=HORIZONTAL_APERTURE * intrinsics[:, 0, 0] / width,
        vertical_aperture=float(vertical),
        horizontal_offset=float(HORIZONTAL_APERTURE * (0.5 - intrinsics[0, 0, 2] / width)),
        vertical_offset=float(vertical * (intrinsics[0, 1, 2] / height - 0.5)),
    )
