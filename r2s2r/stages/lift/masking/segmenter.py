"""The seam between the mask stage and what finds and follows an entity."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.footage import Footage
from r2s2r.artifacts.progress import Progress
from r2s2r.spec.selection import SelectSpec

if TYPE_CHECKING:
    from r2s2r.stages.lift.masking.propagate import FollowedFrame


@dataclass(frozen=True, eq=False)
class Found:
    """The mask [H, W] at the reference frame, and what the author should know of how it was found."""

    mask: NDArray[np.bool_]
    findings: tuple[str, ...] = ()


class Segmenter(Protocol):
    """Finds an entity at the reference frame and follows it through the clip.

    The seam exists because a method without weights and two neural networks do both in their own way, while what an
    author draws (a polygon, a mask) is taken as it is whoever follows it: then only ``follow`` is called.
    """

    def find(self, spec: SelectSpec, frame: NDArray[np.uint8]) -> Found:
        """Return what a box, points or text select in the reference frame [H, W, 3].

        Coordinates were checked to lie in the picture. The mask may be empty, or cover everything: the caller judges
        that. Raises InputError, with its field (``select.text``), for a way of selecting that cannot be used here, and
        for text that finds nothing.
        """
        ...

    def follow(
        self, footage: Footage, mask: NDArray[np.bool_], scratch: Path, progress: Progress
    ) -> Iterator["FollowedFrame"]:
        """Yield the mask of every stored frame, in order; that of the reference frame is ``mask`` [H, W] itself.

        Memory does not grow with the clip: what must wait, waits in nameless files in the folder ``scratch``.
        """
        ...
