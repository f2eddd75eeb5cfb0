"""Hops: the times and heights of a ball that bounces, each lower than the one before."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.transforms import Array

# How much of a hop, at both of its ends, what bounces is squashed.
_CONTACT = 0.2


@dataclass(frozen=True, eq=False)
class Hops:
    """N hops, one after the other.

    Each is as long as its height makes it under one gravity, whichever that is: ``length ~ sqrt(height)``.

    Attributes:
        heights_m: [N].
        ends: [N + 1] frames: where the first begins, and where each ends.
    """

    heights_m: Array
    ends: Array

    @classmethod
    def between(cls, first: float, last: float, *, height_m: float, times: int, decay: float) -> "Hops":
        """Return the hops that fill the frames from ``first`` to ``last``; each is lower by ``decay`` of the last."""
        shares = (1 - decay) ** np.arange(float(times))
        passed = np.concatenate([[0.0], np.cumsum(np.sqrt(shares))])
        return cls(height_m * shares, first + (last - first) * (passed / passed[-1]))

    def height_m(self, at: Array) -> Array:
        """Return how high it is [T] at frames [T]: 0 before the first hop and after the last."""
        hop, share = self._within(at)
        height_m: Array = 4 * self.heights_m[hop] * share * (1 - share)
        return height_m

    def contact(self, at: Array) -> Array:
        """Return how much of its speed presses it down [T], 0..1: 1 at the hardest landing, 0 while it is in the air.

        It gets ready before it leaves first, and stands up again after it has landed last. Where the shot is too short
        for it to get ready, it does less so: a bounce from frame 0 on begins unsquashed, like the source.
        """
        hop, share = self._within(at)
        strength = np.sqrt(self.heights_m / self.heights_m[0])
        lengths = np.diff(self.ends)
        ready = min(_CONTACT * lengths[0], self.ends[0])
        hits = np.concatenate([[ready / (_CONTACT * lengths[0])], strength])
        pressed = hits[hop] * _bump(share / _CONTACT) + hits[hop + 1] * _bump((1 - share) / _CONTACT)
        before, after = self.ends[0] - at, at - self.ends[-1]
        pressed = np.where(before > 0, hits[0] * _bump(before / max(ready, 1e-9)), pressed)
        pressed = np.where(after > 0, hits[-1] * _bump(after / (_CONTACT * lengths[-1])), pressed)
        return pressed

    def _within(self, at: Array) -> tuple[NDArray[np.int64], Array]:
        """Return in which hop frames [T] are, and how far along it, 0..1."""
        hop = np.clip(np.searchsorted(self.ends, at, side="right") - 1, 0, len(self.heights_m) - 1)
        length = self.ends[hop + 1] - self.ends[hop]
        return hop, np.clip((at - self.ends[hop]) / length, 0, 1)


def _bump(distance: Array) -> Array:
    """Return 1 at 0, and 0 from 1 on, at rest at both ends."""
    bump: Array = np.cos(np.pi / 2 * np.clip(distance, 0, 1)) ** 2
    return np.where(distance >= 1, 0.0, bump)
