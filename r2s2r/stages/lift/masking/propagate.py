"""Masks over a whole clip, from the masks known in some of its frames: mostly one, that of the reference frame."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.footage import Footage
from r2s2r.artifacts.progress import Progress
from r2s2r.stages.lift.masking.follower import Follower
from r2s2r.stages.lift.masking.small_frames import SmallFrames

# Flow at this size finds motions of a twentieth of the picture between frames, and is fast enough for a clip.
_LONG_PX = 480
_Matte = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class FollowedFrame:
    """The mask [H, W] of one stored frame; ``lost`` where the entity may be in view without being found."""

    mask: NDArray[np.bool_]
    lost: bool


def propagate(footage: Footage, mask: NDArray[np.bool_], scratch: Path, progress: Progress) -> Iterator[FollowedFrame]:
    """Yield the mask of every stored frame, in order; that of the reference frame is ``mask`` [H, W] itself.

    The entity is followed forwards and backwards from the reference frame. Memory does not grow with the clip: small
    frames and mattes wait in nameless files in the folder ``scratch``.
    """
    reference = footage.facts.reference
    matte = reduced(footage, mask)
    followed = follow_from(footage, (reference,), lambda _: matte, scratch, progress)
    for index in range(len(footage.facts.times_s)):
        yield FollowedFrame(mask, lost=False) if index == reference else next(followed)


def follow_from(
    footage: Footage, known: Sequence[int], matte_of: Callable[[int], _Matte], scratch: Path, progress: Progress
) -> Iterator[FollowedFrame]:
    """Yield every stored frame, in order, that is not one of the ``known``; followed from the nearest of those.

    ``matte_of`` gives the ``reduced`` mask of a known frame.
    """
    facts = footage.facts
    count = len(facts.times_s)
    height, width = _small_size(footage)
    lost: set[int] = set()
    with SmallFrames(scratch, (height, width, 3)) as frames, SmallFrames(scratch, (height, width)) as mattes:
        for index, frame in enumerate(footage.frames()):
            frames[index] = np.asarray(cv2.resize(frame, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
            progress(index + 1, 2 * count)
        done = count + len(known)
        for start, walk in _walks(known, count):
            for index, follower in _walk(frames, walk, start, matte_of):
                mattes[index] = np.round(follower.matte * 255).astype(np.uint8)
                if follower.lost and not follower.left_the_picture:
                    lost.add(index)
                done += 1
                progress(done, 2 * count)
        for index in range(count):
            if index not in known:
                matte = cv2.resize(mattes[index], (facts.width, facts.height), interpolation=cv2.INTER_LINEAR)
                yield FollowedFrame(matte >= 128, lost=index in lost)


def reduced(footage: Footage, mask: NDArray[np.bool_]) -> _Matte:
    """Return a mask [H, W] at the size that entities are followed at, as a matte 0..1."""
    height, width = _small_size(footage)
    small = cv2.resize(mask.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32)


def _small_size(footage: Footage) -> tuple[int, int]:
    facts = footage.facts
    scale = min(1.0, _LONG_PX / max(facts.height, facts.width))
    return max(8, round(facts.height * scale)), max(8, round(facts.width * scale))


def _walks(known: Sequence[int], count: int) -> Iterator[tuple[int, range]]:
    """Yield known frame and the frames to be followed from there, away from it: half of each gap from either side."""
    before = [-1, *((first + last) // 2 for first, last in pairwise(known))]
    after = [*(middle + 1 for middle in before[1:]), count]
    for start, first, end in zip(known, before, after, strict=True):
        yield start, range(start + 1, end)
        yield start, range(start - 1, first, -1)


def _walk(
    frames: SmallFrames, order: range, start: int, matte_of: Callable[[int], _Matte]
) -> Iterator[tuple[int, Follower]]:
    if not order:
        return
    follower = Follower(frames[start], matte_of(start))
    for index in order:
        follower.step(frames[index])
        yield index, follower
