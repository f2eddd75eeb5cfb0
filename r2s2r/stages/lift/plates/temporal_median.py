"""The median over time of what was seen."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from r2s2r.stages.lift.masking.small_frames import SmallFrames

# Rows are taken together up to this many bytes of samples.
_BAND_BYTES = 32_000_000


@dataclass(frozen=True, eq=False)
class Seen:
    """What was seen in a window: ``colour`` [H, W, 3] and ``times`` [H, W], how often (0: the colour means nothing)."""

    colour: NDArray[np.uint8]
    times: NDArray[np.uint8]


def temporal_median(samples: SmallFrames, count: int, shape: tuple[int, int]) -> Seen:
    """Return the median of ``count`` samples [H, W, 4] (at most 254; see ``samples``), channel by channel.

    Of an even number of values, the mean of the two middle ones, rounded up.
    """
    height, width = shape
    colour, times = np.zeros((height, width, 3), np.uint8), np.zeros((height, width), np.uint8)
    rows = max(1, _BAND_BYTES // max(1, count * width * 4))
    for first in range(0, height if count else 0, rows):
        last = min(height, first + rows)
        band = np.stack([samples.rows(index, first, last) for index in range(count)])
        colour[first:last], times[first:last] = _median(band)
    return Seen(colour, times)


def _median(band: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    seen = band[..., 3] > 0
    times = seen.sum(axis=0).astype(np.uint8)
    # What was not seen sorts to the end.
    values = np.sort(np.where(seen[..., None], band[..., :3], np.uint8(255)), axis=0)
    upper = np.minimum(times // 2, len(band) - 1).astype(np.int64)
    lower = np.maximum(times.astype(np.int64) - 1, 0) // 2
    middle = [np.take_along_axis(values, at[None, ..., None], axis=0)[0].astype(np.uint16) for at in (lower, upper)]
    return ((middle[0] + middle[1] + 1) // 2).astype(np.uint8), times
