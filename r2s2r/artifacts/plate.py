"""Plate: the clip's background without its entities."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.facts import Facts, read_facts
from r2s2r.media.images import read_mask, read_rgb

PLATE = "plate.png"
INVENTED = "invented.png"
REPLACED = "replaced.png"


class PlateFacts(Facts):
    """Facts of a plate.

    Attributes:
        invented_share: Share of the picture that no frame ever showed and that was filled in.
        frames_used: Frames the median was taken over.
    """

    invented_share: float
    frames_used: int


@dataclass(frozen=True)
class Plate:
    """A folder with ``plate.png``, ``invented.png``, ``replaced.png`` and ``facts.json``, at the source's size."""

    folder: Path
    facts: PlateFacts

    @classmethod
    def load(cls, folder: Path) -> "Plate":
        """Open a plate folder."""
        return cls(folder, read_facts(folder, PlateFacts))

    def picture(self) -> NDArray[np.uint8]:
        """Return the background [H, W, 3] uint8 RGB."""
        return read_rgb(self.folder / PLATE)

    def invented(self) -> NDArray[np.bool_]:
        """Return which pixels [H, W] no frame ever showed."""
        return read_mask(self.folder / INVENTED)

    def replaced(self) -> NDArray[np.bool_]:
        """Return which pixels [H, W] are not the reference frame's own (the dilated masks)."""
        return read_mask(self.folder / REPLACED)
