"""Body motion: a person who bends, as a model sees them in each frame.

The model's shape and proportions are the same in all frames (the worker sees to that), so only pose and place are left
to be made steady: the whole body by its turn and place, its pose by the vertices in the body's own frame.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.motion import VERTICES, Motion, MotionFacts
from r2s2r.artifacts.progress import Progress
from r2s2r.errors import StageError
from r2s2r.geometry.transforms import Array, inverse, transform_points
from r2s2r.spec.lift import LiftSpec
from r2s2r.stages.lift.inputs import MotionInputs
from r2s2r.stages.lift.motions.alignment import rigid, similar
from r2s2r.stages.lift.motions.missing import not_seen
from r2s2r.stages.lift.motions.poses import anchored, filled, smooth_rows, smoothed
from r2s2r.stages.lift.workers.bodies import BodyClip, BodyFrame, body_frames

# A body that covers its mask less well than this is not believed.
_BELIEVED = 0.5


def write_body_motion(spec: LiftSpec, inputs: MotionInputs, out: Path, progress: Progress) -> None:
    """Ask a worker for the body in each frame, and write the entity's ``Motion``."""
    assert inputs.worker is not None, "a body is seen by a worker"
    clip = BodyClip(inputs.footage, inputs.mask, inputs.camera)
    bake_bodies(body_frames(spec.sam3d, inputs.worker, clip), inputs, out, progress)


def bake_bodies(bodies: Iterable[BodyFrame], inputs: MotionInputs, out: Path, progress: Progress) -> None:
    """Write the motion of an entity from what a model sees of it, one frame at a time in memory.

    Raises:
        StageError: It is not seen at the reference frame, or hardly anywhere else, or its mesh is another one.
    """
    mesh, camera = inputs.entity.mesh(), inputs.camera
    frames, reference = len(camera.times_s), camera.facts.reference
    shapes = np.lib.format.open_memmap(out / VERTICES, "w+", np.float32, (frames, len(mesh.vertices), 3))
    seen = np.zeros(frames, bool)
    for body in _believed(bodies, len(mesh.vertices)):
        shapes[body.index] = transform_points(camera.world_from_camera[body.index], body.vertices_m)
        seen[body.index] = True
        progress(body.index + 1, 2 * frames)
    if not seen[reference] or (frames > 1 and seen.sum() < 2):
        raise StageError(
            f"the model sees this body in {seen.sum()} of {frames} frames"
            f"{'' if seen[reference] else ', and not in the reference frame'}: look at its mask, choose a source.frame "
            "that shows it whole, or remove `motion: keep`"
        )
    roots = _rooted(shapes, seen, mesh.vertices.astype(np.float64), inputs)
    roots = anchored(smoothed(filled(camera.times_s, roots, seen)), reference)
    _fill(shapes, camera.times_s, seen)
    smooth_rows(shapes, lambda done: progress(frames + done, 2 * frames))
    shapes.flush()
    missing = tuple(np.array(inputs.footage.facts.clip_frames)[~seen].tolist())
    findings = (not_seen(missing, frames),) if missing else ()
    facts = MotionFacts(moments=frames, deforms=True, interpolated=missing, findings=findings)
    Motion(out, facts, camera.times_s, roots).write()


def _believed(bodies: Iterable[BodyFrame], count: int) -> Iterator[BodyFrame]:
    for body in bodies:
        if len(body.vertices_m) != count:
            raise StageError(
                f"the model's body has {len(body.vertices_m)} vertices, the entity's mesh {count}: lift it "
                "again with the same worker"
            )
        if body.confidence >= _BELIEVED:
            yield body


def _rooted(shapes: NDArray[np.float32], seen: NDArray[np.bool_], mesh: Array, inputs: MotionInputs) -> Array:
    """Bring shapes from the world the model sees into the entity's frame; return the whole body's poses [N, 4, 4].

    The model guesses how large a person is and how far away; the entity has been placed. What takes the one to the
    other at the reference frame takes all frames there.
    """
    home = shapes[inputs.camera.facts.reference].astype(np.float64)
    entity_from_seen = similar(home, mesh)
    home = transform_points(entity_from_seen, home)
    roots = np.tile(np.eye(4), (len(shapes), 1, 1))
    for index in np.flatnonzero(seen):
        shape = transform_points(entity_from_seen, shapes[index].astype(np.float64))
        roots[index] = rigid(home, shape)
        shapes[index] = transform_points(inverse(roots[index]), shape)
    return roots


@dataclass(frozen=True)
class _Gap:
    """A missing frame, and its neighbours that are seen (one and the same at the ends)."""

    before: int
    after: int
    share: float


def _fill(shapes: NDArray[np.float32], times_s: Array, seen: NDArray[np.bool_]) -> None:
    """Fill in the shapes of frames that are not seen, straight from one neighbour to the other."""
    known = np.flatnonzero(seen)
    for index in np.flatnonzero(~seen):
        gap = _gap(int(index), known, times_s)
        shapes[index] = (1 - gap.share) * shapes[gap.before] + gap.share * shapes[gap.after]


def _gap(index: int, known: NDArray[np.int64], times_s: Array) -> _Gap:
    place = int(np.searchsorted(known, index))
    before, after = int(known[max(place - 1, 0)]), int(known[min(place, len(known) - 1)])
    length_s = times_s[after] - times_s[before]
    inside = before < index < after and length_s > 0
    return _Gap(before, after, float((times_s[index] - times_s[before]) / length_s) if inside else 0.0)
