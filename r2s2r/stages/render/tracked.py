"""What ``tracking`` works with: the mesh at a frame, the picture of another, and the pixels followed side by side."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array


class Scene(NamedTuple):
    """The merged mesh at one frame, before that frame's camera.

    Attributes:
        points: [V, 3], the vertices in the camera's pixel frame; of entities that are not there, anything.
        faces: [F, 3].
        face_entity: [F].
    """

    points: Array
    faces: NDArray[np.int32]
    face_entity: NDArray[np.int32]


class Picture(NamedTuple):
    """What can be seen at the other frame.

    Attributes:
        face_idx: [H, W], the nearest face at the pixels' centres.
        planes: [H, W, 3], as ``find_planes`` writes them.
        visible: [E], which entities are there.
        x0: Left end of what is drawn, in whole pixels.
        y0: Its upper end.
        x1: Its right end.
        y1: Its lower end.
        near_m: Nothing nearer to the camera's plane is drawn.
    """

    face_idx: NDArray[np.int32]
    planes: NDArray[np.float32]
    visible: NDArray[np.bool_]
    x0: int
    y0: int
    x1: int
    y1: int
    near_m: float


class Block(NamedTuple):
    """Pixels that are followed. Number k of lane i is at ``k * LANES + i``.

    Attributes:
        lane: x, y, face; columns and rows of the four samples round its place at the other frame; as bits, which
            of them show what is in front of it, all of them if it is not in the picture.
        corners: Of the face, three points of this frame, and three of the other.
        place: At the other frame: x and y in pixels, 1 / depth in 1/m, how that changes along the face with x and y;
            the latter two become the move.
        planes: Of the faces at the four samples.
    """

    lane: NDArray[np.int32]
    corners: Array
    place: Array
    planes: NDArray[np.float32]


def new_block(lanes: int) -> Block:
    """Return room for so many pixels."""
    return Block(
        lane=np.zeros(8 * lanes, np.int32),
        corners=np.zeros(18 * lanes),
        place=np.zeros(5 * lanes),
        planes=np.zeros(12 * lanes, np.float32),
    )
