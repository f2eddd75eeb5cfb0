"""Entities that stand in one another."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from r2s2r.stages.edit.lint.depths import Depths
from r2s2r.stages.edit.lint.staged import Staged
from r2s2r.stages.edit.lint.told import at_frames, filled, probed

# All the frames of all the pairs that are looked at, and those of one whose meshes change their form.
_MOST_LOOKS, _MOST_BENT_LOOKS = 1200, 12
_MOST_PAIRS = 60


@dataclass(frozen=True, eq=False)
class _Pair:
    """Two entities whose boxes meet.

    Attributes:
        first: The one.
        second: The other.
        meeting: [T] bool, when.
    """

    first: str
    second: str
    meeting: NDArray[np.bool_]


def collisions(staged: Staged) -> Iterator[str]:
    """Yield sentences about entities that are shown and stand in one another, deeper than by resting."""
    pairs = list(_pairs(staged))
    yield from _told(staged, pairs[:_MOST_PAIRS])
    if len(pairs) > _MOST_PAIRS:
        yield f"{len(pairs) - _MOST_PAIRS} more pairs of entities are close; whether they touch was not looked at"


def _pairs(staged: Staged) -> Iterator[_Pair]:
    """Yield the pairs of entities whose boxes meet while both are shown."""
    boxes, visible = staged.world_boxes_m, staged.animation.visible
    names = [name for name in boxes if visible[name].any()]
    low = np.array([boxes[name][visible[name], 0].min(axis=0) for name in names]).reshape(-1, 3)
    high = np.array([boxes[name][visible[name], 1].max(axis=0) for name in names]).reshape(-1, 3)
    ever = np.logical_and.reduce([low[:, None, axis] < high[None, :, axis] for axis in range(3)])
    for one, other in np.argwhere(np.triu(ever & ever.T, 1)):
        first, second = names[one], names[other]
        apart = (boxes[first][:, 0] >= boxes[second][:, 1]) | (boxes[second][:, 0] >= boxes[first][:, 1])
        meeting = ~apart.any(axis=1) & visible[first] & visible[second]
        if meeting.any():
            yield _Pair(first, second, meeting)


def _told(staged: Staged, pairs: list[_Pair]) -> Iterator[str]:
    depths = Depths(staged)
    for pair in pairs:
        bends = staged.bends(pair.first) or staged.bends(pair.second)
        looks = probed(pair.meeting, _MOST_BENT_LOOKS if bends else max(2, _MOST_LOOKS // len(pairs)))
        found_m = depths.between(pair.first, pair.second, looks)
        if (found_m > 0).any():
            worst = int(np.argmax(found_m))
            frames = filled(looks, found_m > 0, pair.meeting)
            yield (
                f"{pair.first} and {pair.second} stand in one another {at_frames(frames)}, "
                f"{found_m[worst]:.2g} m deep at frame {looks[worst]}"
            )
