"""Tangents: at what speed a curve leaves a key and arrives at the next."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array


@dataclass(frozen=True, eq=False)
class Handles:
    """Control points of a Bezier curve through K keys, as offsets from their keys; NaN where there is none.

    A missing handle lets the curve flow through its key, with the other handle's speed, or as ``catmull_rom`` would.

    Attributes:
        into: [K, D] the control points before the keys.
        out: [K, D] those after them.
    """

    into: Array
    out: Array

    def speeds(self, times: Array) -> tuple[Array, Array]:
        """Return the speeds [K, D] of arriving at the keys and of leaving them; NaN where neither handle is given."""
        spans = np.diff(times)
        arrive = -3 * self.into / np.concatenate([spans[:1], spans])[:, None]
        leave = 3 * self.out / np.concatenate([spans, spans[-1:]])[:, None]
        return np.where(np.isnan(arrive), leave, arrive), np.where(np.isnan(leave), arrive, leave)


@dataclass(frozen=True, eq=False)
class Steps:
    """Three neighbouring stretches of a curve, for T moments in the middle one: how far it goes there and how long.

    Past an end of the curve there is no stretch: it goes nowhere there.

    Attributes:
        speeds: Three [T, S]: mean speeds of the stretch before, the one the moment is in, and the one after.
        spans: Three [T, 1]: how long they take.
        is_first: [T] bool: there is no stretch before.
        is_last: [T] bool: there is none after.
    """

    speeds: tuple[Array, Array, Array]
    spans: tuple[Array, Array, Array]
    is_first: NDArray[np.bool_]
    is_last: NDArray[np.bool_]

    def without_overshoot(self) -> tuple[Array, Array]:
        """Return leaving and arriving speeds [T, S] of ``smooth``."""
        before, here, after = self.speeds
        first, middle, last = self.spans
        return _harmonic(before, here, first, middle), _harmonic(here, after, middle, last)

    def mean(self) -> tuple[Array, Array]:
        """Return leaving and arriving speeds [T, S] of ``catmull_rom``."""
        before, here, after = self.speeds
        first, middle, last = self.spans
        before = np.where(self.is_first[:, None], here, before)
        after = np.where(self.is_last[:, None], here, after)
        return _mean(before, here, first, middle), _mean(here, after, middle, last)


def _mean(before: Array, after: Array, span_before: Array, span_after: Array) -> Array:
    return (span_before * before + span_after * after) / (span_before + span_after)


def _harmonic(before: Array, after: Array, span_before: Array, span_after: Array) -> Array:
    """Return Fritsch and Butland's weighted harmonic mean, zero where the direction turns."""
    weight_before, weight_after = 2 * span_after + span_before, span_after + 2 * span_before
    below = weight_before * after + weight_after * before
    same_way = before * after > 0
    speed = (weight_before + weight_after) * before * after / np.where(same_way, below, 1.0)
    return np.where(same_way, speed, 0.0)
