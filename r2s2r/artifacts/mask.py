"""Mask: where an entity is, in every frame of its footage."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.facts import Facts, read_facts
from r2s2r.media.images import read_mask
from r2s2r.media.video import read_lossless

MASKS = "masks.mkv"
REFERENCE = "reference.png"


class MaskFacts(Facts):
    """Facts of a mask.

    Attributes:
        reference: Index of the reference frame among the footage's stored frames.
        coverage: Share of the picture covered, for each stored frame (0 where the entity was not found).
        lost: Stored frames in which it may be in view without having been found; it covers nothing there.
    """

    reference: int
    coverage: tuple[float, ...]
    lost: tuple[int, ...] = ()


@dataclass(frozen=True)
class Mask:
    """A folder with ``masks.mkv`` (lossless, 0 or 255, a frame for each of the footage's), ``reference.png``, facts."""

    folder: Path
    facts: MaskFacts

    @classmethod
    def load(cls, folder: Path) -> "Mask":
        """Open a mask folder."""
        return cls(folder, read_facts(folder, MaskFacts))

    def frames(self, only: Collection[int] | None = None) -> Iterator[NDArray[np.bool_]]:
        """Yield the entity's mask in each stored frame of the footage (or ``only`` some), [H, W] bool."""
        return (frame >= 128 for frame in read_lossless(self.folder / MASKS, only))

    def reference_mask(self) -> NDArray[np.bool_]:
        """Return the mask [H, W] at the reference frame."""
        return read_mask(self.folder / REFERENCE)
