"""Masks over a whole clip, from a model that follows what it was shown at the reference frame."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.footage import Footage
from r2s2r.artifacts.progress import Progress
from r2s2r.models.segment.tracker import Tracker, TrackingModel
from r2s2r.stages.lift.masking.propagate import FollowedFrame
from r2s2r.stages.lift.masking.small_frames import SmallFrames

# What is not seen any more, and of which no more than this was left at the picture's border, has gone out.
_LEAVING = 0.25


class Watch:
    """What was last seen of an entity on a way through the clip that starts with its mask [H, W]."""

    def __init__(self, mask: NDArray[np.bool_]) -> None:
        self._area = int(mask.sum())
        self._last = mask

    def loses(self, mask: NDArray[np.bool_]) -> bool:
        """Whether the entity, with this mask [H, W] in the next frame, may be in view without being found there."""
        if mask.any():
            self._last = mask
            return False
        touches = self._last[[0, -1]].any() or self._last[:, [0, -1]].any()
        return not (touches and self._last.sum() < _LEAVING * self._area)


def follow(
    model: TrackingModel, footage: Footage, mask: NDArray[np.bool_], scratch: Path, progress: Progress
) -> Iterator[FollowedFrame]:
    """Yield the mask of every stored frame, in order; that of the reference frame is ``mask`` [H, W] itself.

    The model goes forwards from the reference frame, then backwards from there. Memory does not grow with the clip:
    frames before the reference frame, at the model's size, and masks, a bit a pixel, wait in nameless files in the
    folder ``scratch``.
    """
    facts, reference = footage.facts, footage.facts.reference
    lost: set[int] = set()
    bits = (facts.height, (facts.width + 7) // 8)
    with SmallFrames(scratch, bits) as masks:
        for done, (index, found, is_lost) in enumerate(_walk(model, footage, mask, scratch), start=2):
            masks[index] = np.packbits(found, axis=1)
            if is_lost:
                lost.add(index)
            progress(done, len(facts.times_s))
        for index in range(len(facts.times_s)):
            if index == reference:
                yield FollowedFrame(mask, lost=False)
                continue
            found = np.unpackbits(masks[index], axis=1, count=facts.width).astype(bool)
            yield FollowedFrame(found, lost=index in lost)


def _walk(
    model: TrackingModel, footage: Footage, mask: NDArray[np.bool_], scratch: Path
) -> Iterator[tuple[int, NDArray[np.bool_], bool]]:
    """Yield index, mask and whether it is lost, of every stored frame but the reference frame, as the model goes."""
    facts, reference, form = footage.facts, footage.facts.reference, model.form
    tracker = Tracker(model)
    ahead, back = Watch(mask), Watch(mask)
    with SmallFrames(scratch, (form.side, form.side, 3)) as before:
        for index, frame in enumerate(footage.frames()):
            reduced = form.reduced(frame)
            if index < reference:
                before[index] = reduced
            elif index == reference:
                tracker.begin_with_mask(index, reduced, mask)
            else:
                found = tracker.step(index, reduced).mask(height=facts.height, width=facts.width)
                yield index, found, ahead.loses(found)
        for index in range(reference - 1, -1, -1):
            found = tracker.step(index, before[index]).mask(height=facts.height, width=facts.width)
            yield index, found, back.loses(found)
