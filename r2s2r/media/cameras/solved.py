"""What a solved camera's file says, whatever wrote it."""

from dataclasses import dataclass

import numpy as np

from r2s2r.errors import MediaError
from r2s2r.geometry.transforms import Array

# A file says more pictures or points than this only when it is damaged, or not for us.
MOST_PICTURES = 200_000
MOST_BYTES = 2_000_000_000
# Of more points, every so many are kept: they only tell where the ground is.
MOST_POINTS = 200_000
_LARGEST = 1e9


@dataclass(frozen=True)
class Lens:
    """A pinhole camera's lens; pixel centres at +0.5.

    Attributes:
        height: Rows of the pictures it was solved on.
        width: Columns of them.
        focal_px: Focal lengths (x, y).
        centre_px: Principal point (x, y).
        distortion: Radial k1, k2, tangential p1, p2, then k3 to k6, as OpenCV has them; fewer where the rest is 0.
    """

    height: int
    width: int
    focal_px: tuple[float, float]
    centre_px: tuple[float, float]
    distortion: tuple[float, ...] = ()

    @property
    def intrinsics(self) -> Array:
        """K [3, 3]."""
        (fx, fy), (cx, cy) = self.focal_px, self.centre_px
        return np.array([[fx, 0, cx], [0, fy, cy], [0, 0, 1.0]])

    @property
    def corner_shift_px(self) -> float:
        """By how many pixels the distortion moves the corners of the picture, at most."""
        k1, k2, p1, p2, k3, k4, k5, k6 = (*self.distortion, *(0.0,) * (8 - len(self.distortion)))
        corners = np.array([[0, 0], [self.width, 0], [0, self.height], [self.width, self.height]], float)
        x, y = ((corners - self.centre_px) / self.focal_px).T
        r2 = x * x + y * y
        radial = (1 + r2 * (k1 + r2 * (k2 + r2 * k3))) / (1 + r2 * (k4 + r2 * (k5 + r2 * k6)))
        moved_x = x * (radial - 1) + 2 * p1 * x * y + p2 * (r2 + 2 * x * x)
        moved_y = y * (radial - 1) + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y
        return float(np.hypot(moved_x * self.focal_px[0], moved_y * self.focal_px[1]).max())


@dataclass(frozen=True, eq=False)
class SolvedPicture:
    """One picture's camera.

    Attributes:
        name: The picture's file, as written.
        world_from_camera: [4, 4], OpenCV camera axes, rigid; the solver's own world and unit.
        lens: What it was taken with.
    """

    name: str
    world_from_camera: Array
    lens: Lens


@dataclass(frozen=True, eq=False)
class SolvedCameras:
    """All pictures whose camera is known, at least one, and points [P, 3] of what they show (P may be 0)."""

    pictures: tuple[SolvedPicture, ...]
    points: Array


def lens_from(
    *, size: tuple[float, float], focal: tuple[float, float], centre: tuple[float, float],
    distortion: tuple[float, ...], where: str,
) -> Lens:  # fmt: skip
    """Return a lens of numbers from a file: ``size`` is (width, height). Raises MediaError for impossible ones."""
    numbers = (*size, *focal, *centre, *distortion)
    if not all(np.isfinite(number) and abs(number) < _LARGEST for number in numbers):
        raise MediaError(f"{where}: holds numbers that are none, or beyond all bounds")
    if min(size) < 1 or min(focal) <= 0:
        raise MediaError(f"{where}: needs a width, a height and focal lengths above 0")
    return Lens(int(size[1]), int(size[0]), focal, centre, distortion if any(distortion) else ())


def rigid(matrix: Array, where: str) -> Array:
    """Return a pose [4, 4] with its rotation made exact. Raises MediaError when it is no pose."""
    if not np.isfinite(matrix).all() or np.abs(matrix).max() > _LARGEST:
        raise MediaError(f"{where}: its pose holds numbers that are none, or beyond all bounds")
    left, sizes, right = np.linalg.svd(matrix[:3, :3])
    if np.linalg.det(left @ right) < 0:
        raise MediaError(
            f"{where}: its pose mirrors: it is left-handed, as Unity's and Unreal's are; export it right-handed"
        )
    if np.abs(sizes - 1).max() > 0.01:
        raise MediaError(f"{where}: its pose is no rotation and translation: it scales or shears")
    exact = np.eye(4)
    exact[:3, :3], exact[:3, 3] = left @ right, matrix[:3, 3]
    return exact


def thinned(points: Array) -> Array:
    """Return at most ``MOST_POINTS`` of points [P, 3], without those that are not finite."""
    finite = points[np.isfinite(points).all(axis=1)]
    return finite[:: 1 + (len(finite) - 1) // MOST_POINTS] if len(finite) else finite
