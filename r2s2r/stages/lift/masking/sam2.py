"""Selects and follows with SAM 2."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.footage import Footage
from r2s2r.artifacts.progress import Progress
from r2s2r.errors import InputError
from r2s2r.models.perception import check_machine, enough_memory
from r2s2r.spec.segment import Sam2Spec
from r2s2r.spec.selection import SelectSpec
from r2s2r.stages.lift.masking.propagate import FollowedFrame
from r2s2r.stages.lift.masking.segmenter import Found

_NAME = "segment.sam2"


class Sam2Segmenter:
    """A ``Segmenter``: boxes and points become masks, and any mask is followed."""

    def __init__(self, spec: Sam2Spec, weights: Path) -> None:
        """Load the model from a local folder.

        Raises MissingError when this machine lacks packages or a GPU, InputError for weights that are not SAM 2's,
        StageError when memory runs out.
        """
        check_machine(spec, what=_NAME)
        from r2s2r.models.segment.sam2 import load_sam2

        with enough_memory(_NAME):
            self._model = load_sam2(weights, spec)

    def find(self, spec: SelectSpec, frame: NDArray[np.uint8]) -> Found:
        """Return what a box or points select in the reference frame [H, W, 3]; see ``Segmenter``."""
        from r2s2r.stages.lift.masking.clicked import find_clicked

        if spec.text is not None:
            raise InputError(
                "SAM 2 reads no text; set segment.backend: sam3, or give box_px or points_px", field="select.text"
            )
        with enough_memory(_NAME):
            return find_clicked(self._model, spec, frame)

    def follow(
        self, footage: Footage, mask: NDArray[np.bool_], scratch: Path, progress: Progress
    ) -> Iterator[FollowedFrame]:
        """Yield the mask of every stored frame, in order; see ``Segmenter``."""
        from r2s2r.stages.lift.masking.tracked import follow

        with enough_memory(_NAME):
            yield from follow(self._model, footage, mask, scratch, progress)
