"""How frames are named to people."""

from collections.abc import Sequence

from r2s2r.artifacts.footage import Footage
from r2s2r.artifacts.frame_runs import frame_runs


def frame_ranges(footage: Footage, indices: Sequence[int]) -> str:
    """Name stored frames by their numbers in the clip: ``0-12, 40``."""
    return frame_runs(footage.facts.clip_frames[index] for index in indices)
