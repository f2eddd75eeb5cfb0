"""Camera clauses: what a caption says of one camera move, however it lies in time."""

import math
from typing import NamedTuple, TypeAlias, assert_never

from r2s2r.spec.camera import (
    ArcMove,
    CraneMove,
    DollyMove,
    DollyZoomMove,
    OrbitMove,
    PanMove,
    PathMove,
    PedestalMove,
    RollMove,
    SpiralMove,
    TiltMove,
    TruckMove,
)
from r2s2r.spec.captions.camera_keys import ways
from r2s2r.spec.captions.subjects import Terms
from r2s2r.spec.captions.track import Change, State
from r2s2r.spec.captions.words import Clause, Phase, degrees, joined, manner, metres, times
from r2s2r.spec.moves import Target

_SLOW_DEG_S, _FAST_DEG_S = 12.0, 45.0
_SLOW_M_S, _FAST_M_S = 0.25, 1.5
_SLOW_SHARE_S, _FAST_SHARE_S = 0.12, 0.6
_SLOW_LOG_S, _FAST_LOG_S = 0.12, 0.7
# Less is not worth a word.
_STILL_DEG, _STILL_M, _STILL_SHARE, _STILL_LOG = 0.5, 0.02, 0.01, 0.03
# From so many degrees on, an orbit shows the other side; so near to a whole round, it is one.
_OTHER_SIDE_DEG, _ROUND_DEG = 120.0, 15.0

Turning: TypeAlias = PanMove | TiltMove | RollMove
Travelling: TypeAlias = DollyMove | TruckMove | PedestalMove | CraneMove | DollyZoomMove
Circling: TypeAlias = OrbitMove | ArcMove | SpiralMove


def turning(move: Turning, seconds: float, terms: Terms) -> Phase:
    """Return what is said of a camera that turns on the spot; nothing where it hardly does."""
    if abs(move.degrees) < _STILL_DEG:
        return ()
    ahead = move.degrees > 0
    match move:
        case PanMove():
            way = "to the right" if ahead else "to the left"
        case TiltMove():
            way = "up" if ahead else "down"
        case RollMove():
            way = "clockwise" if ahead else "counterclockwise"
        case _:
            assert_never(move)
    return (Clause(move.type, joined(way, terms.amount(_by(degrees(move.degrees)))), _pace(move.degrees, seconds)),)


def zooming(log: float | None, seconds: float) -> Phase:
    """Return what is said of a lens that magnifies by a factor with this logarithm; None where nobody knows it."""
    if log is None:
        return (Clause("zoom", "to another focal length"),)
    if abs(log) < _STILL_LOG:
        return ()
    slowly = manner(log / seconds, slow=_SLOW_LOG_S, fast=_FAST_LOG_S)
    return (Clause("zoom", "in" if log > 0 else "out", slowly),)


class _Way(NamedTuple):
    ahead: bool
    amount: str
    manner: str


def travelling(move: Travelling, seconds: float, terms: Terms) -> Phase:
    """Return what is said of a camera that travels on a straight line; nothing where it hardly does."""
    way = _way(move, seconds, terms)
    if way is None:
        return ()
    match move:
        case DollyMove():
            return (Clause("dolly", joined(_closer(way, move.towards, terms), way.amount), way.manner),)
        case TruckMove():
            side = "to the right" if way.ahead else "to the left"
            return (Clause("truck", joined(side, way.amount), way.manner),)
        case PedestalMove():
            return (
                Clause(
                    "rise" if way.ahead else "sink",
                    joined("straight", "up" if way.ahead else "down", way.amount),
                    way.manner,
                ),
            )
        case CraneMove():
            up, down = ("up", "down") if way.ahead else ("down", "up")
            tilt = f"{down} to keep {terms.named(terms.subject(move.about))} in place"
            return (Clause("crane", joined(up, way.amount), way.manner), Clause("tilt", tilt))
        case DollyZoomMove():
            zoom = f"{'out' if way.ahead else 'in'} to keep {terms.named(terms.subject(move.about))} at the same size"
            return (Clause("dolly", joined(_closer(way, None, terms), way.amount), way.manner), Clause("zoom", zoom))
        case _:
            assert_never(move)


