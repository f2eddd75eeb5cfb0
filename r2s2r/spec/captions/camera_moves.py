"""Camera moves: what a caption says the camera does, in the order of time."""

from dataclasses import replace
from typing import assert_never

from r2s2r.spec.camera import (
    ArcMove,
    CraneMove,
    DollyMove,
    DollyZoomMove,
    FileMove,
    FollowMove,
    HandheldMove,
    KeyframesMove,
    LookAtMove,
    OrbitMove,
    PanMove,
    PathMove,
    PedestalMove,
    RollMove,
    SourceMove,
    SpiralMove,
    StaticMove,
    TiltMove,
    TruckMove,
    ZoomMove,
)
from r2s2r.spec.captions.camera_clauses import along, circling, travelling, turning, zooming
from r2s2r.spec.captions.camera_keys import keyed
from r2s2r.spec.captions.lenses import zoom_by
from r2s2r.spec.captions.story import Rests, Spell, Story, story
from r2s2r.spec.captions.subjects import Terms
from r2s2r.spec.captions.words import Clause, Phase
from r2s2r.spec.edit import EditSpec
from r2s2r.spec.source import SourceSpec

_STATIC = Rests(Clause("stay", "static"), Clause("stay", "static for a while"), Clause("come", "to rest"))
_HELD = Rests(Clause("stay", "in place"), Clause("stay", "in place for a while"), Clause("stay", "there"))
# Less of a hand than this nobody sees.
_STILL_HAND = 0.05
_PLANNED = (Clause("move", "along a planned path"),)


def camera_story(shot: EditSpec, source: SourceSpec, terms: Terms) -> Story:
    """Return what the camera does; empty where it does nothing."""
    length_s = (shot.frames - 1) / shot.output.fps
    timed = [one for index in range(len(shot.camera)) for one in _timed(shot, index, source, terms)]
    if shot.animation is not None and shot.animation.camera:
        timed.insert(0, Spell(0.0, length_s, _PLANNED, throughout=True))
    held = any(clause.verb == "sway" for one in timed for clause in one.phase)
    return story(timed, _HELD if held else _STATIC, start_s=0.0, end_s=length_s)


def _timed(shot: EditSpec, index: int, source: SourceSpec, terms: Terms) -> list[Spell]:
    """Return what one move does, less the stretches in which later moves hold the camera still."""
    stops = [shot.span_s(move.from_, move.to) for move in shot.camera[index + 1 :] if isinstance(move, StaticMove)]
    told = _told(shot, index, source, terms)
    if not any(one.start_s < last_s and first_s < one.end_s for one in told for first_s, last_s in stops):
        return told
    told = _told(shot, index, source, replace(terms, amounts=False))  # nobody knows how far it gets
    for stop in stops:
        told = [part for one in told for part in _without(one, *stop)]
    return told


def _without(one: Spell, first_s: float, last_s: float) -> list[Spell]:
    """Return what is left of a phase before and after a stretch."""
    if last_s <= one.start_s or one.end_s <= first_s:
        return [one]
    before = replace(one, end_s=first_s, throughout=False)
    after = replace(one, start_s=last_s, throughout=False)
    return [part for part in (before, after) if part.end_s > part.start_s]


def _told(shot: EditSpec, index: int, source: SourceSpec, terms: Terms) -> list[Spell]:
    move = shot.camera[index]
    match move:
        case StaticMove():
            return []
        case KeyframesMove():
            return keyed(move, shot.camera[:index], shot=shot, source=source, terms=terms)
        case SourceMove():
            return _followed(move, shot, source)
        case FileMove():
            return [Spell(*shot.span_s(move.from_, move.to), _PLANNED)]
        case HandheldMove():
            return _held(move, shot)
        case LookAtMove():
            return _looking(move, index, shot, terms)
        case FollowMove():
            return _following(move, shot, terms)
        case _:
            return _passing(move, index, shot=shot, source=source, terms=terms)


_Passing = (
    PanMove | TiltMove | RollMove | ZoomMove | DollyMove | TruckMove | PedestalMove | CraneMove | DollyZoomMove
    | OrbitMove | ArcMove | SpiralMove | PathMove
)  # fmt: skip


def _passing(move: _Passing, index: int, *, shot: EditSpec, source: SourceSpec, terms: Terms) -> list[Spell]:
    start_s, end_s = shot.span_s(*(move.ends if isinstance(move, PathMove) else (move.from_, move.to)))
    if end_s <= start_s == 0:
        return []  # done before anything is seen
    seconds = max(end_s - start_s, 1 / shot.output.fps)
    phase = _phase(move, index, seconds, shot=shot, source=source, terms=terms)
    return [Spell(start_s, end_s, phase)] if phase else []


def _phase(move: _Passing, index: int, seconds: float, *, shot: EditSpec, source: SourceSpec, terms: Terms) -> Phase:
    match move:
        case PanMove() | TiltMove() | RollMove():
            return turning(move, seconds, terms)
        case ZoomMove():
            return zooming(zoom_by(move, shot.camera[:index], shot, source), seconds)
        case DollyMove() | TruckMove() | PedestalMove() | CraneMove() | DollyZoomMove():
            return travelling(move, seconds, terms)
        case OrbitMove() | ArcMove() | SpiralMove():
            return circling(move, seconds, terms)
        case PathMove():
            return along(move, seconds, terms)
        case _:
            assert_never(move)


def _followed(move: SourceMove, shot: EditSpec, source: SourceSpec) -> list[Spell]:
    if not source.camera.moves or not move.speed:
        return []
    backwards = ", backwards" if move.speed < 0 else ""
    phase = (Clause("move", f"as in the original footage{backwards}"),)
    return [Spell(0.0, (shot.frames - 1) / shot.output.fps, phase, throughout=True)]


def _held(move: HandheldMove, shot: EditSpec) -> list[Spell]:
    hand = move.amount * max(move.shift_m / 0.01, move.turn_deg / 0.4)
    if hand < _STILL_HAND:
        return []
    much = "a lot" if hand > 2.5 else "slightly" if hand < 1.5 else "a little"
    phase = (Clause("sway", f"{much} as if held by hand"),)
    return [Spell(*shot.span_s(move.from_, move.to), phase, throughout=move.from_ is None and move.to is None)]


def _looking(move: LookAtMove, index: int, shot: EditSpec, terms: Terms) -> list[Spell]:
    """Tell a look that begins or ends in the shot, and one that has to follow something."""
    name, (start_s, end_s) = terms.named(move.target), shot.span_s(move.from_, move.to)
    others = any(not isinstance(other, StaticMove | LookAtMove) for other in shot.camera[:index])
    keeps = (Clause("keep", f"{name} in view"),) if others or terms.moves(move.target) else ()
    timed = []
    if start_s > 0:
        timed.append(Spell(start_s, min(end_s, start_s + move.blend_s), (Clause("turn", f"to look at {name}"),)))
    elif keeps and move.to is None:
        timed.append(Spell(start_s, end_s, keeps, throughout=True))
    elif keeps:
        timed.append(Spell(start_s, end_s, keeps))
    if move.to is not None and end_s < (shot.frames - 1) / shot.output.fps:
        timed.append(Spell(max(start_s, end_s - move.blend_s), end_s, (Clause("turn", f"away from {name}"),)))
    return timed


def _following(move: FollowMove, shot: EditSpec, terms: Terms) -> list[Spell]:
    if not terms.moves(move.target):
        return []
    phase = (Clause("follow", f"{terms.named(move.target)} at the same distance"),)
    return [Spell(*shot.span_s(move.from_, move.to), phase, throughout=move.from_ is None and move.to is None)]
