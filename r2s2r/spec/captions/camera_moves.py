"""Camera moves: what the camera does in a shot, in the order of time."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import assert_never

from r2s2r.spec.camera import DollyMove, KeyframesMove, OrbitMove, PanMove, StaticMove
from r2s2r.spec.captions.camera_keys import keyed
from r2s2r.spec.captions.deeds import Deed, Phase, Timed, joined
from r2s2r.spec.captions.terms import Terms, manner
from r2s2r.spec.captions.words import degrees, metres, times
from r2s2r.spec.edit import EditSpec
from r2s2r.spec.source import SourceSpec

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


def camera_phases(shot: EditSpec, source: SourceSpec, terms: Terms) -> list[Phase]:
    """Return what the camera does, phase by phase; empty where it does nothing."""
    length_s = (shot.frames - 1) / shot.output.fps
    rest_s = max(_SHORT * length_s, 1e-6)
    timed = [one for index in range(len(shot.camera)) for one in _timed(shot, index, source, terms)]
    phases: list[Phase] = []
    end_s = 0.0
    for one in _together(sorted(timed, key=lambda one: one.start_s)):
        if one.start_s - end_s >= rest_s:
            phases.append((Deed("stay", "static for a while" if phases else "static"),))
        phases.append(one.phase)
        end_s = max(end_s, one.end_s)
    if phases and length_s - end_s >= rest_s:
        phases.append((Deed("come", "to rest"),))
    return phases


def _timed(shot: EditSpec, index: int, source: SourceSpec, terms: Terms) -> list[Timed]:
    move = shot.camera[index]
    if isinstance(move, StaticMove):
        return []
    if isinstance(move, KeyframesMove):
        return keyed(move, shot.camera[:index], shot=shot, source=source, terms=terms)
    fps = Fraction(shot.output.fps)
    start = 0.0 if move.from_ is None else move.from_.frame(shot.frames, fps)
    end = float(shot.frames - 1) if move.to is None else move.to.frame(shot.frames, fps)
    if end <= start and start == 0:
        return []  # done before anything is seen
    seconds = max(float((end - start) / fps), 1 / float(fps))
    phase = _phase(move, seconds, terms)
    return [Timed(float(start / fps), float(end / fps), phase)] if phase else []


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
    """Add what is done at the same time; each kind of deed is told once, and what an orbit shows is left out."""
    told: dict[str, Deed] = {}
    for deed in (*main, *other):
        if deed.verb != "show":
            told.setdefault(deed.verb, deed)
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
        return (Deed("orbit", joined(f"to the {side}", often, f"all the way around {target}"), slowly),)
    amount = terms.amount(_by(degrees(move.degrees)))
    end = (
        "the other side in the end"
        if abs(move.degrees) >= _OTHER_SIDE_DEG
        else f"more and more of the {side}-hand side"
    )
    return (Deed("orbit", joined(f"to the {side} around {target}", amount), slowly), Deed("show", end))


def _dolly(move: DollyMove, seconds: float, terms: Terms) -> Deed:
    closer = move.distance_m > 0
    way = "in" if closer else "out"
    if move.towards is not None:
        way = f"in towards {terms.named(move.towards)}" if closer else f"out from {terms.named(move.towards)}"
    slowly = manner(move.distance_m / seconds, slow=_SLOW_M_S, fast=_FAST_M_S)
    return Deed("dolly", joined(way, terms.amount(_by(metres(move.distance_m)))), slowly)


def _pan(move: PanMove, seconds: float, terms: Terms) -> Deed:
    slowly = manner(move.degrees / seconds, slow=_SLOW_DEG_S, fast=_FAST_DEG_S)
    side = "to the right" if move.degrees > 0 else "to the left"
    return Deed("pan", joined(side, terms.amount(_by(degrees(move.degrees)))), slowly)


def _by(amount: str) -> str:
    """Return ``by about ninety degrees``, but ``once all the way round``."""
    return f"by {amount}" if amount.startswith(("about", "a ")) else amount
