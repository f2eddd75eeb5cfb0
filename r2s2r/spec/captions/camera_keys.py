"""Camera keys: what a camera does that goes through keyframes."""

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import groupby

from r2s2r.spec.base import Vector
from r2s2r.spec.camera import CameraKey, CameraMove, KeyframesMove, PanMove, StaticMove, Target
from r2s2r.spec.captions.deeds import Deed, Timed, joined
from r2s2r.spec.captions.terms import Terms, manner
from r2s2r.spec.captions.track import REST, Change, State, Track
from r2s2r.spec.captions.words import degrees, listed, metres
from r2s2r.spec.edit import EditSpec
from r2s2r.spec.source import SourceSpec

_SLOW_M_S, _FAST_M_S = 0.25, 1.5
# A direction counts if it is at least this share of the whole way.
_MINOR = 0.35


def keyed(
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
            deeds = [*_ways(change, terms), *_turns(change.by, look, terms), *_zooms(change.by)]
            if deeds := _with_look(deeds, look, terms):
                timed.append(Timed(change.start_s, change.end_s, tuple(deeds)))
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
        source_fov, fov = math.radians(source.camera.fov_deg), math.radians(key.fov_deg)
        zoom = math.log(math.tan(source_fov / 2) / math.tan(fov / 2))
    return place.plus(State(0.0, 0.0, 0.0, 0.0, *(key.rotate_deg or (0.0, 0.0, 0.0)), zoom, zoom, zoom))


_Look = tuple[Target | None, Target | None]


def _looks(keys: Sequence[CameraKey]) -> Iterator[tuple[_Look, tuple[int, int]]]:
    """Yield what the camera looks at before and after, and the first and last key between which that holds."""
    steps = [((keys[left].look_at, keys[left + 1].look_at), left) for left in range(len(keys) - 1)]
    for look, group in groupby(steps, key=lambda step: step[0]):
        members = [left for _, left in group]
        yield look, (members[0], members[-1] + 1)


def _with_look(deeds: list[Deed], look: _Look, terms: Terms) -> list[Deed]:
    before, after = look
    if before == after:
        if after is None or not (deeds or after in terms.moving):
            return deeds
        return [*deeds, Deed("keep", f"{terms.named(after)} in view")]
    if after is not None:
        return [*deeds, Deed("turn", f"to look at {terms.named(after)}")]
    assert before is not None, "they differ"
    return [*deeds, Deed("turn", f"away from {terms.named(before)}")]


def _ways(change: Change, terms: Terms) -> list[Deed]:
    by = change.by
    if by.unknown:
        return [Deed("move", "to another place")]
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
    return [Deed("move", joined(terms.amount(metres(way_m)), listed(directions)), slowly)]


def _turns(by: State, look: _Look, terms: Terms) -> list[Deed]:
    if look != (None, None):
        return []
    pitch, yaw, roll = by.angles
    turns = (
        ("pan", yaw, "to the right" if yaw > 0 else "to the left"),
        ("tilt", pitch, "up" if pitch > 0 else "down"),
        ("roll", roll, "clockwise" if roll > 0 else "counterclockwise"),
    )
    return [Deed(verb, joined(terms.amount(degrees(angle)), way)) for verb, angle, way in turns if angle]


def _zooms(by: State) -> list[Deed]:
    zoom = by.sizes[0]
    return [Deed("zoom", "in" if zoom > 0 else "out")] if zoom else []
