"""Moves: what something does, from where it is at its keys."""

import math
from typing import NamedTuple

from r2s2r.spec.captions.deeds import Deed, Phase, joined
from r2s2r.spec.captions.track import Change, State, Track
from r2s2r.spec.captions.words import degrees, metres, times

# Shares of the shot: a rest that is shorter is not worth a word.
_SHORT = 0.1
_SLOW_M_S, _FAST_M_S = 0.25, 1.5
_SLOW_DEG_S, _FAST_DEG_S = 25.0, 120.0
# One direction stands for the way if the other is less than this share of it.
_MINOR = 0.4


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
            phases.append((Deed("stay", "there" if phases else "still"),))
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
    turns = [Deed("turn", "back as well" if ways else "back")] if back.angles else _turns(change.by, amounts)
    main, *others = [*ways, *turns, *_sizes(change.by, amounts)]
    return (Deed(main.verb, main.how, _manner(change)), *others)


def _ways(change: Change, back: bool, amounts: bool) -> list[Deed]:
    by = change.by
    if by.unknown:
        return [Deed("move", "to another place")]
    deeds = []
    if change.hops:
        often = times(change.hops) if change.hops > 1 else ""
        deeds.append(Deed("hop", joined(often, "back to the start" if back else _level(by, amounts) or "on the spot")))
    elif by.level_m:
        deeds.append(Deed("move", "back to the start" if back else _level(by, amounts)))
    if by.rise_m and not change.hops:
        how = "back to the start" if back and not deeds else metres(by.rise_m) if amounts else ""
        deeds.append(Deed("rise" if by.rise_m > 0 else "sink", how))
    return deeds


def _level(by: State, amounts: bool) -> str:
    if not by.level_m:
        return ""
    parts = []
    if abs(by.x) >= _MINOR * abs(by.z):
        parts.append("to the right" if by.x > 0 else "to the left")
    if abs(by.z) >= _MINOR * abs(by.x):
        parts.append("towards the camera" if by.z > 0 else "away from the camera")
    return joined(metres(by.level_m) if amounts else "", " and ".join(parts))


def _turns(by: State, amounts: bool) -> list[Deed]:
    pitch, yaw, roll = by.angles
    deeds = []
    if yaw:
        direction = "counterclockwise" if yaw > 0 else "clockwise"
        deeds.append(Deed("turn", joined(degrees(yaw) if amounts else "", direction, "as seen from above")))
    if pitch:
        direction = "towards the camera" if pitch > 0 else "away from the camera"
        deeds.append(Deed("tip", joined(degrees(pitch) if amounts else "", direction)))
    if roll:
        deeds.append(
            Deed("tip", joined(degrees(roll) if amounts else "", "to the left" if roll > 0 else "to the right"))
        )
    return deeds


def _sizes(by: State, amounts: bool) -> list[Deed]:
    sizes = by.sizes
    if not any(sizes):
        return []
    wide, tall, deep = sizes
    if max(sizes) - min(sizes) > math.log(1.15):
        upright = tall - (wide + deep) / 2
        return [Deed("stretch", "upwards")] if upright > 0 else [Deed("grow", "flatter and wider")]
    log = sum(sizes) / 3
    return [Deed("grow" if log > 0 else "shrink", _size(log) if amounts else "")]


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
