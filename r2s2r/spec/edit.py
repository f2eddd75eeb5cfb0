"""What the edit stage reads of a shot."""

import math
from fractions import Fraction
from typing import NamedTuple

from r2s2r.spec.base import Name, Spec
from r2s2r.spec.camera import CameraMove
from r2s2r.spec.edits import EntityEdit, RemoveEdit
from r2s2r.spec.output import OutputSpec
from r2s2r.spec.times import frame_span


class Stretch(NamedTuple):
    """Frames in a row, both ends inclusive."""

    first: int
    last: int


class EditSpec(Spec):
    """Length, camera, edits and framing of one shot; references are already checked.

    Attributes:
        frames: How many.
        camera: Moves.
        edits: Entity -> edits.
        output: At the size that is generated.
        motions: Entity -> the one that was followed for its motion: itself, or what it copies. Only of those that move.
    """

    frames: int
    camera: tuple[CameraMove, ...]
    edits: dict[Name, tuple[EntityEdit, ...]]
    output: OutputSpec
    motions: dict[Name, Name] = {}

    def shown(self, name: str) -> tuple[Stretch, ...]:
        """Return the stretches in which the edits leave an entity visible, in order; none where it is always gone."""
        fps = Fraction(self.output.fps)
        removed = [
            frame_span(edit.from_, edit.to, frames=self.frames, fps=fps)
            for edit in self.edits.get(name, ())
            if isinstance(edit, RemoveEdit)
        ]
        shown, free = [], 0
        for start, end in sorted(removed):
            before = math.ceil(start) - 1  # the last whole frame before it
            if before >= free:
                shown.append(Stretch(free, before))
            free = max(free, math.floor(end) + 1)
        if free < self.frames:
            shown.append(Stretch(free, self.frames - 1))
        return tuple(shown)
