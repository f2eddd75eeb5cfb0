"""Frames of a video in the order a model wants them, which is not the one they are read in."""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Pictures: TypeAlias = NDArray[np.uint8]


def frames_at(read: Callable[[Collection[int]], Iterator[Pictures]]) -> Callable[[Sequence[int]], Pictures]:
    """Return a function from numbers of frames, in any order, repeated or not, to those frames, stacked.

    Args:
        read: Yields the frames of given numbers in their own order, each once.
    """

    def wanted(frames: Sequence[int]) -> Pictures:
        numbers = sorted(set(frames))
        found = dict(zip(numbers, read(numbers), strict=True))
        return np.stack([found[frame] for frame in frames])

    return wanted
