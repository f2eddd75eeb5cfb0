"""One texture for many: the pictures and colours of a mesh's parts, packed into an atlas."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from r2s2r.geometry.rows import distinct

# What is repeated more often than this across one face is squeezed; what is larger than this is reduced.
_MAX_REPEATS = 8
_MAX_TILE_PX = 4096
_MAX_ATLAS_PX = 8192
# Texels of its own edge around each tile, so that filtering never reaches a neighbour.
_MARGIN_PX = 2


@dataclass(frozen=True, eq=False)
class Tile:
    """A picture [H, W, 3] uint8 and where the corners of some faces lie in it, [F, 3, 2]: u right, v down, 0..1."""

    picture: NDArray[np.uint8]
    corner_uv: NDArray[np.float64]


def tile_side(tiles: int) -> int:
    """Return how many pixels wide and high a tile is of use when there are so many: more would be reduced again."""
    return min(_MAX_TILE_PX, _MAX_ATLAS_PX // int(np.ceil(np.sqrt(max(tiles, 1)))))


def repeating_tile(picture: NDArray[np.uint8], corner_uv: NDArray[np.float64], side_px: int = _MAX_TILE_PX) -> Tile:
    """Return a tile for texture coordinates that may leave 0..1 and then repeat, as glTF's default sampler has it."""
    shifted = corner_uv - np.floor(corner_uv.min(axis=1, keepdims=True) + 1e-3)
    repeats = np.clip(np.ceil(shifted.max(axis=(0, 1)) - 1e-3), 1, _MAX_REPEATS).astype(int)
    limit_px = max(1, side_px // int(repeats.max()))
    reduced = _reduced(picture, min(1.0, limit_px / max(picture.shape[:2])))
    return Tile(np.tile(reduced, (repeats[1], repeats[0], 1)), np.clip(shifted / repeats, 0.0, 1.0))


def colour_tile(face_colours: NDArray[np.uint8]) -> Tile:
    """Return a tile that gives each face one colour, [F, 3] uint8 sRGB."""
    first, which = distinct(face_colours)
    colours = face_colours[first]
    side = int(np.ceil(np.sqrt(len(colours))))
    palette = np.zeros((side * side, 3), np.uint8)
    palette[: len(colours)] = colours
    texel = np.stack([which % side, which // side], axis=1)
    corner_uv = np.repeat(((texel + 0.5) / side)[:, None], 3, axis=1)
    return Tile(palette.reshape(side, side, 3), corner_uv)


def pack(tiles: list[Tile]) -> Tile:
    """Lay tiles out on a grid; the result's ``corner_uv`` are theirs, one after the other."""
    columns = int(np.ceil(np.sqrt(len(tiles))))
    rows = -(-len(tiles) // columns)
    largest = max(max(tile.picture.shape[:2]) for tile in tiles) + 2 * _MARGIN_PX
    scale = min(1.0, _MAX_ATLAS_PX / (columns * largest))
    pictures = [_with_margin(_reduced(tile.picture, scale)) for tile in tiles]
    height, width = (max(picture.shape[axis] for picture in pictures) for axis in (0, 1))
    atlas = np.zeros((rows * height, columns * width, 3), np.uint8)
    corner_uv = []
    for index, (picture, tile) in enumerate(zip(pictures, tiles, strict=True)):
        y0, x0 = index // columns * height, index % columns * width
        atlas[y0 : y0 + picture.shape[0], x0 : x0 + picture.shape[1]] = picture
        inner = np.array(picture.shape[1::-1]) - 2 * _MARGIN_PX
        corner_px = np.array([x0, y0]) + _MARGIN_PX + tile.corner_uv * inner
        corner_uv.append(corner_px / [atlas.shape[1], atlas.shape[0]])
    return Tile(atlas, np.concatenate(corner_uv))


def _reduced(picture: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    # A palette is never filtered: its texels are colours, not a picture.
    if scale >= 1 or max(picture.shape[:2]) * scale < 1:
        return picture
    size = tuple(max(1, round(side * scale)) for side in picture.shape[1::-1])
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BOX), np.uint8)


def _with_margin(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.pad(picture, ((_MARGIN_PX, _MARGIN_PX), (_MARGIN_PX, _MARGIN_PX), (0, 0)), mode="edge")
