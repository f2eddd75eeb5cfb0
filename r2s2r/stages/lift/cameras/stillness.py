"""Whether the camera moves at all."""

from collections.abc import Mapping

import numpy as np

from r2s2r.artifacts.footage import Footage
from r2s2r.artifacts.mask import Mask
from r2s2r.geometry.transforms import Array
from r2s2r.stages.lift.cameras.background import Background, backgrounds, keyframes, lost_frames
from r2s2r.stages.lift.cameras.tracks import corners, tracked

_FRAMES = 13
_POINTS, _FEWEST = 400, 20
# Less is the tracker's error, or the wind: in pixels, more in pictures of more than 1000 columns.
_STILL_PX = 0.4
# Leaves and people move before a camera that stands; but so much of what is seen has to stay.
_STAYING = 0.6


def stands_still(footage: Footage, masks: Mapping[str, Mask]) -> bool:
    """Tell whether the background stays where it is in all of some frames that can be compared with the reference."""
    facts = footage.facts
    chosen = keyframes(
        len(facts.times_s), _FRAMES, always=facts.reference, without=lost_frames(masks) - {facts.reference}
    )
    if len(chosen) < 2:
        return True
    frames = list(backgrounds(footage, masks, chosen))
    reference = next(frame for frame in frames if frame.index == facts.reference)
    points = corners(reference, _POINTS)
    staying = [share for frame in frames if (share := _staying(reference, frame, points)) is not None]
    return len(staying) > 1 and min(staying) >= _STAYING


def _staying(reference: Background, frame: Background, points: Array) -> float | None:
    tracks = tracked(reference, frame, points)
    if len(tracks.kept) < _FEWEST:
        return None  # another scene, or nothing to see
    moved_px = np.linalg.norm(tracks.end_px - tracks.start_px, axis=1)
    return float((moved_px < _STILL_PX * max(1.0, frame.grey.shape[1] / 1000)).mean())
