"""Mask: where an entity is, in every frame of its footage."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.facts import Facts, read_facts
from r2s2r.errors import InputError
from r2s2r.media.images import read_mask
from r2s2r.media.video import read_lossless

MASKS = "masks.mkv"
REFERENCE = "reference.png"
# Two entities of which one lies with more than this in the other were selected twice.
_MAX_OVERLAP = 0.8


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


def require_apart(masks: Mapping[str, Mask]) -> None:
    """Raise InputError when two entities (name -> mask) select the same pixels of the reference frame, for the most.

    They would be lifted twice, one in the other. The share is that of the smaller of the two.
    """
    selected = {name: masks[name].reference_mask() for name in sorted(masks)}
    for first, second in combinations(selected, 2):
        one, other = selected[first], selected[second]
        smaller = min(int(one.sum()), int(other.sum()))
        share = int((one & other).sum()) / smaller if smaller else 0.0
        if share > _MAX_OVERLAP:
            raise InputError(
                f"{first} and {second} select the same pixels of the reference frame: {share:.0%} of the smaller lie "
                "in the other; remove one of the entities, or draw them apart",
                field=f"entities.{second}.select",
            )
