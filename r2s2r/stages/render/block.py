"""What ``shading`` works with: a frame, and the block of samples that it shades side by side."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array
from r2s2r.stages.render.surface import Drawn, Rays, Surface


class Block(NamedTuple):
    """Samples of one entity. Number k of lane i is at ``k * LANES + i``.

    Attributes:
        lane: x and y in halves of the distance of samples; face; what the sample counts for.
        face: Of the face: three vertices, three normals, three texture coordinates.
        hit: Where the ray meets it: depth, normal (x right, y up, z towards the viewer), weights of the second and the
            third corner, later texture coordinates; what part of the face the sample covers, later of the texture, at
            last where it lies between four texels, right and down.
        place: Level of the texture; then its first texel, height and width; then the indices of the four texels.
        texel: These; then red, green, blue.
    """

    lane: NDArray[np.int32]
    face: NDArray[np.float32]
    hit: Array
    place: NDArray[np.int64]
    texel: NDArray[np.uint32]


class Work(NamedTuple):
    """A frame, and what it is drawn with.

    Attributes:
        surface: The mesh.
        rays: The camera.
        drawn: The passes.
        block: What is shaded next.
        sums: [W, 8], of a row's pixels: nearest depth, number of samples, sum of their normals, of their colours.
        side: Samples along a pixel's side.
        flat: 1 for the normals of the faces, 0 for the mesh's own.
    """

    surface: Surface
    rays: Rays
    drawn: Drawn
    block: Block
    sums: NDArray[np.float32]
    side: int
    flat: float


def new_block(lanes: int) -> Block:
    """Return room for so many samples."""
    return Block(
        lane=np.zeros(4 * lanes, np.int32),
        face=np.zeros(24 * lanes, np.float32),
        hit=np.zeros(8 * lanes),
        place=np.zeros(4 * lanes, np.int64),
        texel=np.zeros(4 * lanes, np.uint32),
    )
