"""Footage: decoded frames and what is known of them. Made by ``footage`` (the source) and ``diffuse`` (the result)."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.facts import Facts, read_facts
from r2s2r.media.images import read_rgb
from r2s2r.media.video import read_lossless

FRAMES = "frames.mkv"
REFERENCE = "reference.png"


class FootageFacts(Facts):
    """Facts of a footage; frames are upright, square-pixelled, full-range, progressive sRGB.

    Attributes:
        height: Rows of every frame.
        width: Columns of every frame.
        fps: Mean rate as a fraction, e.g. ``25/1``.
        times_s: Presentation time of each stored frame, in seconds from the clip's first frame.
        reference: Index, among the stored frames, of the reference frame.
        clip_frames: Index of each stored frame in the clip (by presentation order).
        drift_delta_e: Of frames generated in segments: how far each segment's mean colour is from frame 0 (CIE76).
    """

    height: int
    width: int
    fps: str
    times_s: tuple[float, ...]
    reference: int
    clip_frames: tuple[int, ...]
    drift_delta_e: tuple[float, ...] = ()


@dataclass(frozen=True)
class Footage:
    """A folder with ``frames.mkv`` (lossless RGB), ``reference.png`` and ``facts.json``."""

    folder: Path
    facts: FootageFacts

    @classmethod
    def load(cls, folder: Path) -> "Footage":
        """Open a footage folder."""
        return cls(folder, read_facts(folder, FootageFacts))

    @property
    def fps(self) -> Fraction:
        """Mean frame rate."""
        return Fraction(self.facts.fps)

    def frames(self, only: Collection[int] | None = None) -> Iterator[NDArray[np.uint8]]:
        """Yield the stored frames (or ``only`` some) in order, each [H, W, 3] uint8 RGB; one at a time in memory."""
        return read_lossless(self.folder / FRAMES, only)

    def reference_frame(self) -> NDArray[np.uint8]:
        """Return the reference frame [H, W, 3] uint8 RGB."""
        return read_rgb(self.folder / REFERENCE)
