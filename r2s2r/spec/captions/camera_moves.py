"""Camera moves: what a caption says the camera does, in the order of time."""

import math
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import groupby
from typing import assert_never

from r2s2r.spec.base import Vector
from r2s2r.spec.camera import (
    CameraKey,
    CameraMove,
    DollyMove,
    KeyframesMove,
    OrbitMove,
    PanMove,
    SourceMove,
    StaticMove,
    Target,
)
from r2s2r.spec.captions.subjects import Terms
from r2s2r.spec.captions.track import REST, Change, State, Track
from r2s2r.spec.captions.words import Clause, Phase, Timed, degrees, joined, listed, manner, metres, times
from r2s2r.spec.edit import EditSpec
from r2s2r.spec.source import DEFAULT_FOV_DEG, SourceSpec
from r2s2r.spec.times import frame_span

# Shares of the shot: a rest before, between or after moves that is shorter is not worth a word.
_SHORT = 0.1
# Moves that have this much of the shorter one in common are told as one.
_TOGETHER = 0.3
_SLOW_DEG_S, _FAST_DEG_S = 12.0, 45.0
_SLOW_M_S, _FAST_M_S = 0.25, 1.5
# Less is not worth a word.
_STILL_DEG, _STILL_M = 0.5, 0.02
# From so many degrees on, an orbit shows the other side; so near to a whole round, it is one.
_OTHER_SIDE_DEG, _ROUND_DEG = 120.0, 15.0
# A direction counts if it is at least this share of the whole way.
_MINOR = 0.35


def camera_phases(shot: EditSpec, source: SourceSpec, terms: Terms) -> list[Phase]:
    """Return what the camera does, phase by phase; empty where it does nothing."""
    length_s = (shot.frames - 1) / shot.output.fps
    rest_s = max(_SHORT * length_s, 1e-6)
    timed = [one for index in range(len(shot.camera)) for one in _timed(shot, index, source, terms)]
    phases: list[Phase] = []
    end_s = 0.0
    for one in _together(sorted(timed, key=lambda one: one.start_s)):
        if one.start_s - end_s >= rest_s:
            phases.append((Clause("stay", "static for a while" if phases else "static"),))
        phases.append(one.phase)
        end_s = max(end_s, one.end_s)
    if phases and length_s - end_s >= rest_s:
        phases.append((Clause("come", "to rest"),))
    return phases


def _timed(shot: EditSpec, index: int, source: SourceSpec, terms: Terms) -> list[Timed]:
    move = shot.camera[index]
    if isinstance(move, StaticMove):
        return []
    if isinstance(move, SourceMove):
        return _followed(move, shot, source)
    if isinstance(move, KeyframesMove):
        return _keyed(move, shot.camera[:index], shot=shot, source=source, terms=terms)
    fps = Fraction(shot.output.fps)
    start, end = frame_span(move.from_, move.to, frames=shot.frames, fps=fps)
    if end <= start and start == 0:
        return []  # done before anything is seen
    seconds = max(float((end - start) / fps), 1 / float(fps))
    phase = _phase(move, seconds, terms)
    return [Timed(float(start / fps), float(end / fps), phase)] if phase else []


def _followed(move: SourceMove, shot: EditSpec, source: SourceSpec) -> list[Timed]:
    if not source.camera.moves or not move.speed:
        return []
    backwards = ", backwards" if move.speed < 0 else ""
    phase = (Clause("move", f"as in the original footage{backwards}"),)
    return [Timed(0.0, (shot.frames - 1) / shot.output.fps, phase)]


def _together(timed: Iterable[Timed]) -> Iterator[Timed]:
    """Tell moves that go on at the same time as one."""
    last: Timed | None = None
    for one in timed:
        if last is None:
            last = one
            continue
        common_s = min(last.end_s, one.end_s) - one.start_s
        if common_s > _TOGETHER * min(last.end_s - last.start_s, one.end_s - one.start_s):
            last = Timed(last.start_s, max(last.end_s, one.end_s), _beside(last.phase, one.phase))
        else:
            yield last
            last = one
    if last is not None:
        yield last


def _beside(main: Phase, other: Phase) -> Phase:
    """Add what is done at the same time; each kind of clause is told once, and what an orbit shows is left out."""
    told: dict[str, Clause] = {}
    for clause in (*main, *other):
        if clause.verb != "show":
            told.setdefault(clause.verb, clause)
    return tuple(told.values())


def _phase(move: OrbitMove | DollyMove | PanMove, seconds: float, terms: Terms) -> Phase:
    match move:
        case OrbitMove():
            return _orbit(move, seconds, terms) if abs(move.degrees) >= _STILL_DEG else ()
        case DollyMove():
            return (_dolly(move, seconds, terms),) if abs(move.distance_m) >= _STILL_M else ()
        case PanMove():
            return (_pan(move, seconds, terms),) if abs(move.degrees) >= _STILL_DEG else ()
        case _:
            assert_never(move)


