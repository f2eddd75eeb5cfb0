"""Motions at the moments of a shot: which one an entity follows, and where it is in it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.motion import Motion
from r2s2r.geometry.poses import poses_at
from r2s2r.geometry.transforms import Array
from r2s2r.spec.checks.motions import STAND
from r2s2r.spec.edits import EntityEdit, MotionEdit
from r2s2r.stages.edit.inputs import EditInputs
from r2s2r.stages.edit.timeline import Timeline


@dataclass(frozen=True, eq=False)
class Played:
    """A motion, played over the moments of a timeline. Between the motion's own moments it is interpolated.

    Attributes:
        motion: What is played.
        before: [T] index of the motion's moment at or before each of the timeline's.
        after: [T] index of the one after it.
        share: [T] how far it is from the one to the other, 0..1.
        bends: Whether the entity's mesh takes on the motion's shapes.
    """

    motion: Motion
    before: NDArray[np.int64]
    after: NDArray[np.int64]
    share: Array
    bends: bool

    @property
    def reference_from_entity(self) -> Array:
        """[T, 4, 4]: turned on the shortest way, moved on the straight one."""
        poses = self.motion.reference_from_entity
        return poses_at(poses, np.arange(len(poses), dtype=np.float64), self.before + self.share)

    def vertices(self, index: int) -> NDArray[np.float32]:
        """Return the shape [V, 3] at one of the moments, in the entity's frame."""
        shapes = self.motion.vertices()  # mapped anew, so that what was read of it does not stay in memory
        assert shapes is not None, "what bends has vertices"
        before = np.array(shapes[self.before[index]])
        share = np.float32(self.share[index])
        return before if share == 0 else before + share * (shapes[self.after[index]] - before)


def motion_edit(edits: Sequence[EntityEdit]) -> MotionEdit:
    """Return the one motion edit of a list; without one, what it says by default."""
    return next((edit for edit in edits if isinstance(edit, MotionEdit)), MotionEdit(type="motion"))


def played(name: str, edits: Sequence[EntityEdit], inputs: EditInputs, timeline: Timeline) -> Played | None:
    """Return what an entity plays; None of one that stands.

    The motion of another mesh moves an entity as a whole; only the same mesh, a copy, also takes on its shapes.
    """
    edit = motion_edit(edits)
    followed = name if edit.of is None else edit.of
    motion = None if followed == STAND else inputs.motions.get(followed)
    if motion is None:
        return None
    times_s = edit.start_s + edit.speed * timeline.at / float(timeline.fps)
    held_s = np.clip(times_s, motion.times_s[0], motion.times_s[-1])
    last = len(motion.times_s) - 1
    before = np.clip(np.searchsorted(motion.times_s, held_s, side="right") - 1, 0, last)
    after = np.minimum(before + 1, last)
    step_s = motion.times_s[after] - motion.times_s[before]
    share = np.where(step_s > 0, (held_s - motion.times_s[before]) / np.where(step_s > 0, step_s, 1), 0.0)
    return Played(motion, before, after, _settled(share), bends=_bends(name, followed, motion, inputs))


def _bends(name: str, followed: str, motion: Motion, inputs: EditInputs) -> bool:
    if not motion.facts.deforms or name == followed:
        return motion.facts.deforms
    return np.array_equal(inputs.entities[name].mesh().faces, inputs.entities[followed].mesh().faces)


def _settled(share: Array) -> Array:
    """Drop rounding noise, so that a moment the motion knows is taken as it is."""
    return np.clip(np.round(share, 9), 0.0, 1.0)
