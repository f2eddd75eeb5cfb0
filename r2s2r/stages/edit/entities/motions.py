"""Motions at the moments of a shot: which one an entity follows, and where it is in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.motion import Motion
from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.poses import poses_at
from r2s2r.geometry.transforms import Array
from r2s2r.spec.checks.references import STAND
from r2s2r.spec.edit import EditSpec
from r2s2r.spec.edits import AnimateEdit, EntityEdit, MotionEdit
from r2s2r.stages.edit.entities.donated import donated
from r2s2r.stages.edit.entities.recording import Recording
from r2s2r.stages.edit.inputs import EditInputs
from r2s2r.stages.edit.timeline import Timeline

_Vertices = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Played:
    """A motion, played over the moments of a timeline. Between the motion's own moments it is interpolated.

    Attributes:
        recording: What is played.
        before: [T] index of the motion's moment at or before each of the timeline's.
        after: [T] index of the one after it.
        share: [T] how far it is from the one to the other, 0..1.
    """

    recording: Recording
    before: NDArray[np.int64]
    after: NDArray[np.int64]
    share: Array

    @property
    def bends(self) -> bool:
        """Whether the entity's mesh takes on the motion's shapes."""
        return self.recording.shapes is not None

    @property
    def reference_from_entity(self) -> Array:
        """[T, 4, 4]: turned on the shortest way, moved on the straight one."""
        poses = self.recording.poses
        return poses_at(poses, np.arange(len(poses), dtype=np.float64), self.before + self.share)

    def vertices(self, index: int) -> _Vertices:
        """Return the shape [V, 3] at one of the moments, in the entity's frame."""
        assert self.recording.shapes is not None, "what bends has vertices"
        shapes = self.recording.shapes()  # mapped anew, so that what was read of it does not stay in memory
        assert shapes is not None, "what bends has vertices"
        before = np.array(shapes[self.before[index]])
        share = np.float32(self.share[index])
        return before if share == 0 else before + share * (shapes[self.after[index]] - before)


def motion_edit(edits: Sequence[EntityEdit]) -> MotionEdit | AnimateEdit:
    """Return the one edit of a list that says what is played; without one, what it says by default."""
    return next((edit for edit in edits if isinstance(edit, MotionEdit | AnimateEdit)), MotionEdit(type="motion"))


def recording(name: str, spec: EditSpec, inputs: EditInputs, meshes: Mapping[str, Mesh]) -> Recording | None:
    """Return what an entity plays; None of one that stands.

    The motion of another mesh moves an entity as a whole; only the same mesh, a copy, also takes on its shapes.
    """
    edit = motion_edit(spec.edits.get(name, ()))
    if isinstance(edit, MotionEdit) and edit.shot is not None:
        return donated(name, meshes[name], spec.transfers[name], inputs)
    followed = edit.of if isinstance(edit, MotionEdit) and edit.of is not None else name
    motion = None if followed == STAND else inputs.motions.get(followed)
    if motion is None:
        return None
    bends = motion.facts.deforms and _is_of(motion, meshes[name], meshes[followed])
    return Recording(motion.times_s, motion.reference_from_entity, motion.vertices if bends else None)


def _is_of(motion: Motion, mesh: Mesh, followed: Mesh) -> bool:
    """Return whether a motion's shapes are those of a mesh; not, where another mesh has replaced that."""
    shapes = motion.vertices()
    same = shapes is not None and shapes.shape[1] == len(mesh.vertices)
    return same and (mesh is followed or np.array_equal(mesh.faces, followed.faces))


def played(recorded: Recording, edit: MotionEdit | AnimateEdit, timeline: Timeline) -> Played:
    """Return a motion as an edit plays it: begun where it says, as fast, and held or begun again where it ends."""
    known_s = recorded.times_s
    wanted_s = edit.start_s + edit.speed * timeline.at / float(timeline.fps)
    length_s = known_s[-1] - known_s[0]
    if isinstance(edit, AnimateEdit) and edit.loop and length_s > 0:
        wanted_s = known_s[0] + np.mod(np.round(wanted_s - known_s[0], 9), length_s)
    held_s = np.clip(wanted_s, known_s[0], known_s[-1])
    last = len(known_s) - 1
    before = np.clip(np.searchsorted(known_s, held_s, side="right") - 1, 0, last)
    after = np.minimum(before + 1, last)
    step_s = known_s[after] - known_s[before]
    share = np.where(step_s > 0, (held_s - known_s[before]) / np.where(step_s > 0, step_s, 1), 0.0)
    return Played(recorded, before, after, _settled(share))


def _settled(share: Array) -> Array:
    """Drop rounding noise, so that a moment the motion knows is taken as it is."""
    return np.clip(np.round(share, 9), 0.0, 1.0)
