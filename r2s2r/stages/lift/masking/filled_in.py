"""A sequence of masks as an author gives it, what is missing in it followed from the masks next to it."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.footage import Footage
from r2s2r.artifacts.progress import Progress
from r2s2r.stages.lift.masking.given_masks import GivenMasks
from r2s2r.stages.lift.masking.propagate import FollowedFrame, follow_from, reduced
from r2s2r.stages.lift.masking.small_frames import SmallFrames


def fill_in(
    given: GivenMasks, footage: Footage, mask: NDArray[np.bool_], scratch: Path, progress: Progress
) -> Iterator[FollowedFrame]:
    """Yield the mask of every stored frame, in order: the given one where there is one.

    That of the reference frame is ``mask`` [H, W]. Between given masks each frame is followed, along the optical flow,
    from the nearer of the two; what waits, waits in nameless files in the folder ``scratch``.
    """
    count = len(footage.facts.times_s)
    if len(given.indices) == count:
        for index, own in given.masks(frozenset(range(count))):
            progress(index + 1, count)
            yield _frame(own, index, footage, mask)
        return
    with SmallFrames(scratch, reduced(footage, mask).shape) as mattes:
        for index, own in given.masks(_next_to_gaps(given.indices, count)):
            mattes[index] = np.round(reduced(footage, own) * 255).astype(np.uint8)
        followed = follow_from(
            footage, given.indices, lambda index: mattes[index].astype(np.float32) / np.float32(255), scratch, progress
        )
        known = frozenset(given.indices)
        drawn = given.masks(known)
        for index in range(count):
            yield _frame(next(drawn)[1], index, footage, mask) if index in known else next(followed)


def _frame(own: NDArray[np.bool_], index: int, footage: Footage, mask: NDArray[np.bool_]) -> FollowedFrame:
    return FollowedFrame(mask if index == footage.facts.reference else own, lost=False)


def _next_to_gaps(indices: tuple[int, ...], count: int) -> frozenset[int]:
    missing = set(range(count)) - set(indices)
    return frozenset(index for index in indices if {index - 1, index + 1} & missing)
