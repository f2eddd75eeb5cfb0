"""Reference: the picture a video model takes the look from."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.facts import Facts, read_facts
from r2s2r.media.images import read_rgb

PICTURE = "reference.png"


class ReferenceFacts(Facts):
    """Facts of a reference picture.

    Attributes:
        kind: Where it is from.
        height: Rows.
        width: Columns.
        iou: How its entities meet those of the control's frame 0 (intersection over union of all silhouettes together);
            None where its entities are not known.
    """

    kind: Literal["source", "composite", "file"]
    height: int
    width: int
    iou: float | None


@dataclass(frozen=True)
class Reference:
    """A folder with ``reference.png``, of exactly the generated size, and ``facts.json``."""

    folder: Path
    facts: ReferenceFacts

    @classmethod
    def load(cls, folder: Path) -> "Reference":
        """Open a reference folder."""
        return cls(folder, read_facts(folder, ReferenceFacts))

    def picture(self) -> NDArray[np.uint8]:
        """Return the picture [H, W, 3] uint8 RGB."""
        return read_rgb(self.folder / PICTURE)
