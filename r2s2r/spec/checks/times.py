"""Times lie in the shot and come in order."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from r2s2r.spec.camera import FollowMove, KeyframesMove
from r2s2r.spec.checks.moves import Move, moves
from r2s2r.spec.edits import BounceEdit, DropEdit, FollowEdit, HideEdit, RemoveEdit, ShowEdit, TransformEdit
from r2s2r.spec.moves import Route, Timed
from r2s2r.spec.reading.findings import Problem
from r2s2r.spec.reading.nodes import Loc
from r2s2r.spec.shots import ShotSpec
from r2s2r.spec.times import Moment

_TOLERANCE = 1e-6  # frames; for seconds and shares that are whole frames but for rounding
# What lasts from one time to another, besides what is Timed.
_LASTING = FollowMove | FollowEdit | BounceEdit | RemoveEdit | HideEdit | ShowEdit


def time_problems(shot: ShotSpec) -> Iterator[Problem]:
    """Yield times past the last frame, keys and points that are not in order, spans that end before they start.

    A bounce has to end later than it starts: what is thrown up comes down later.
    """
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
    if isinstance(move, KeyframesMove | TransformEdit):
        for index, at in enumerate([key.at for key in move.keys]):
            yield (*loc, "keys", index, "at"), at
    elif isinstance(move, Route) and move.is_timed:
        for index, point in enumerate(move.knots):
            if point.at is not None:
                yield (*loc, "points", index, "at"), point.at
    elif isinstance(move, Timed | _LASTING):
        yield from _span(loc, move.from_, move.to)
    elif isinstance(move, DropEdit):
        yield from _span(loc, move.from_, None)


def _span(loc: Loc, from_: Moment | None, to: Moment | None) -> Iterator[tuple[Loc, Moment]]:
    if from_ is not None:
        yield (*loc, "from"), from_
    if to is not None:
        yield (*loc, "to"), to


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
        elif at[-1] == "to" and isinstance(move, BounceEdit) and step <= _TOLERANCE:
            yield Problem(at, f"{clock.said(after)} is when it starts, and bouncing takes time: put it later")
        elif at[-1] == "at" and step <= _TOLERANCE:
            said = f"{clock.said(after)} does not come after the {_point(at)} before it, {clock.said(before)}"
            yield Problem(at, f"{said}: put the {_point(at)}s in order, one for each moment")


def _point(at: Loc) -> str:
    return "point" if "points" in at else "key"