def _way(move: Travelling, seconds: float, terms: Terms) -> _Way | None:
    if move.distance_m is not None:
        if abs(move.distance_m) < _STILL_M:
            return None
        slowly = manner(move.distance_m / seconds, slow=_SLOW_M_S, fast=_FAST_M_S)
        return _Way(move.distance_m > 0, terms.amount(_by(metres(move.distance_m))), slowly)
    assert move.distance is not None, "it is one of the two"
    if abs(move.distance) < _STILL_SHARE:
        return None
    return _Way(move.distance > 0, "", manner(move.distance / seconds, slow=_SLOW_SHARE_S, fast=_FAST_SHARE_S))


def _closer(way: _Way, target: Target | None, terms: Terms) -> str:
    if target is None:
        return "in" if way.ahead else "out"
    return f"in towards {terms.named(target)}" if way.ahead else f"out from {terms.named(target)}"


def circling(move: Circling, seconds: float, terms: Terms) -> Phase:
    """Return what is said of a camera that goes round a target; nothing where it hardly does."""
    match move:
        case OrbitMove():
            return _round("orbit", move, seconds, terms)
        case ArcMove():
            return _arc(move, seconds, terms)
        case SpiralMove():
            return _spiral(move, seconds, terms)
        case _:
            assert_never(move)


def _round(verb: str, move: Circling, seconds: float, terms: Terms) -> Phase:
    if abs(move.degrees) < _STILL_DEG:
        return ()
    target, side = terms.named(move.around), "right" if move.degrees > 0 else "left"
    slowly = _pace(move.degrees, seconds)
    rounds = round(abs(move.degrees) / 360)
    if rounds and abs(abs(move.degrees) - 360 * rounds) < _ROUND_DEG:
        often = times(rounds) if rounds > 1 else ""
        return (Clause(verb, joined(f"to the {side}", often, f"all the way around {target}"), slowly),)
    amount = terms.amount(_by(degrees(move.degrees)))
    end = (
        "the other side in the end"
        if abs(move.degrees) >= _OTHER_SIDE_DEG
        else f"more and more of the {side}-hand side"
    )
    return (Clause(verb, joined(f"to the {side} around {target}", amount), slowly), Clause("show", end))


def _arc(move: ArcMove, seconds: float, terms: Terms) -> Phase:
    sideways = _round("arc", move, seconds, terms)
    if abs(move.rise_deg) < _STILL_DEG:
        return sideways
    up = move.rise_deg > 0
    if sideways:
        main, *_ = sideways
        return (main, Clause("rise" if up else "sink", "above it" if up else "lower"))
    view = f"{'up over' if up else 'down around'} {terms.named(move.around)}"
    return (Clause("arc", joined(view, terms.amount(_by(degrees(move.rise_deg)))), _pace(move.rise_deg, seconds)),)


def _spiral(move: SpiralMove, seconds: float, terms: Terms) -> Phase:
    main = _round("spiral", move, seconds, terms)[:1] or (Clause("stay", "turned to " + terms.named(move.around)),)
    others = []
    if abs(math.log(move.radius)) >= _STILL_LOG:
        others.append(Clause("come", "closer") if move.radius < 1 else Clause("back", "away"))
    if abs(move.rise_m) >= _STILL_M:
        others.append(Clause("rise" if move.rise_m > 0 else "sink", terms.amount(_by(metres(move.rise_m)))))
    return (*main, *others) if abs(move.degrees) >= _STILL_DEG else tuple(others)


def along(move: PathMove, seconds: float, terms: Terms) -> Phase:
    """Return what is said of a camera that goes through points; nothing where all of them are one."""
    places = [point.position_m for point in move.knots]
    if max(math.dist(places[0], place) for place in places) < _STILL_M:
        return ()
    where = _where(move, seconds, terms)
    look = (Clause("look", "where it goes"),) if move.aim == "along" else ()
    return (Clause("move", joined("along a curve" if len(places) > 2 else "", where) or "along a line"), *look)


def _where(move: PathMove, seconds: float, terms: Terms) -> str:
    (x0, y0, z0), (x1, y1, z1) = move.knots[0].position_m, move.knots[-1].position_m
    by = State(0.0, x1 - x0, y1 - y0, z1 - z0)
    if move.closed or not by.moves:
        return "and back to where it began"
    return ways(Change(0.0, seconds, by), terms)[0].how


def _pace(angle_deg: float, seconds: float) -> str:
    return manner(angle_deg / seconds, slow=_SLOW_DEG_S, fast=_FAST_DEG_S)


def _by(amount: str) -> str:
    """Return ``by about ninety degrees``, but ``once all the way round``."""
    return f"by {amount}" if amount.startswith(("about", "a ")) else amount
