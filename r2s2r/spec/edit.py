"""What the edit stage reads of a shot."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby
from typing import NamedTuple

from r2s2r.spec.animation_file import AnimationFileSpec
from r2s2r.spec.base import Name, Spec
from r2s2r.spec.camera import CameraMove
from r2s2r.spec.edits import EntityEdit, HideEdit, LookAtEdit, RemoveEdit, ShowEdit
from r2s2r.spec.output import OutputSpec
from r2s2r.spec.times import Moment, frame_span

FULL_FRAME_MM = 36.0


class Stretch(NamedTuple):
    """Frames in a row, both ends inclusive."""

    first: int
    last: int


class TransferSpec(Spec):
    """Where an entity's motion comes from that another shot made.

    Attributes:
        animation: Name of the input that holds it.
        entity: The entity there.
    """

    animation: str
    entity: Name


class EditSpec(Spec):
    """Length, camera, edits and framing of one shot; references are already checked.

    Attributes:
        frames: How many.
        camera: Moves.
        edits: Entity -> edits.
        output: At the size that is generated.
        animation: A file that camera and entities start from.
        sensor_mm: Width of the sensor that focal lengths are meant for.
        motions: Entity -> the motion it plays: its own, that of what it copies, or ``crate:walk``, a clip of a file.
            Only of those that move.
        transfers: Entity -> the motion it takes from another shot.
    """

    frames: int
    camera: tuple[CameraMove, ...]
    edits: dict[Name, tuple[EntityEdit, ...]]
    output: OutputSpec
    animation: AnimationFileSpec | None = None
    sensor_mm: float = FULL_FRAME_MM
    motions: dict[Name, str] = {}
    transfers: dict[Name, TransferSpec] = {}

    def span(self, from_: Moment | None, to: Moment | None) -> tuple[float, float]:
        """Return the frames from one moment to another; what is not given is the shot's own end."""
        return frame_span(from_, to, frames=self.frames, fps=Fraction(self.output.fps))

    def span_s(self, from_: Moment | None, to: Moment | None) -> tuple[float, float]:
        """Return the same in seconds."""
        start, end = self.span(from_, to)
        return start / self.output.fps, end / self.output.fps

    def shown(self, name: str) -> tuple[Stretch, ...]:
        """Return the stretches in which the edits leave an entity visible, in order; none where it is always gone."""
        seen = visible(self.edits.get(name, ()), range(self.frames), frames=self.frames, fps=Fraction(self.output.fps))
        stretches = []
        for is_seen, run in groupby(range(self.frames), key=seen.__getitem__):
            frames = list(run)
            if is_seen:
                stretches.append(Stretch(frames[0], frames[-1]))
        return tuple(stretches)


def placing(edits: Sequence[EntityEdit]) -> int:
    """Return how many edits decide where an entity's middle is: all but those at the end that leave it where it is.

    So a camera may go round an entity that looks at the camera.
    """
    count = len(edits)
    while count and isinstance(edits[count - 1], LookAtEdit | RemoveEdit | HideEdit | ShowEdit):
        count -= 1
    return count


def visible(edits: Sequence[EntityEdit], at: Sequence[float], *, frames: int, fps: Fraction) -> list[bool]:
    """Return for each moment ``at``, in frames, whether edits leave an entity visible; the last that says so counts."""
    seen = [True] * len(at)
    for edit in edits:
        if isinstance(edit, RemoveEdit | HideEdit | ShowEdit):
            first, last = frame_span(edit.from_, edit.to, frames=frames, fps=fps)
            shows = isinstance(edit, ShowEdit)
            seen = [shows if first <= moment <= last else was for was, moment in zip(seen, at, strict=True)]
    return seen
