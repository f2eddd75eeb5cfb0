"""Timeline: the moments a shot is evaluated at, and how times and moves lie on it."""

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.easing import eased
from r2s2r.geometry.transforms import Array
from r2s2r.spec.moves import Held, Timed
from r2s2r.spec.times import Moment, frame_span


@dataclass(frozen=True, eq=False)
class Timeline:
    """A shot's time. Everything is a pure function of it: evaluating fewer moments gives the same bits for those.

    Attributes:
        frames: Length of the shot.
        fps: Its rate.
        at: [T] the frames to evaluate, not necessarily whole.
    """

    frames: int
    fps: Fraction
    at: Array

    @classmethod
    def whole(cls, frames: int, fps: Fraction) -> "Timeline":
        """Return the timeline of every frame of a shot."""
        return cls(frames, fps, np.arange(frames, dtype=np.float64))

    def frame_of(self, moment: Moment) -> float:
        """Return the frame of a time of the scene language."""
        return moment.frame(self.frames, self.fps)

    def span(self, from_: Moment | None, to: Moment | None) -> tuple[float, float]:
        """Return first and last frame of a stretch; what is not given is the shot's own end."""
        return frame_span(from_, to, frames=self.frames, fps=self.fps)

    def share(self, move: Timed) -> Array:
        """Return how much of a timed move [T] is done: 0 up to its first frame, 1 from its last on, eased between.

        A move that begins and ends at one frame is done from that frame on.
        """
        first, last = self.span(move.from_, move.to)
        if last <= first:
            return np.where(self.at >= first, 1.0, 0.0)
        return eased(np.clip((self.at - first) / (last - first), 0, 1), move.ease)

    def weight(self, move: Held) -> Array:
        """Return how much a held move [T] acts: 1 while it holds, 0 before and after, eased in and out between."""
        first, last = self.span(move.from_, move.to)
        coming, going = self.blends(move)
        weight = np.where((self.at >= first) & (self.at <= last), 1.0, 0.0)
        if coming > 0:
            weight = weight * eased(np.clip((self.at - first) / coming, 0, 1), move.ease)
        if going > 0:
            weight = weight * eased(np.clip((last - self.at) / going, 0, 1), move.ease)
        return weight

    def blends(self, move: Held) -> tuple[float, float]:
        """Return over how many frames a held move comes in, and goes out.

        Where it begins or ends with the shot it does not: there is no picture to come from or go to. A stretch too
        short for both is shared.
        """
        first, last = self.span(move.from_, move.to)
        blend = move.blend_s * float(self.fps)
        comes, goes = first > 0, last < self.frames - 1
        if comes and goes:
            blend = min(blend, (last - first) / 2)
        blend = min(blend, last - first)
        return blend if comes else 0.0, blend if goes else 0.0

    def beyond(self, move: Held) -> Array:
        """Return the frame [T] that a held move comes in from, or, once it goes out, the one it goes out to."""
        first, last = self.span(move.from_, move.to)
        _, going = self.blends(move)
        return np.where(self.at > last - going, last, first)

    def only(self, chosen: NDArray[np.bool_]) -> "Timeline":
        """Return the same shot at some of the moments, [T] bool."""
        return replace(self, at=self.at[chosen])

    def moments(self, at: Array) -> "Timeline":
        """Return the same shot at other moments, in frames [N]."""
        return replace(self, at=np.asarray(at, np.float64))

    def moment(self, at: float) -> "Timeline":
        """Return the same shot at one moment, in frames."""
        return self.moments(np.array([at]))

    def name(self, index: int) -> str:
        """Return how messages call one of the evaluated moments."""
        return f"frame {self.at[index]:g}"
