"""Selecting and following without weights: GrabCut on one frame, optical flow over the clip."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.footage import Footage
from r2s2r.artifacts.progress import Progress
from r2s2r.errors import InputError
from r2s2r.geometry.framing import Rectangle
from r2s2r.spec.selection import SelectSpec
from r2s2r.stages.lift.masking.clicks import check_kept
from r2s2r.stages.lift.masking.grabcut import segment_box
from r2s2r.stages.lift.masking.points import segment_box_with_points, segment_points
from r2s2r.stages.lift.masking.propagate import FollowedFrame, propagate
from r2s2r.stages.lift.masking.segmenter import Found


class GrabcutSegmenter:
    """Boxes and points by GrabCut; followed along the optical flow."""

    def find(self, spec: SelectSpec, frame: NDArray[np.uint8]) -> Found:
        """Return what a box or points select in the reference frame [H, W, 3]; InputError for text."""
        points = spec.points_px
        if points is None:
            if spec.box_px is None:
                raise _unread(spec)
            return Found(segment_box(frame, Rectangle(*spec.box_px)))
        if spec.box_px is None:
            mask = segment_points(frame, points)
        else:
            mask = segment_box_with_points(frame, Rectangle(*spec.box_px), points)
        if mask.any():
            check_kept(points, mask)
        return Found(mask)

    def follow(
        self, footage: Footage, mask: NDArray[np.bool_], scratch: Path, progress: Progress
    ) -> Iterator[FollowedFrame]:
        """Yield the mask of every stored frame, in order."""
        return propagate(footage, mask, scratch, progress)


def _unread(spec: SelectSpec) -> InputError:
    message = "is not read by grabcut: give box_px or points_px, or set segment.backend: sam3"
    return InputError(message, field=f"select.{spec.way}")
