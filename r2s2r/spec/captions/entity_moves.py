"""Entity moves: where edits put an entity, and what a caption says it does."""

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from r2s2r.spec.base import Vector
from r2s2r.spec.captions.track import REST, Change, State, Track
from r2s2r.spec.captions.words import Clause, Phase, degrees, joined, metres, times
from r2s2r.spec.edit import EditSpec, Stretch
from r2s2r.spec.edits import EntityEdit, TransformEdit, TransformKey
from r2s2r.spec.resolved import Entity

# Shares of the shot: a rest that is shorter is not worth a word.
_SHORT = 0.1
_SLOW_M_S, _FAST_M_S = 0.25, 1.5
_SLOW_DEG_S, _FAST_DEG_S = 25.0, 120.0
# One direction stands for the way if the other is less than this share of it.
_MINOR = 0.4


def entity_track(
    entity: Entity, edits: Sequence[EntityEdit], shot: EditSpec, *, shown: Stretch, entities: Mapping[str, Entity]
) -> Track:
    """Return where the edits put an entity, at their keys and at the ends of the stretch in which it can be seen."""
    fps = Fraction(shot.output.fps)
    transforms = [edit for edit in edits if isinstance(edit, TransformEdit)]
    keys = {key.at.frame(shot.frames, fps) for edit in transforms for key in edit.keys}
    inside = {frame for frame in keys if shown.first < frame < shown.last}
    times_s = tuple(frame / float(fps) for frame in sorted({float(shown.first), float(shown.last), *inside}))
    states = [REST] * len(times_s)
    for edit in transforms:
        states = [_edited(state, edit, at_s, shot) for state, at_s in zip(states, times_s, strict=True)]
    home_m = _home_m(entity, entities)
    return Track(times_s, tuple(states if home_m is None else [_placed(state, home_m) for state in states]))


def _edited(state: State, edit: TransformEdit, at_s: float, shot: EditSpec) -> State:
    fps = float(shot.output.fps)
    states = tuple(_with_key(state, key) for key in edit.keys)
    track = Track(tuple(key.at.frame(shot.frames, Fraction(shot.output.fps)) / fps for key in edit.keys), states)
    left, right, share = track.between(at_s)
    return states[left].plus(states[right].minus(states[left]), share)


def _with_key(state: State, key: TransformKey) -> State:
    if key.position_m is not None:
        state = state._replace(home=0.0, x=key.position_m[0], y=key.position_m[1], z=key.position_m[2])
    wide, tall, deep = key.scale if isinstance(key.scale, tuple) else (key.scale,) * 3
    return state.plus(State(0.0, *key.move_m, *key.rotate_deg, math.log(wide), math.log(tall), math.log(deep)))


def _home_m(entity: Entity, entities: Mapping[str, Entity]) -> Vector | None:
    """Return where an entity stands without edits, or None where only the clip knows."""
    place = entity.spec.place
    start: Vector | None = place.position_m
    if start is None and entity.spec.copy_of is not None:
        start = _home_m(entities[entity.spec.copy_of], entities)
    if start is None and entity.spec.kind == "asset":
        start = (0.0, 0.0, 0.0)
    return (
        None if start is None else (start[0] + place.move_m[0], start[1] + place.move_m[1], start[2] + place.move_m[2])
    )


def _placed(state: State, home_m: Vector) -> State:
    return state.plus(State(-1.0, *home_m), state.home)


def moves(track: Track, *, amounts: bool) -> list[Phase]:
    """Tell what a track does, phase by phase, and where it rests for a while; empty where it never moves."""
    changes = track.changes()
    if all(change.still for change in changes):
        return []
    length_s = track.times_s[-1] - track.times_s[0]
    phases: list[Phase] = []
    state = track.states[0]
    for change in changes:
        state = state.plus(change.by)
        if not change.still:
            phases.append(_phase(change, _return(change, state, track.states[0]), amounts))
        elif change.end_s - change.start_s >= _SHORT * length_s:
            phases.append((Clause("stay", "there" if phases else "still"),))
    return phases


