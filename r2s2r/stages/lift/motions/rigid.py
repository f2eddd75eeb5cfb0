"""Rigid motion: a thing that keeps its shape, followed through the clip by its texture, or by its outline."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from r2s2r.artifacts.progress import Progress
from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.transforms import Array, inverse, scaling
from r2s2r.stages.lift.motions.film import Film
from r2s2r.stages.lift.motions.outline import by_outline
from r2s2r.stages.lift.motions.sightings import corrected
from r2s2r.stages.lift.motions.tracker import Tracker

# Seen in a smaller share of the frames it is in, a thing has too little texture to see it turn by.
_TEXTURED = 0.4


@dataclass(frozen=True, eq=False)
class Followed:
    """Where a thing is, frame by frame.

    Attributes:
        world_from_entity: [N, 4, 4]; of frames in which it was not seen, anything.
        seen: [N] bool.
        turns: Whether its turning was seen too.
    """

    world_from_entity: Array
    seen: NDArray[np.bool_]
    turns: bool


def follow(film: Film, mesh: Mesh, world_from_entity: Array, progress: Progress) -> Followed:
    """Follow an entity from the reference frame to the clip's end, and from there to its start.

    Args:
        film: The clip.
        mesh: The entity's, in its frame.
        world_from_entity: [4, 4] at the reference frame; may scale, evenly.
        progress: Told how far it is.
    """
    # Poses are rigid: the mesh is taken at the size it has in the world.
    size = float(np.cbrt(np.linalg.det(world_from_entity[:3, :3])))
    sized = replace(mesh, vertices=(mesh.vertices * size).astype(np.float32))
    rigid = world_from_entity @ scaling(1 / size)
    poses, seen = _by_texture(film, sized, rigid, progress)
    if seen.sum() < _TEXTURED * sum(film.mask(index).any() for index in range(len(film))):
        outlined = by_outline(film, sized, rigid)
        if outlined[1].sum() > seen.sum():
            return Followed(outlined[0] @ scaling(size), outlined[1], turns=False)
    return Followed(poses @ scaling(size), seen, turns=True)


def _by_texture(film: Film, mesh: Mesh, home: Array, progress: Progress) -> tuple[Array, NDArray[np.bool_]]:
    """Return poses [N, 4, 4] of a mesh that stands at ``home`` at the reference frame, and where [N] it was seen."""
    sightings, done = {}, 1
    for way in (range(film.reference + 1, len(film)), range(film.reference - 1, -1, -1)):
        tracker = Tracker(film, mesh, film.reference, film.camera_from_world[film.reference] @ home)
        sightings[film.reference] = tracker.sighting
        for index in way:
            if tracker.step(index):
                sightings[index] = tracker.sighting
            done += 1
            progress(done, len(film))
    poses, seen = np.tile(home, (len(film), 1, 1)), np.zeros(len(film), bool)
    for index, camera_from_mesh in corrected(sightings, film.reference, film.intrinsics).items():
        seen[index] = True
        if index != film.reference:
            poses[index] = inverse(film.camera_from_world[index]) @ camera_from_mesh
    return poses, seen
