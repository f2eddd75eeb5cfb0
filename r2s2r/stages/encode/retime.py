"""Retime: from the rate frames were made at to the rate they are delivered at; the duration stays."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias, assert_never

import numpy as np
from numpy.typing import NDArray

Picture: TypeAlias = NDArray[np.uint8]


@dataclass(frozen=True)
class Retiming:
    """Which moment of the frames made each delivered frame shows.

    Attributes:
        frames: Number of frames made.
        fps: Rate they were made at.
        deliver_fps: Rate they are delivered at.
    """

    frames: int
    fps: Fraction
    deliver_fps: Fraction

    @property
    def deliver_frames(self) -> int:
        """Number of frames delivered: as many as fill the same time."""
        return max(1, round(self.frames * self.deliver_fps / self.fps))

    def position(self, delivered: int) -> Fraction:
        """Return where, counted in frames made, a delivered frame lies; the last one is held to the end."""
        return min(delivered * self.fps / self.deliver_fps, Fraction(self.frames - 1))


@dataclass(frozen=True, eq=False)
class Between:
    """A moment between two neighbouring frames: ``share`` of the way from ``before`` [H, W, 3] to ``after``."""

    before: Picture
    after: Picture
    share: float


def retimed(frames: Iterator[Picture], retiming: Retiming, how: Literal["hold", "blend", "flow"]) -> Iterator[Picture]:
    """Yield the delivered frames [H, W, 3]; two of the frames made are in memory at a time."""
    moments = _moments(frames, retiming)
    match how:
        case "hold":
            return (moment.before for moment in moments)
        case "blend":
            return map(_blend, moments)
        case "flow":
            from r2s2r.stages.encode.flow import FlowInterpolator

            return map(FlowInterpolator().picture, moments)
        case _:
            assert_never(how)


def _moments(frames: Iterator[Picture], retiming: Retiming) -> Iterator[Between]:
    before = next(frames)
    after, index = next(frames, before), 0  # the index is of ``before``
    for delivered in range(retiming.deliver_frames):
        position = retiming.position(delivered)
        while index < int(position):
            before, after, index = after, next(frames, after), index + 1
        yield Between(before, after, float(position - index))
    deque(frames, maxlen=0)  # whoever watches them pass sees the last ones too


def _blend(moment: Between) -> Picture:
    if moment.share == 0:
        return moment.before
    mixed = moment.before * np.float32(1 - moment.share) + moment.after * np.float32(moment.share)
    return np.rint(mixed).astype(np.uint8)