class _Return(NamedTuple):
    """Whether a change ends where the shot began: at its place, and at its angles."""

    place: bool
    angles: bool


def _return(change: Change, after: State, start: State) -> _Return:
    left = after.minus(start)
    return _Return(change.by.moves and not left.moves, any(change.by.angles) and not any(left.angles))


def _phase(change: Change, back: _Return, amounts: bool) -> Phase:
    ways = _ways(change, back.place, amounts)
    turns = [Clause("turn", "back as well" if ways else "back")] if back.angles else _turns(change.by, amounts)
    main, *others = [*ways, *turns, *_sizes(change.by, amounts)]
    return (Clause(main.verb, main.how, _manner(change)), *others)


def _ways(change: Change, back: bool, amounts: bool) -> list[Clause]:
    by = change.by
    if by.unknown:
        return [Clause("move", "to another place")]
    clauses = []
    if change.hops:
        often = times(change.hops) if change.hops > 1 else ""
        where = "back to the start" if back else _level(by, amounts) or "on the spot"
        clauses.append(Clause("hop", joined(often, where)))
    elif by.level_m:
        clauses.append(Clause("move", "back to the start" if back else _level(by, amounts)))
    if by.rise_m and not change.hops:
        how = "back to the start" if back and not clauses else metres(by.rise_m) if amounts else ""
        clauses.append(Clause("rise" if by.rise_m > 0 else "sink", how))
    return clauses


def _level(by: State, amounts: bool) -> str:
    if not by.level_m:
        return ""
    parts = []
    if abs(by.x) >= _MINOR * abs(by.z):
        parts.append("to the right" if by.x > 0 else "to the left")
    if abs(by.z) >= _MINOR * abs(by.x):
        parts.append("towards the camera" if by.z > 0 else "away from the camera")
    return joined(metres(by.level_m) if amounts else "", " and ".join(parts))


def _turns(by: State, amounts: bool) -> list[Clause]:
    pitch, yaw, roll = by.angles
    clauses = []
    if yaw:
        direction = "counterclockwise" if yaw > 0 else "clockwise"
        clauses.append(Clause("turn", joined(degrees(yaw) if amounts else "", direction, "as seen from above")))
    if pitch:
        direction = "towards the camera" if pitch > 0 else "away from the camera"
        clauses.append(Clause("tip", joined(degrees(pitch) if amounts else "", direction)))
    if roll:
        clauses.append(
            Clause("tip", joined(degrees(roll) if amounts else "", "to the left" if roll > 0 else "to the right"))
        )
    return clauses


def _sizes(by: State, amounts: bool) -> list[Clause]:
    sizes = by.sizes
    if not any(sizes):
        return []
    wide, tall, deep = sizes
    if max(sizes) - min(sizes) > math.log(1.15):
        upright = tall - (wide + deep) / 2
        return [Clause("stretch", "upwards")] if upright > 0 else [Clause("grow", "flatter and wider")]
    log = sum(sizes) / 3
    return [Clause("grow" if log > 0 else "shrink", _size(log) if amounts else "")]


def _size(log: float) -> str:
    """Return how much larger or smaller something gets."""
    factor = math.exp(abs(log))
    if factor < 1.2:
        return "a little"
    if factor < 1.4:
        return "by about a third" if log > 0 else "by about a quarter"
    if factor < 1.75:
        return "by about half" if log > 0 else "by about a third"
    if log > 0:
        return f"to {f'about {times(round(factor))}' if factor < 50 else 'many times'} the size"
    return "to about half the size" if factor < 2.5 else "to a fraction of the size"


def _manner(change: Change) -> str:
    seconds = max(change.end_s - change.start_s, 1e-3)
    pace_m = math.dist((change.by.x, change.by.y, change.by.z), (0, 0, 0)) / seconds
    pace_deg = max(abs(angle) for angle in change.by.angles) / seconds
    if change.hops or change.by.unknown:
        return ""
    if pace_m > _FAST_M_S or pace_deg > _FAST_DEG_S:
        return "quickly"
    return "slowly" if pace_m < _SLOW_M_S and pace_deg < _SLOW_DEG_S else ""
