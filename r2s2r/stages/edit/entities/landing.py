"""Landing: when and how far something falls, and how it bounces there."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from r2s2r.geometry.transforms import Array
from r2s2r.stages.edit.entities.floors import Faller, Floor
from r2s2r.stages.edit.entities.hops import Hops
from r2s2r.stages.edit.timeline import Timeline

# Lower than this it no longer bounces. At 0.9, the most that is allowed, these are enough from the world's edge.
_LOWEST_M = 1e-6
_HOPS = 200
# Farther than anything can fall: what misses has no end.
_FAR_M = 1e6


@dataclass(frozen=True, eq=False)
class Fall:
    """A free fall from rest.

    Attributes:
        start: The frame it begins at.
        gravity_m: In metres per frame and frame.
    """

    start: float
    gravity_m: float

    def depth_m(self, at: Array) -> Array:
        """Return how far it has fallen [T] at frames [T], were there nothing to land on."""
        passed = np.maximum(at - self.start, 0)
        depth_m: Array = self.gravity_m / 2 * passed * passed
        return depth_m

    def frame_at(self, depth_m: float) -> float:
        """Return the frame at which it has fallen that far."""
        return self.start + float(np.sqrt(2 * max(depth_m, 0.0) / self.gravity_m))


@dataclass(frozen=True, eq=False)
class Landing:
    """Where a fall ends.

    Attributes:
        floor: What it lands on.
        at: The frame.
        fall_m: How deep; None where that goes on changing, because one of both turns or changes its form.
        hops: How it bounces; None where it stays down.
    """

    floor: Floor
    at: float
    fall_m: float | None
    hops: Hops | None

    def height_m(self, at: Array) -> Array:
        """Return how high it bounces [T] at frames [T]."""
        return np.zeros(len(at)) if self.hops is None else self.hops.height_m(at)


def landing(fall: Fall, faller: Faller, floor: Floor, timeline: Timeline, *, bounce: float) -> Landing | None:
    """Return where a fall ends on a floor; None where the shot is over by then.

    Only moments that the shot itself has, and what is found between them, are looked at, so that the same comes out
    whichever of them are asked for.
    """
    last = float(timeline.frames - 1)
    grid = timeline.moments(np.append(np.arange(fall.start, last), last))
    still = faller.is_still(grid)
    if still and floor.is_still(grid):
        depth_m = float(floor.falls_m(faller, timeline.moment(fall.start))[0])
        at = fall.frame_at(depth_m) if np.isfinite(depth_m) else np.inf
        return None if at > last else Landing(floor, at, depth_m, _hops(fall, at, bounce))
    met = _met(fall, faller, floor, grid)
    if met is None:
        return None
    kept = still and floor.is_rigid(grid)
    depth_m = float(floor.falls_m(faller, timeline.moment(met))[0])
    return Landing(floor, met, depth_m if kept else None, _hops(fall, met, bounce))


def _met(fall: Fall, faller: Faller, floor: Floor, grid: Timeline) -> float | None:
    """Return when a fall first reaches a floor that moves, or first does so while what falls turns."""

    def missing_m(at: float) -> float:
        moment = grid.moment(at)
        return min(float(floor.falls_m(faller, moment)[0]), _FAR_M) - float(fall.depth_m(moment.at)[0])

    possible = floor.nearest_m(faller, grid) <= fall.depth_m(grid.at)
    for index in np.flatnonzero(possible):
        if missing_m(float(grid.at[index])) <= 0:
            return _between(missing_m, grid.at, int(index))
    return None


def _between(missing_m: Callable[[float], float], at: Array, index: int) -> float:
    from scipy.optimize import brentq  # slow to import, and few shots have something fall

    if index == 0 or missing_m(float(at[index - 1])) <= 0:
        return float(at[index])
    return float(brentq(missing_m, float(at[index - 1]), float(at[index]), xtol=1e-5))


def _hops(fall: Fall, at: float, bounce: float) -> Hops | None:
    """Return the bounces after a fall; each leaves with ``bounce`` times the speed of the one before."""
    speeds_m = fall.gravity_m * (at - fall.start) * bounce ** np.arange(1.0, _HOPS + 1)
    heights_m = speeds_m**2 / (2 * fall.gravity_m)
    seen = heights_m > _LOWEST_M
    if not seen.any():
        return None
    lengths = 2 * speeds_m[seen] / fall.gravity_m
    return Hops(heights_m[seen], at + np.concatenate([[0.0], np.cumsum(lengths)]))
