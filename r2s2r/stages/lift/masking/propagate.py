"""Masks over a whole clip, from the mask at its reference frame."""

from collections.abc import Iterator
from dataclasses import dataclass
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
    facts = footage.facts
    count, reference = len(facts.times_s), facts.reference
    scale = min(1.0, _LONG_PX / max(facts.height, facts.width))
    width, height = max(8, round(facts.width * scale)), max(8, round(facts.height * scale))
    lost: set[int] = set()
    with SmallFrames(scratch, (height, width, 3)) as frames, SmallFrames(scratch, (height, width)) as mattes:
        for index, frame in enumerate(footage.frames()):
            frames[index] = np.asarray(cv2.resize(frame, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
            progress(index + 1, 2 * count)
        start = np.asarray(
            cv2.resize(mask.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA), np.float32
        )
        order = [*range(reference + 1, count)], [*range(reference - 1, -1, -1)]
        done = count + 1
        for walk in order:
            for index, follower in _walk(frames, walk, reference, start):
                mattes[index] = np.round(follower.matte * 255).astype(np.uint8)
                if follower.lost and not follower.left_the_picture:
                    lost.add(index)
                done += 1
                progress(done, 2 * count)
        for index in range(count):
            if index == reference:
                yield FollowedFrame(mask, lost=False)
                continue
            matte = cv2.resize(mattes[index], (facts.width, facts.height), interpolation=cv2.INTER_LINEAR)
            yield FollowedFrame(matte >= 128, lost=index in lost)


def _walk(
    frames: SmallFrames, order: list[int], reference: int, matte: NDArray[np.float32]
) -> Iterator[tuple[int, Follower]]:
    follower = Follower(frames[reference], matte)
    for index in order:
        follower.step(frames[index])
        yield index, follower
