"""Camera keys: what a caption says of a camera that goes through given keys."""

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import groupby, pairwise
from typing import TypeAlias

from r2s2r.spec.base import Vector
from r2s2r.spec.camera import (
    CameraKey,
    CameraMove,
    HandheldMove,
    KeyframesMove,
    LookAtMove,
    PanMove,
    RollMove,
    StaticMove,
    TiltMove,
    ZoomMove,
)
from r2s2r.spec.captions.lenses import zoom_log
from r2s2r.spec.captions.story import Spell
from r2s2r.spec.captions.subjects import Terms
from r2s2r.spec.captions.track import REST, Change, State, Track
from r2s2r.spec.captions.words import Clause, degrees, joined, listed, manner, metres
from r2s2r.spec.edit import EditSpec
from r2s2r.spec.moves import Target
from r2s2r.spec.source import SourceSpec

_SLOW_M_S, _FAST_M_S = 0.25, 1.5
# A direction counts if it is at least this share of the whole way.
_MINOR = 0.35

_Look: TypeAlias = tuple[Target | None, Target | None]


def keyed(
    move: KeyframesMove, before: Sequence[CameraMove], *, shot: EditSpec, source: SourceSpec, terms: Terms
) -> list[Spell]:
    """Return what a camera does that goes through keys, after the moves ``before``; rests are left out."""
    eye_m = None if shot.animation is not None else _eye_m(before, source)
    fps = Fraction(shot.output.fps)
    states = [_state(key, eye_m, shot, source) for key in move.keys]
    times_s = [float(key.at.frame(shot.frames, fps) / fps) for key in move.keys]
    if move.curve == "hold":
        return _jumps(states, times_s)
    timed = []
    for look, (first, last) in _looks(move.keys):
        track = Track(tuple(times_s[first : last + 1]), tuple(states[first : last + 1]))
        for change in track.changes():
            clauses = [*ways(change, terms), *_turns(change.by, look, terms), *_zooms(change.by)]
            if clauses := _with_look(clauses, look, terms):
                timed.append(Spell(change.start_s, change.end_s, tuple(clauses)))
    return timed


def _jumps(states: Sequence[State], times_s: Sequence[float]) -> list[Spell]:
    """Tell a camera that stands still at each key until the next."""
    jumps = [at_s for at_s, (before, after) in zip(times_s[1:], pairwise(states), strict=True) if before != after]
    if not jumps:
        return []
    return [Spell(jumps[0], jumps[-1], (Clause("jump", f"to {'another view' if len(jumps) == 1 else 'other views'}"),))]


def _eye_m(before: Sequence[CameraMove], source: SourceSpec) -> Vector | None:
    """Return where the camera stands before the move: above the origin, unless other moves have moved it."""
    return (0.0, source.ground.camera_height_m, 0.0) if stands(before) else None


def stands(moves: Sequence[CameraMove]) -> bool:
    """Tell whether a camera that makes these moves stays on the spot."""
    on_the_spot = StaticMove | PanMove | TiltMove | RollMove | ZoomMove | LookAtMove | HandheldMove
    return all(
        isinstance(move, on_the_spot)
        or (isinstance(move, KeyframesMove) and all(key.position_m is None for key in move.keys))
        for move in moves
    )


def _state(key: CameraKey, eye_m: Vector | None, shot: EditSpec, source: SourceSpec) -> State:
    place = REST if key.position_m is None else State(0.0, *key.position_m)
    if eye_m is not None:
        place = place.plus(State(-1.0, *eye_m), place.home)
    turn = key.rotate_deg or (0.0, 0.0, 0.0)
    if key.orientation_wxyz is not None:
        turn = _turn_deg(key.orientation_wxyz, source.ground.pitch_deg)
    zoom = zoom_log(key, shot, source)
    return place.plus(State(0.0, 0.0, 0.0, 0.0, *turn, zoom, zoom, zoom)).plus(State(roll=key.roll_deg))


def _turn_deg(wxyz: tuple[float, float, float, float], pitch_deg: float) -> Vector:
    """Return how far an orientation is turned up, to the right and clockwise from the source camera's."""
    length = math.hypot(*wxyz)
    w, x, y, z = (value / length for value in wxyz)
    ahead = (2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y))
    side, down = 2 * (x * y + w * z), 1 - 2 * (x * x + z * z)
    level = math.hypot(ahead[0], ahead[2])
    up = math.degrees(math.atan2(ahead[1], level))
    right = math.degrees(math.atan2(ahead[0], -ahead[2])) if level > 1e-6 else 0.0
    lean = math.degrees(math.atan2(-side, -down)) if level > 1e-6 else 0.0
    return up - pitch_deg, right, lean


def _looks(keys: Sequence[CameraKey]) -> Iterator[tuple[_Look, tuple[int, int]]]:
    """Yield what the camera looks at before and after, and the first and last key between which that holds."""
    steps = [((keys[left].look_at, keys[left + 1].look_at), left) for left in range(len(keys) - 1)]
    for look, group in groupby(steps, key=lambda step: step[0]):
        members = [left for _, left in group]
        yield look, (members[0], members[-1] + 1)


def _with_look(clauses: list[Clause], look: _Look, terms: Terms) -> list[Clause]:
    before, after = look
    if before == after:
        if after is None or not (clauses or terms.moves(after)):
            return clauses
        return [*clauses, Clause("keep", f"{terms.named(after)} in view")]
    if after is not None:
        return [*clauses, Clause("turn", f"to look at {terms.named(after)}")]
    assert before is not None, "they differ"
    return [*clauses, Clause("turn", f"away from {terms.named(before)}")]


def ways(change: Change, terms: Terms) -> list[Clause]:
    """Return how a camera goes from one place to another."""
    by = change.by
    if by.unknown:
        return [Clause("move", "to another place")]
    if not by.moves:
        return []
    way_m = math.hypot(by.level_m, by.rise_m)
    slowly = manner(way_m / max(change.end_s - change.start_s, 1e-3), slow=_SLOW_M_S, fast=_FAST_M_S)
    directions = [
        words
        for part, words in (
            (-by.z, "forward"),
            (by.z, "backward"),
            (by.x, "to the right"),
            (-by.x, "to the left"),
            (by.y, "upward"),
            (-by.y, "downward"),
        )
        if part >= _MINOR * way_m
    ]
    return [Clause("move", joined(terms.amount(metres(way_m)), listed(directions)), slowly)]


def _turns(by: State, look: _Look, terms: Terms) -> list[Clause]:
    pitch, yaw, roll = by.angles
    if look != (None, None):
        pitch = yaw = 0.0  # said by what it looks at
    turns = (
        ("pan", yaw, "to the right" if yaw > 0 else "to the left"),
        ("tilt", pitch, "up" if pitch > 0 else "down"),
        ("roll", roll, "clockwise" if roll > 0 else "counterclockwise"),
    )
    return [Clause(verb, joined(terms.amount(degrees(angle)), way)) for verb, angle, way in turns if angle]


def _zooms(by: State) -> list[Clause]:
    zoom = by.sizes[0]
    return [Clause("zoom", "in" if zoom > 0 else "out")] if zoom else []
