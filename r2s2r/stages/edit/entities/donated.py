"""Donated: what an entity of another shot does there, as a motion for an entity of this one."""

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.animation import Animation
from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.transforms import Array
from r2s2r.media.usd_faces import read_faces
from r2s2r.spec.edit import TransferSpec
from r2s2r.stages.edit.entities.recording import Recording
from r2s2r.stages.edit.inputs import EditInputs
from r2s2r.stages.edit.turns import applied


def donated(name: str, mesh: Mesh, transfer: TransferSpec, inputs: EditInputs) -> Recording:
    """Return what an entity of this shot takes from one of another.

    It goes as many metres as that, along its own axes instead of that one's, and turns alike. How that one is scaled is
    left there.
    """
    animation = inputs.donors[transfer.animation]
    times_s = np.arange(animation.facts.frames) / float(animation.fps)
    metres = float(np.cbrt(np.linalg.det(inputs.entities[name].world_from_entity[:3, :3])))
    poses = _relative(animation.world_from_entity[transfer.entity])
    poses[:, :3, 3] /= metres
    return Recording(times_s, poses, _shapes(transfer.entity, animation, mesh))


def _relative(world_from_entity: Array) -> Array:
    """Return rigid poses [N, 4, 4] relative to the first one; lengths stay metres."""
    linear, origin_m = world_from_entity[:, :3, :3], world_from_entity[:, :3, 3]
    axes = linear / np.linalg.norm(linear, axis=1, keepdims=True)
    poses = np.tile(np.eye(4), (len(axes), 1, 1))
    poses[:, :3, :3] = axes[0].T @ axes
    poses[:, :3, 3] = applied(axes[0].T, origin_m - origin_m[0])
    return poses


def _shapes(donor: str, animation: Animation, mesh: Mesh) -> Callable[[], NDArray[np.float32] | None] | None:
    """Return what opens a donor's shapes, if its mesh is that of the entity here."""
    shapes = animation.vertices(donor)
    if shapes is None or shapes.shape[1] != len(mesh.vertices):
        return None
    assert animation.folder is not None, "an animation with vertices is written"
    faces = read_faces(animation.folder, donor)
    same = faces is not None and np.array_equal(faces, mesh.faces)
    return partial(animation.vertices, donor) if same else None
