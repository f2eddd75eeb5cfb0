"""From the colours and pictures of a file's parts to one texture."""

from collections.abc import Sequence

import numpy as np

from r2s2r.media.assets.asset import Part
from r2s2r.media.atlas import Tile, colour_tile, pack, repeating_tile, tile_side


def painted(parts: Sequence[Part]) -> Tile:
    """Lay out what the parts show in one atlas; its ``corner_uv`` are theirs, one part after the other."""
    groups: dict[int, list[int]] = {}
    for number, part in enumerate(parts):
        groups.setdefault(0 if part.picture is None else id(part.picture), []).append(number)
    shown = [[parts[number] for number in numbers] for numbers in groups.values()]
    atlas = pack([_tile(members, tile_side(len(shown))) for members in shown])
    corner_uv = np.empty_like(atlas.corner_uv)
    starts = np.cumsum([0, *(len(part.faces) for part in parts)])
    done = 0
    for number in (number for numbers in groups.values() for number in numbers):
        count = len(parts[number].faces)
        corner_uv[starts[number] : starts[number] + count] = atlas.corner_uv[done : done + count]
        done += count
    return Tile(atlas.picture, corner_uv)


def _tile(members: Sequence[Part], side_px: int) -> Tile:
    """Return the tile of parts that show one picture, or none."""
    picture = members[0].picture
    if picture is None:
        return colour_tile(np.concatenate([part.face_colours for part in members]))
    corner_uv = [part.corner_uv for part in members if part.corner_uv is not None]
    return repeating_tile(picture, np.concatenate(corner_uv), side_px)
