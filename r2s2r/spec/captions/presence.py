"""Presence: when an entity can be seen."""

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from r2s2r.spec.edit import EditSpec
from r2s2r.spec.edits import EntityEdit, RemoveEdit


class Stretch(NamedTuple):
    """Frames, both ends inclusive."""

    first: int
    last: int


def presence(edits: Sequence[EntityEdit], shot: EditSpec) -> tuple[Stretch, ...]:
    """Return the stretches in which the edits leave an entity visible, in order; none where it is always gone."""
    last, fps = shot.frames - 1, Fraction(shot.output.fps)
    removed = []
    for edit in edits:
        if isinstance(edit, RemoveEdit):
            start = 0.0 if edit.from_ is None else edit.from_.frame(shot.frames, fps)
            end = float(last) if edit.to is None else edit.to.frame(shot.frames, fps)
            removed.append((start, end))
    shown, free = [], 0
    for start, end in sorted(removed):
        before = math.ceil(start) - 1  # the last whole frame before it
        if before >= free:
            shown.append(Stretch(free, before))
        free = max(free, math.floor(end) + 1)
    if free <= last:
        shown.append(Stretch(free, last))
    return tuple(shown)
