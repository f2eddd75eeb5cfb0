"""How frames are named to people."""

from collections.abc import Iterable
from itertools import groupby


def frame_runs(frames: Iterable[int], most: int | None = None) -> str:
    """Return ``3-17, 40`` for rising numbers; of more than ``most`` stretches, those followed by dots."""
    runs = [[frame for _, frame in run] for _, run in groupby(enumerate(frames), lambda pair: pair[1] - pair[0])]
    named = [f"{run[0]}-{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs[:most]]
    return ", ".join([*named, "..."] if len(named) < len(runs) else named)
