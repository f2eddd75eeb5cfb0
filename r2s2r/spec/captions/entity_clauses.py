"""Entity clauses: what a caption says of a change of an entity's place, angles and size."""

import math
from typing import NamedTuple

from r2s2r.spec.captions.track import Change, State
from r2s2r.spec.captions.words import Clause, Phase, degrees, joined, metres, times

_SLOW_M_S, _FAST_M_S = 0.25, 1.5
_SLOW_DEG_S, _FAST_DEG_S = 25.0, 120.0
# One direction stands for the way if the other is less than this share of it.
_MINOR = 0.4


class _Return(NamedTuple):
    place: bool
    angles: bool


def _return(change: Change, after: State, start: State) -> _Return:
    """Tell whether a change ends where the shot began: at its place, and at its angles."""
    left = after.minus(start)
    return _Return(change.by.moves and not left.moves, any(change.by.angles) and not any(left.angles))


def changed(change: Change, after: State, start: State, *, amounts: bool) -> Phase:
    """Return what is said of a change of a track.

    Args:
        change: One that is worth a word.
        after: The state it leads to.
        start: The state at the start of the shot.
        amounts: Whether to say how far.
    """
    back = _return(change, after, start)
    ways = _ways(change, back.place, amounts)
    turns = [Clause("turn", "back as well" if ways else "back")] if back.angles else _turns(change.by, amounts)
    main, *others = [*ways, *turns, *sizes(change.by, amounts=amounts)]
    return (Clause(main.verb, main.how, _manner(change)), *others)


def _ways(change: Change, back: bool, amounts: bool) -> list[Clause]:
    by = change.by
    if by.unknown:
        return [Clause("move", "to another place")]
    clauses = []
    if change.hops:
        often = times(change.hops) if change.hops > 1 else ""
        where = "back to the start" if back else level(by, amounts=amounts) or "on the spot"
        clauses.append(Clause("hop", joined(often, where)))
    elif by.level_m:
        clauses.append(Clause("move", "back to the start" if back else level(by, amounts=amounts)))
    if by.rise_m and not change.hops:
        how = "back to the start" if back and not clauses else metres(by.rise_m) if amounts else ""
        clauses.append(Clause("rise" if by.rise_m > 0 else "sink", how))
    return clauses


def level(by: State, *, amounts: bool) -> str:
    """Return how far and where to something goes over the ground; nothing where it does not."""
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


def sizes(by: State, *, amounts: bool) -> list[Clause]:
    """Return how something grows or shrinks."""
    logs = by.sizes
    if not any(logs):
        return []
    wide, tall, deep = logs
    if max(logs) - min(logs) > math.log(1.15):
        upright = tall - (wide + deep) / 2
        return [Clause("stretch", "upwards")] if upright > 0 else [Clause("grow", "flatter and wider")]
    log = sum(logs) / 3
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
