"""Times lie in the shot and come in order."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from r2s2r.spec.camera import KeyframesMove, TimedMove
from r2s2r.spec.checks.moves import Move, moves
from r2s2r.spec.edits import RemoveEdit, TransformEdit
from r2s2r.spec.reading.findings import Problem
from r2s2r.spec.reading.nodes import Loc
from r2s2r.spec.shots import ShotSpec
from r2s2r.spec.times import Moment

_TOLERANCE = 1e-6  # frames; for seconds and shares that are whole frames but for rounding


def time_problems(shot: ShotSpec) -> Iterator[Problem]:
    """Yield times past the last frame, keys that are not in order, and spans that end before they start."""
    clock = _Clock(shot.frames, Fraction(shot.output.fps))
    for loc, move in moves(shot):
        yield from _past_the_end(loc, move, clock)
        yield from _out_of_order(loc, move, clock)


@dataclass(frozen=True)
class _Clock:
    frames: int
    fps: Fraction

    def frame(self, moment: Moment) -> float:
        return moment.frame(self.frames, self.fps)

    def said(self, moment: Moment) -> str:
        frame = f"{self.frame(moment):.6g}"
        return f"{moment} (frame {frame})" if moment.unit else f"frame {frame}"


def _times(loc: Loc, move: Move) -> Iterator[tuple[Loc, Moment]]:
    match move:
        case KeyframesMove() | TransformEdit():
            for index, at in enumerate([key.at for key in move.keys]):
                yield (*loc, "keys", index, "at"), at
        case TimedMove() | RemoveEdit():
            if move.from_ is not None:
                yield (*loc, "from"), move.from_
            if move.to is not None:
                yield (*loc, "to"), move.to
        case _:
            return


def _past_the_end(loc: Loc, move: Move, clock: _Clock) -> Iterator[Problem]:
    last = clock.frames - 1
    for at, moment in _times(loc, move):
        if clock.frame(moment) > last + _TOLERANCE:
            end = f"{last} ({clock.frames} frames at {clock.fps} a second, {float(last / clock.fps):.4g}s)"
            yield Problem(at, f"{clock.said(moment)} is past the last frame, {end}")


def _out_of_order(loc: Loc, move: Move, clock: _Clock) -> Iterator[Problem]:
    times = list(_times(loc, move))
    for (_, before), (at, after) in pairwise(times):
        step = clock.frame(after) - clock.frame(before)
        if at[-1] == "to" and step < -_TOLERANCE:
            yield Problem(at, f"{clock.said(after)} comes before from, {clock.said(before)}")
        elif at[-1] == "at" and step <= _TOLERANCE:
            said = f"{clock.said(after)} does not come after the key before it, {clock.said(before)}"
            yield Problem(at, f"{said}: put the keys in order, one for each moment")
