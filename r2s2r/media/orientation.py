"""Which way is up: the display matrix that cameras write instead of turning the pixels."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np
from av import VideoFrame
from av.sidedata.sidedata import SideData, Type
from numpy.typing import NDArray


@dataclass(frozen=True)
class Orientation:
    """One of the eight ways a picture can lie: first transposed, then mirrored.

    Attributes:
        transpose: Whether rows become columns.
        mirror_x: Whether left and right are exchanged after that.
        mirror_y: Whether top and bottom are exchanged after that.
        is_exact: False where the file asks for an angle between quarter turns, which is not followed.
    """

    transpose: bool = False
    mirror_x: bool = False
    mirror_y: bool = False
    is_exact: bool = True

    def upright(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the coded picture [H, W, 3] as it is to be seen, [H, W, 3] or [W, H, 3]."""
        turned = picture.transpose(1, 0, 2) if self.transpose else picture
        turned = turned[:, ::-1] if self.mirror_x else turned
        turned = turned[::-1] if self.mirror_y else turned
        return np.ascontiguousarray(turned)


def orientation_of(frame: VideoFrame) -> Orientation:
    """Read a decoded frame's display matrix; a frame without one lies upright.

    The matrix is nine 16.16 fixed-point numbers ``a b u c d v x y w`` (ISO 14496-12, 8.2.2): a pixel at (x, y), y down,
    is seen at ``(a x + c y, b x + d y)``.
    """
    side_data = cast(Mapping[Type, SideData], frame.side_data)  # PyAV's stub knows motion vectors only
    if Type.DISPLAYMATRIX not in side_data:
        return Orientation()
    a, b, _, c, d, *_ = np.frombuffer(bytes(side_data[Type.DISPLAYMATRIX]), np.int32).tolist()
    straight, crossed = max(abs(a), abs(d)), max(abs(b), abs(c))
    is_exact = min(straight, crossed) * 100 < max(straight, crossed)
    if straight >= crossed:
        return Orientation(False, a < 0, d < 0, is_exact)
    return Orientation(True, c < 0, b < 0, is_exact)