def _orbit(move: OrbitMove, seconds: float, terms: Terms) -> Phase:
    target, side = terms.named(move.around), "right" if move.degrees > 0 else "left"
    slowly = manner(move.degrees / seconds, slow=_SLOW_DEG_S, fast=_FAST_DEG_S)
    rounds = round(abs(move.degrees) / 360)
    if rounds and abs(abs(move.degrees) - 360 * rounds) < _ROUND_DEG:
        often = times(rounds) if rounds > 1 else ""
        return (Clause("orbit", joined(f"to the {side}", often, f"all the way around {target}"), slowly),)
    amount = terms.amount(_by(degrees(move.degrees)))
    end = (
        "the other side in the end"
        if abs(move.degrees) >= _OTHER_SIDE_DEG
        else f"more and more of the {side}-hand side"
    )
    return (Clause("orbit", joined(f"to the {side} around {target}", amount), slowly), Clause("show", end))


def _dolly(move: DollyMove, seconds: float, terms: Terms) -> Clause:
    closer = move.distance_m > 0
    way = "in" if closer else "out"
    if move.towards is not None:
        way = f"in towards {terms.named(move.towards)}" if closer else f"out from {terms.named(move.towards)}"
    slowly = manner(move.distance_m / seconds, slow=_SLOW_M_S, fast=_FAST_M_S)
    return Clause("dolly", joined(way, terms.amount(_by(metres(move.distance_m)))), slowly)


def _pan(move: PanMove, seconds: float, terms: Terms) -> Clause:
    slowly = manner(move.degrees / seconds, slow=_SLOW_DEG_S, fast=_FAST_DEG_S)
    side = "to the right" if move.degrees > 0 else "to the left"
    return Clause("pan", joined(side, terms.amount(_by(degrees(move.degrees)))), slowly)


def _by(amount: str) -> str:
    """Return ``by about ninety degrees``, but ``once all the way round``."""
    return f"by {amount}" if amount.startswith(("about", "a ")) else amount


def _keyed(
    move: KeyframesMove, before: Sequence[CameraMove], *, shot: EditSpec, source: SourceSpec, terms: Terms
) -> list[Timed]:
    """Return what a camera does that goes through keys, after the moves ``before``; rests are left out."""
    eye_m = _eye_m(before, source)
    fps = Fraction(shot.output.fps)
    states = [_state(key, eye_m, source) for key in move.keys]
    times_s = [float(key.at.frame(shot.frames, fps) / fps) for key in move.keys]
    timed = []
    for look, (first, last) in _looks(move.keys):
        track = Track(tuple(times_s[first : last + 1]), tuple(states[first : last + 1]))
        for change in track.changes():
            clauses = [*_ways(change, terms), *_turns(change.by, look, terms), *_zooms(change.by)]
            if clauses := _with_look(clauses, look, terms):
                timed.append(Timed(change.start_s, change.end_s, tuple(clauses)))
    return timed


def _eye_m(before: Sequence[CameraMove], source: SourceSpec) -> Vector | None:
    """Return where the camera stands before the move: above the origin, unless other moves have moved it."""
    stays = all(
        isinstance(move, StaticMove | PanMove)
        or (isinstance(move, KeyframesMove) and all(key.position_m is None for key in move.keys))
        for move in before
    )
    return (0.0, source.ground.camera_height_m, 0.0) if stays else None


def _state(key: CameraKey, eye_m: Vector | None, source: SourceSpec) -> State:
    place = REST if key.position_m is None else State(0.0, *key.position_m)
    if eye_m is not None:
        place = place.plus(State(-1.0, *eye_m), place.home)
    zoom = 0.0
    if key.fov_deg is not None:
        source_fov, fov = math.radians(source.camera.stated_fov_deg or DEFAULT_FOV_DEG), math.radians(key.fov_deg)
        zoom = math.log(math.tan(source_fov / 2) / math.tan(fov / 2))
    return place.plus(State(0.0, 0.0, 0.0, 0.0, *(key.rotate_deg or (0.0, 0.0, 0.0)), zoom, zoom, zoom))


_Look = tuple[Target | None, Target | None]


def _looks(keys: Sequence[CameraKey]) -> Iterator[tuple[_Look, tuple[int, int]]]:
    """Yield what the camera looks at before and after, and the first and last key between which that holds."""
    steps = [((keys[left].look_at, keys[left + 1].look_at), left) for left in range(len(keys) - 1)]
    for look, group in groupby(steps, key=lambda step: step[0]):
        members = [left for _, left in group]
        yield look, (members[0], members[-1] + 1)


def _with_look(clauses: list[Clause], look: _Look, terms: Terms) -> list[Clause]:
    before, after = look
    if before == after:
        if after is None or not (clauses or after in terms.moving):
            return clauses
        return [*clauses, Clause("keep", f"{terms.named(after)} in view")]
    if after is not None:
        return [*clauses, Clause("turn", f"to look at {terms.named(after)}")]
    assert before is not None, "they differ"
    return [*clauses, Clause("turn", f"away from {terms.named(before)}")]


def _ways(change: Change, terms: Terms) -> list[Clause]:
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
    if look != (None, None):
        return []
    pitch, yaw, roll = by.angles
    turns = (
        ("pan", yaw, "to the right" if yaw > 0 else "to the left"),
        ("tilt", pitch, "up" if pitch > 0 else "down"),
        ("roll", roll, "clockwise" if roll > 0 else "counterclockwise"),
    )
    return [Clause(verb, joined(terms.amount(degrees(angle)), way)) for verb, angle, way in turns if angle]


def _zooms(by: State) -> list[Clause]:
    zoom = by.sizes[0]
    return [Clause("zoom", "in" if zoom > 0 else "out")] if zoom else []
