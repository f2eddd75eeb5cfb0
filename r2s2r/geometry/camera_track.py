"""Camera track: a camera over time, as files of other programs hold it."""

from dataclasses import dataclass
from fractions import Fraction

from r2s2r.geometry.transforms import Array


@dataclass(frozen=True, eq=False)
class CameraTrack:
    """A camera at N moments. World and camera axes, pixels and metres as everywhere (``Camera``, ``transforms``).

    Attributes:
        world_from_camera: [N, 4, 4], rigid.
        intrinsics: K [N, 3, 3], in pixels.
        height: Rows of its pictures.
        width: Columns of its pictures.
        times_s: [N] rising, from the first frame of the shot; None where a file has no times, only an order.
        fps: Rate the moments were taken at, where that is known.
        has_shape: Whether the file says how wide its pictures are for their height. Where it does not, ``height`` and
            ``width`` are made up, and only the vertical field of view means anything.
    """

    world_from_camera: Array
    intrinsics: Array
    height: int
    width: int
    times_s: Array | None = None
    fps: Fraction | None = None
    has_shape: bool = True
