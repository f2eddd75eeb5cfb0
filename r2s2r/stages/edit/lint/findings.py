"""Lint: what an author should know of an animation before anything dear is started."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

from r2s2r.stages.edit.lint.background import background
from r2s2r.stages.edit.lint.collisions import collisions
from r2s2r.stages.edit.lint.eye import inside, underground
from r2s2r.stages.edit.lint.presence import absent
from r2s2r.stages.edit.lint.speed import hasty
from r2s2r.stages.edit.lint.staged import Staged

_MOST_OF_A_KIND = 6

Check: TypeAlias = Callable[[Staged], Iterator[str]]

CHECKS: tuple[Check, ...] = (underground, inside, absent, collisions, hasty, background)


def findings(staged: Staged) -> tuple[str, ...]:
    """Return sentences about what is hardly meant to be, or will hardly be seen as it is meant.

    An entity that is hidden is left alone, frame by frame.
    """
    return tuple(sentence for check in CHECKS for sentence in _a_few(check(staged)))


def _a_few(sentences: Iterator[str]) -> list[str]:
    """Return no more sentences of a kind than are read; a hundred copies may all be wrong in the same way."""
    told = list(sentences)
    left = len(told) - _MOST_OF_A_KIND
    return told if left <= 1 else [*told[:_MOST_OF_A_KIND], f"and the same of {left} more, as the last"]
