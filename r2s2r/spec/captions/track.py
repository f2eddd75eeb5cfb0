"""Tracks: where something is at its keys, and the changes between them that are worth a word.

Only for words: between keys everything is taken as linear, angles are added as they are written.
"""

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import NamedTuple

# Less is not worth a word.
_STILL_M = 0.02
_STILL_DEG = 2.0
_STILL_SIZE = 0.03  # of a logarithm: three per cent
# Changes in directions that differ by up to 60 degrees are one.
_SAME_WAY = 0.5
# Up and down again is a hop if they differ by less than this share.
_HOP = 0.3


class State(NamedTuple):
    """One moment, or the difference of two.

    Attributes:
        home: How much of its place is where it would be without these keys: 1 or 0 at keys, between them in between.
        x: Metres to the right, beside ``home``.
        y: Metres up.
        z: Metres towards the source camera.
        pitch: Degrees.
        yaw: Degrees.
        roll: Degrees.
        wide: Logarithm of the scale along its x axis.
        tall: Along y.
        deep: Along z.
    """

    home: float = 0.0
    x: float = 0.0
    y: float = 0.0
    z: float = 0.0
    pitch: float = 0.0
    yaw: float = 0.0
    roll: float = 0.0
    wide: float = 0.0
    tall: float = 0.0
    deep: float = 0.0

    def plus(self, other: "State", share: float = 1.0) -> "State":
        """Return the sum with a share of another."""
        return State(*(mine + share * its for mine, its in zip(self, other, strict=True)))

    def minus(self, other: "State") -> "State":
        """Return the difference."""
        return self.plus(other, -1.0)

    @property
    def angles(self) -> tuple[float, float, float]:
        """The turns that are worth a word; the others as 0."""
        pitch, yaw, roll = (a if abs(a) >= _STILL_DEG else 0.0 for a in (self.pitch, self.yaw, self.roll))
        return pitch, yaw, roll

    @property
    def sizes(self) -> tuple[float, float, float]:
        """The logarithms of scales that are worth a word; the others as 0."""
        wide, tall, deep = (s if abs(s) >= _STILL_SIZE else 0.0 for s in (self.wide, self.tall, self.deep))
        return wide, tall, deep

    @property
    def level_m(self) -> float:
        """How far over the ground; 0 where that is not worth a word."""
        way_m = math.hypot(self.x, self.z)
        return way_m if way_m >= _STILL_M else 0.0

    @property
    def rise_m(self) -> float:
        """How far up; 0 where that is not worth a word."""
        return self.y if abs(self.y) >= _STILL_M else 0.0

    @property
    def unknown(self) -> bool:
        """Whether it goes from somewhere relative to somewhere absolute, or back: nobody knows in which direction."""
        return abs(self.home) > 1e-6

    @property
    def moves(self) -> bool:
        """Whether it goes somewhere."""
        return self.unknown or self.level_m > 0 or self.rise_m != 0

    @property
    def still(self) -> bool:
        """Whether none of it is worth a word."""
        return not (self.moves or any(self.angles) or any(self.sizes))


REST = State(home=1.0)


@dataclass(frozen=True)
class Change:
    """What happens from one time to another.

    Attributes:
        start_s: When it begins.
        end_s: When it ends.
        by: The difference it makes.
        hops: How often it goes up and comes down again on the way.
    """

    start_s: float
    end_s: float
    by: State
    hops: int = 0

    @property
    def still(self) -> bool:
        """Whether nothing happens that is worth a word."""
        return self.by.still and self.hops == 0


class Track(NamedTuple):
    """States at times in seconds, in order."""

    times_s: tuple[float, ...]
    states: tuple[State, ...]

    def between(self, at_s: float) -> tuple[int, int, float]:
        """Return the neighbouring keys of a moment, and how far (0 to 1) it is from the one to the other."""
        right = min(bisect_right(self.times_s, at_s), len(self.times_s) - 1)
        left = max(right - 1, 0)
        length_s = self.times_s[right] - self.times_s[left]
        share = (at_s - self.times_s[left]) / length_s if length_s > 0 else 0.0
        return left, right, min(1.0, max(0.0, share))

    def changes(self) -> list[Change]:
        """Return what happens between the keys, in order; neighbours that go the same way as one."""
        steps = [
            Change(start_s, end_s, after.minus(before))
            for (start_s, before), (end_s, after) in pairwise(zip(self.times_s, self.states, strict=True))
        ]
        return [change for run in _runs(steps) for change in _told_apart(run)]


def _runs(steps: Sequence[Change]) -> Iterator[list[Change]]:
    """Yield neighbours that go the same way over the ground, turn and grow alike; up and down do not count."""
    run: list[Change] = []
    for step in steps:
        if run and not _alike(_sum(run).by, step.by):
            yield run
            run = []
        run.append(step)
    if run:
        yield run


def _alike(first: State, second: State) -> bool:
    if first.still or second.still or first.unknown or second.unknown:
        return first.still == second.still and first.unknown == second.unknown
    if (first.level_m > 0) != (second.level_m > 0):
        return False
    along = first.x * second.x + first.z * second.z
    if first.level_m > 0 and along < _SAME_WAY * first.level_m * second.level_m:
        return False
    turns = zip((*first.angles, *first.sizes), (*second.angles, *second.sizes), strict=True)
    return all(one * other >= 0 for one, other in turns) and bool(any(first.angles)) == bool(any(second.angles))


def _told_apart(run: Sequence[Change]) -> list[Change]:
    """Return a run as one change if it rises, sinks or hops; otherwise each rise and each fall by itself."""
    stretches = [_sum(list(group)) for _, group in groupby(run, key=lambda step: _sign(step.by.rise_m))]
    slopes = [stretch.by.rise_m for stretch in stretches if stretch.by.rise_m]
    ups, downs = slopes[::2], slopes[1::2]
    pairs = zip(ups, downs, strict=False)
    if len(slopes) > 1 and len(ups) == len(downs) and all(up > 0 and abs(up + down) < _HOP * up for up, down in pairs):
        whole = _sum(run)
        return [Change(whole.start_s, whole.end_s, whole.by, hops=len(ups))]
    return [_sum(run)] if len(slopes) <= 1 else stretches


def _sum(steps: Sequence[Change]) -> Change:
    total = State()
    for step in steps:
        total = total.plus(step.by)
    return Change(steps[0].start_s, steps[-1].end_s, total)


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)
