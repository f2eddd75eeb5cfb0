"""Colours of the segments a video model made: matched to a picture on request, and how far they drift."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from r2s2r.models.checkpoint import Checkpoint
from r2s2r.models.colour import Distribution, matched


class SegmentColours:
    """Reads finished segments from disk, one after the other, corrects their colours and measures their drift.

    Attributes:
        drift_delta_e: Of each segment so far: how far its mean colour is from frame 0 (CIE76), as delivered.
    """

    def __init__(self, *, match: NDArray[np.uint8] | None) -> None:
        """Take the picture [H, W, 3] whose colours every segment is given; None to leave them as they are."""
        self.drift_delta_e: list[float] = []
        self._wanted = None if match is None else Distribution.of([match])
        self._first: Distribution | None = None

    def frames(self, segments: Iterable[Checkpoint]) -> Iterator[NDArray[np.uint8]]:
        """Yield every frame [H, W, 3] of every segment; one segment at a time in memory."""
        for segment in segments:
            yield from self._corrected(segment.frames())

    def _corrected(self, frames: NDArray[np.uint8]) -> NDArray[np.uint8]:
        if self._wanted is not None:
            frames = matched(frames, self._wanted)
        if self._first is None:
            self._first = Distribution.of(frames[:1])
        self.drift_delta_e.append(round(Distribution.of(frames).delta_e(self._first), 3))
        return frames
