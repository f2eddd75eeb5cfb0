"""The kernels that find faces which cannot be seen, before they are drawn; compiled as ``visibility`` is.

Half of a dense mesh's faces look away from the camera, and are hidden by the other half nearly everywhere. Leaving them
out because they look away is right only for a closed mesh that nowhere passes through itself, seen from outside, and
few are known to be. So faces that look at the camera are drawn first, and of the others those are left out that lie
behind all that was drawn in the tiles they touch: for any mesh, without a pixel of difference.
"""

import math

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array
from r2s2r.stages.render.compiled import kernel

TILE_PX = 8


@kernel
def find_farthest(seen: NDArray[np.uint64], side: int, tiles: NDArray[np.float32]) -> None:
    """Lower each tile to the least 1 / depth that is in its samples; 0 where one shows nothing.

    Args:
        seen: [H * S, W * S], as in ``buffers.Target``.
        side: S, samples along a side of a pixel.
        tiles: [ceil(H / 8), ceil(W / 8)], lowered.
    """
    step = TILE_PX * side
    for row in range(tiles.shape[0]):
        for column in range(tiles.shape[1]):
            least = np.uint64(0xFFFFFFFFFFFFFFFF)
            for y in range(np.uintp(row * step), np.uintp(min((row + 1) * step, seen.shape[0]))):
                for x in range(np.uintp(column * step), np.uintp(min((column + 1) * step, seen.shape[1]))):
                    least = seen[y, x] if seen[y, x] < least else least
            tiles[row, column] = min(tiles[row, column], np.uint32(least >> np.uint64(32)).view(np.float32))


@kernel
def keep_unhidden(
    screen: Array, faces: NDArray[np.int32], tiles: NDArray[np.float32], order: NDArray[np.int32], start: int | np.uintp
) -> int:
    """Move those faces from ``order[start:]`` to its end that may be nearer than what their tiles show.

    Returns where they begin.
    """
    bottom, right = tiles.shape[0] - 1, tiles.shape[1] - 1
    kept = len(order)
    for place in range(len(order) - 1, start - 1, -1):
        face = order[place]
        a, b, c = np.uintp(faces[face, 0]), np.uintp(faces[face, 1]), np.uintp(faces[face, 2])
        az, bz, cz = screen[a, 2], screen[b, 2], screen[c, 2]
        x0 = _tile(_least(_least(screen[a, 0], screen[b, 0]), screen[c, 0]), right)
        x1 = _tile(_most(_most(screen[a, 0], screen[b, 0]), screen[c, 0]), right)
        y0 = _tile(_least(_least(screen[a, 1], screen[b, 1]), screen[c, 1]), bottom)
        y1 = _tile(_most(_most(screen[a, 1], screen[b, 1]), screen[c, 1]), bottom)
        farthest = _least(_least(tiles[y0, x0], tiles[y0, x1]), _least(tiles[y1, x0], tiles[y1, x1]))
        small = (x1 <= x0 + np.uintp(1)) & (y1 <= y0 + np.uintp(1)) & (az > 0.0) & (bz > 0.0) & (cz > 0.0)
        hidden = small & (np.float32(_most(_most(az, bz), cz)) < farthest)
        order[kept - 1] = face
        kept -= int(not hidden)
    return kept


@kernel
def _tile(position_px: float, last: int) -> np.uintp:
    """Return the tile of a place on the screen, the nearest one if it is off it."""
    tile = position_px * (1.0 / TILE_PX)
    tile = tile if tile > 0.0 else 0.0
    return np.uintp(math.floor(tile if tile < last else float(last)))


@kernel
def _least(a: float, b: float) -> float:
    return a if a < b else b


@kernel
def _most(a: float, b: float) -> float:
    return a if a > b else b
