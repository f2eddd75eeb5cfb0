"""Selects and follows with SAM 3."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.footage import Footage
from r2s2r.artifacts.progress import Progress
from r2s2r.models.perception import check_machine, enough_memory
from r2s2r.spec.segment import Sam3Spec
from r2s2r.spec.selection import SelectSpec
from r2s2r.stages.lift.masking.propagate import FollowedFrame
from r2s2r.stages.lift.masking.segmenter import Found

_NAME = "segment.sam3"


class Sam3Segmenter:
    """A ``Segmenter``: text, boxes and points become masks, and any mask is followed."""

    def __init__(self, spec: Sam3Spec, weights: Path) -> None:
        """Load the model from a local folder.

        Raises MissingError when this machine lacks packages or a GPU, InputError for weights that are not SAM 3's,
        StageError when memory runs out.
        """
        check_machine(spec, what=_NAME)
        from r2s2r.models.segment.sam3 import load_sam3

        self._spec = spec
        with enough_memory(_NAME):
            self._model = load_sam3(weights, spec)

    def find(self, spec: SelectSpec, frame: NDArray[np.uint8]) -> Found:
        """Return what text, a box or points select in the reference frame [H, W, 3]; see ``Segmenter``."""
        from r2s2r.stages.lift.masking.clicked import find_clicked
        from r2s2r.stages.lift.masking.named import choose_named

        with enough_memory(_NAME):
            if spec.text is None:
                return find_clicked(self._model.tracking, spec, frame)
            sightings = self._model.sightings(spec.text, self._model.tracking.form.reduced(frame))
        height, width = frame.shape[:2]
        return choose_named(sightings, spec.text, self._spec.min_score, height=height, width=width)

    def follow(
        self, footage: Footage, mask: NDArray[np.bool_], scratch: Path, progress: Progress
    ) -> Iterator[FollowedFrame]:
        """Yield the mask of every stored frame, in order; see ``Segmenter``."""
        from r2s2r.stages.lift.masking.tracked import follow

        with enough_memory(_NAME):
            yield from follow(self._model.tracking, footage, mask, scratch, progress)
