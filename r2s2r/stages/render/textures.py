"""Textures with ready-made smaller versions, so that a texture seen from afar neither flickers nor blurs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from r2s2r.media.assets.colours import linear_from_srgb

# Linear light [256] float32 of an 8-bit sRGB value.
LIGHT = linear_from_srgb(np.arange(256) / 255.0).astype(np.float32)


@dataclass(frozen=True, eq=False)
class Textures:
    """The mip chains of E textures in one piece of memory; filtered in sRGB, as pictures are resized everywhere else.

    Attributes:
        texels: [N] uint32, all levels of all textures, row by row: red + 256 green + 65536 blue.
        levels: [E, L, 3] int64: first texel, height and width of each level; short chains repeat their last (1 x 1).
            From level to level the area halves, the sides shrink by sqrt(2). A level is used until the next is fine
            enough, and down to there bilinear sampling keeps a photograph's detail (36 to 44 dB against a proper
            resize; the nearest of whole octaves: 31 to 35).
    """

    texels: NDArray[np.uint32]
    levels: NDArray[np.int64]


def mip_chains(textures: Sequence[NDArray[np.uint8]]) -> Textures:
    """Build the chains of textures, each [Ht, Wt, 3] uint8."""
    chains = [_chain(texture) for texture in textures]
    depth = max((len(chain) for chain in chains), default=1)
    levels = np.zeros((len(chains), depth, 3), np.int64)
    first = 0
    for entity, chain in enumerate(chains):
        for index, level in enumerate(chain):
            levels[entity, index:] = first, *level.shape[:2]
            first += level.shape[0] * level.shape[1]
    texels = [_packed(level) for chain in chains for level in chain]
    return Textures(np.concatenate([np.empty(0, np.uint32), *texels]), levels)


def _packed(level: NDArray[np.uint8]) -> NDArray[np.uint32]:
    red, green, blue = np.moveaxis(level.reshape(-1, 3).astype(np.uint32), 1, 0)
    packed: NDArray[np.uint32] = red | green << np.uint32(8) | blue << np.uint32(16)
    return packed


def _chain(texture: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    height, width = texture.shape[:2]
    picture = Image.fromarray(np.ascontiguousarray(texture))
    chain = [texture]
    while chain[-1].shape[:2] != (1, 1):
        scale = 2 ** (-len(chain) / 2)
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        chain.append(np.asarray(picture.resize(size, Image.Resampling.LANCZOS)))
    return chain
