"""How findings tell of frames."""

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.frame_runs import frame_runs
from r2s2r.geometry.spread import evenly

_MOST_STRETCHES = 6


def at_frames(frames: NDArray[np.bool_]) -> str:
    """Return ``at frames 3-17, 40`` for those of [T] that are true, ``at frame 5`` for one."""
    numbers = np.flatnonzero(frames).tolist()
    return f"at frame{'s' if len(numbers) > 1 else ''} {frame_runs(numbers, most=_MOST_STRETCHES)}"


def probed(candidates: NDArray[np.bool_], most: int) -> NDArray[np.int64]:
    """Return which of the candidates [T] to look at, where looking is dear: at most so many, evenly spread."""
    return np.asarray(evenly(np.flatnonzero(candidates).tolist(), most), np.int64)


def filled(probes: NDArray[np.int64], found: NDArray[np.bool_], candidates: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return [T] where something is found, by frames that were looked at: between two that have it, candidates do."""
    frames = np.zeros(len(candidates), bool)
    frames[probes[found]] = True
    for index in np.flatnonzero(found[:-1] & found[1:]):
        between = slice(probes[index], probes[index + 1])
        frames[between] |= candidates[between]
    return frames
