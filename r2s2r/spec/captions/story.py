"""Story: what somebody or something does in a shot, in the order of time, and what it does all the while."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from r2s2r.spec.captions.words import Clause, Phase, listed, told

# Shares of the shot: a rest before, between or after moves that is shorter is not worth a word.
_SHORT = 0.1
# Moves that have this much of the shorter one in common are told as one.
_TOGETHER = 0.3
# What takes this much of the shot, while several other things are done, is done all the while.
_LONG = 0.8


@dataclass(frozen=True)
class Spell:
    """A phase from one time to another.

    Attributes:
        start_s: When it begins.
        end_s: When it ends.
        phase: What is done.
        throughout: Whether it is done beside whatever else is done.
    """

    start_s: float
    end_s: float
    phase: Phase
    throughout: bool = False


class Rests(NamedTuple):
    """How it is said that nothing is done: before everything else, between, and in the end."""

    first: Clause
    between: Clause
    last: Clause


@dataclass(frozen=True)
class Story:
    """What is done: one phase after the other, and ``beside`` them all the while; empty for what rests."""

    phases: tuple[Phase, ...] = ()
    beside: Phase = ()

    def told(self, who: str, *, many: bool, at_most: int, at_once: int) -> str:
        """Return it as a sentence; see ``words.told``."""
        text = told(who, self.phases, many=many, at_most=at_most, at_once=at_once)
        meanwhile = listed([clause.meanwhile() for clause in self.beside[: max(1, at_once - 1)]])
        return f"{text}, all the while {meanwhile}" if meanwhile else text


def story(timed: Iterable[Spell], rests: Rests, *, start_s: float, end_s: float) -> Story:
    """Return what is done from one time to another, with the rests that are worth a word."""
    passing, lasting = _told_apart(sorted(timed, key=lambda one: one.start_s), end_s - start_s)
    beside = _merged([one.phase for one in lasting])
    phases = tuple(_with_rests(list(_together(passing)), rests, start_s, end_s))
    if not phases:
        return Story((beside,) if beside else ())
    if len(phases) == 1:
        return Story((_merged([phases[0], beside]),))
    return Story(phases, beside)


def _told_apart(timed: Sequence[Spell], length_s: float) -> tuple[list[Spell], list[Spell]]:
    """Return what passes, and what lasts as long as the rest."""
    passing = [one for one in timed if not one.throughout]
    lasting = [one for one in timed if one.throughout]
    shorter = [one for one in passing if one.end_s - one.start_s < _LONG * length_s]
    if len(list(_together(shorter))) > 1:
        return shorter, [one for one in passing if one not in shorter] + lasting
    return passing, lasting


def _with_rests(timed: Sequence[Spell], rests: Rests, start_s: float, end_s: float) -> Iterator[Phase]:
    short_s = max(_SHORT * (end_s - start_s), 1e-6)
    done_s = start_s
    for index, one in enumerate(timed):
        if one.start_s - done_s >= short_s:
            yield (rests.between if index else rests.first,)
        yield one.phase
        done_s = max(done_s, one.end_s)
    if timed and end_s - done_s >= short_s:
        yield (rests.last,)


def _together(timed: Iterable[Spell]) -> Iterator[Spell]:
    """Tell what goes on at the same time as one."""
    last: Spell | None = None
    for one in timed:
        if last is None:
            last = one
            continue
        common_s = min(last.end_s, one.end_s) - one.start_s
        if common_s > _TOGETHER * min(last.end_s - last.start_s, one.end_s - one.start_s):
            last = Spell(last.start_s, max(last.end_s, one.end_s), _merged([last.phase, one.phase]))
        else:
            yield last
            last = one
    if last is not None:
        yield last


def _merged(phases: Sequence[Phase]) -> Phase:
    """Return what is done at the same time; each kind of clause is told once, and what a move shows only alone."""
    phases = [phase for phase in phases if phase]
    if len(phases) < 2:
        return phases[0] if phases else ()
    clauses: dict[str, Clause] = {}
    for phase in phases:
        for clause in phase:
            if clause.verb != "show":
                clauses.setdefault(clause.verb, clause)
    return tuple(clauses.values())
