"""Control: what steers a video model, frame by frame."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.facts import Facts, read_facts
from r2s2r.media.video import read_lossless

FRAMES = "frames.mkv"
MASKS = "masks.mkv"


class ControlFacts(Facts):
    """Facts of a control video.

    Attributes:
        kind: ``normal`` and ``depth`` are drawn from the passes; ``outpaint`` are frames to keep, with masks.
        frames: Number of frames.
        fps: Rate as a fraction, e.g. ``16/1``.
        height: Rows.
        width: Columns.
    """

    kind: Literal["normal", "depth", "outpaint"]
    frames: int
    fps: str
    height: int
    width: int


@dataclass(frozen=True)
class Control:
    """A folder with ``frames.mkv`` (lossless RGB), facts, and for ``outpaint`` ``masks.mkv`` (255: the model fills)."""

    folder: Path
    facts: ControlFacts

    @classmethod
    def load(cls, folder: Path) -> "Control":
        """Open a control folder."""
        return cls(folder, read_facts(folder, ControlFacts))

    @property
    def fps(self) -> Fraction:
        """Frame rate."""
        return Fraction(self.facts.fps)

    def frames(self, only: Collection[int] | None = None) -> Iterator[NDArray[np.uint8]]:
        """Yield the frames (or ``only`` some) in order, each [H, W, 3] uint8 RGB; one at a time in memory."""
        return read_lossless(self.folder / FRAMES, only)

    def masks(self, only: Collection[int] | None = None) -> Iterator[NDArray[np.uint8]]:
        """Yield the masks of an ``outpaint`` control likewise, each [H, W] uint8, 255 where the model fills."""
        return read_lossless(self.folder / MASKS, only)
