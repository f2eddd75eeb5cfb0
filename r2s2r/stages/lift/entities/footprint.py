"""How far behind its nearest rim the middle of an entity's base lies, as its outline's lower end tells."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from r2s2r.geometry.camera import Camera
from r2s2r.geometry.transforms import Array

# A side of the lower end counts as reached within this share of its width; an ellipse's is, at 0.757 of its half axis.
_NEARLY = 0.03
_ELLIPSE = 0.757
# Between that and the side of a corner, which is reached at 0.97.
_EITHER = 0.85
# Rises this many times a flat base's belong to a bottom that is wholly round.
_ROUND = 1.2
# Looked at more flatly than this, a base shows no depth at all.
_MIN_SINE = 0.02
# The lower end is over where it is as high as half its width and grows no wider than by this for half as much again.
_GROWTH = 1.1


@dataclass(frozen=True, eq=False)
class Footprint:
    """The base of a masked entity.

    Attributes:
        lowest_px: [2] where its nearest rim is seen: the middle of its base in x, the lowest row's lower edge in y.
        depth_px: From the nearest rim to the base's middle along the ground, in the pixels a length spans at the rim.
    """

    lowest_px: Array
    depth_px: float


def footprint(mask: NDArray[np.bool_], camera: Camera) -> Footprint:
    """Read the base off the lower end of a mask [H, W].

    A base that stands flat (a box, a cylinder) is seen foreshortened by the sine of the camera's inclination: how far
    its sides' ends rise over its nearest rim says how deep it is. Seen face on nothing rises; then it is taken to be as
    deep as it is wide, but no deeper than the largest disc inside the mask is wide. A lower end that rises more steeply
    belongs to a round bottom, whose lowest visible point lies hardly before the one it touches the ground with.
    """
    rows, columns = np.nonzero(mask.any(axis=1))[0], np.nonzero(mask.any(axis=0))[0]
    cropped = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    end = _lower_end(cropped[::-1])
    lowest_px = np.array([columns[0] + end.middle_px, rows[-1] + 1.0])
    ray = camera.rays(lowest_px)
    sine = max(_MIN_SINE, -float(ray[1]) / float(np.linalg.norm(ray)))
    deepest_px = float(ndimage.distance_transform_edt(np.pad(cropped, 1)).max())
    return Footprint(lowest_px, _middle_px(end, sine, deepest_px))


@dataclass(frozen=True)
class _LowerEnd:
    """The lower end of a mask: where its middle is, half its width, and how far its left and right end rise."""

    middle_px: float
    half_px: float
    rises_px: tuple[float, float]


def _lower_end(rows: NDArray[np.bool_]) -> _LowerEnd:
    """Measure the lower end of a mask's rows [N, W], the lowest first."""
    covered = np.maximum.accumulate(rows, axis=0)
    left = np.argmax(covered, axis=1).astype(float)
    right = rows.shape[1] - np.argmax(covered[:, ::-1], axis=1).astype(float)
    half = (right - left) / 2
    rise = np.arange(1, len(half) + 1)
    later = np.minimum(np.arange(len(half)) + (rise + 1) // 2 + 1, len(half) - 1)
    over = (rise >= half) & (half[later] <= _GROWTH * half)
    end = int(np.argmax(over)) if over.any() else len(half) - 1
    near = 2 * _NEARLY * half[end]
    rises = float(np.argmax(left <= left[end] + near)), float(np.argmax(right >= right[end] - near))
    return _LowerEnd((left[end] + right[end]) / 2, half[end], rises)


def _middle_px(end: _LowerEnd, sine: float, deepest_px: float) -> float:
    """Return how far the base's middle is behind its rim: see ``footprint``."""
    flat_px = end.half_px * sine
    lesser, greater = sorted(end.rises_px)
    roundness = float(np.clip((lesser / max(flat_px, 1e-9) - 1) / (_ROUND - 1), 0.0, 1.0))
    if roundness > 0:
        # Of an ellipsoid on the ground: half width a, apparent half height b, (b - sqrt(b^2 - a^2 sin^2)) / sin away.
        height_px = max(flat_px, (lesser + greater) / 2 / (1 + roundness * (_ELLIPSE - 1)))
        return float(height_px - np.sqrt(height_px**2 - flat_px**2)) / sine
    seen_px = (lesser + greater) / 2 / sine
    return max(min(end.half_px, deepest_px), min(seen_px / _EITHER, max(seen_px, end.half_px)))
