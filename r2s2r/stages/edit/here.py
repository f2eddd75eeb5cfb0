"""Here: what a move or an edit may ask about the shot round it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.transforms import Array
from r2s2r.spec.edit import EditSpec
from r2s2r.spec.moves import CAMERA, Target
from r2s2r.stages.edit.camera.path import CameraPath
from r2s2r.stages.edit.entities.extents import Extents
from r2s2r.stages.edit.entities.path import EntityPath
from r2s2r.stages.edit.entities.shapes import Shape
from r2s2r.stages.edit.inputs import EditInputs
from r2s2r.stages.edit.timeline import Timeline
from r2s2r.stages.edit.world_edge import require_near

_Value = TypeVar("_Value")


class Surroundings(Protocol):
    """The shot as moves and edits see it: everything in it, after all edits, at any moments.

    A seam, so that a move may look at what is evaluated by the same page that evaluates the move.
    """

    spec: EditSpec
    inputs: EditInputs
    meshes: Mapping[str, Mesh]

    def entity(self, name: str, timeline: Timeline) -> EntityPath:
        """Return where an entity is."""

    def camera(self, timeline: Timeline) -> CameraPath:
        """Return where the camera is."""

    def middle_m(self, name: str, timeline: Timeline) -> Array:
        """Return the middle [T, 3] of an entity's mesh, in the world."""

    def height_m(self, name: str, timeline: Timeline) -> Array:
        """Return how tall an entity is [T], in the world."""

    def box_m(self, name: str) -> Array:
        """Return lowest and highest corner [2, 3] of an entity's mesh at the reference frame, in its own frame."""

    def shape(self, name: str, timeline: Timeline) -> Shape:
        """Return an entity's vertices in its own frame, by its motion and by all that deforms it."""

    def room(self, name: str, timeline: Timeline) -> Extents:
        """Return how much room an entity's mesh takes, in its own frame."""

    def remember(self, known: tuple[object, ...], evaluate: Callable[[], _Value]) -> _Value:
        """Return what ``evaluate`` does, from memory where the same was asked for before."""


@dataclass(frozen=True, eq=False)
class Here:
    """The place in a list where a move or an edit stands.

    Attributes:
        shot: Everything round it.
        timeline: The moments it is evaluated at.
        field: What errors call it: ``camera[2]``, ``edits.bunny[0]``.
    """

    shot: Surroundings
    timeline: Timeline
    field: str

    def at(self, timeline: Timeline) -> Self:
        """Return the same place at other moments."""
        return replace(self, timeline=timeline)

    def only(self, chosen: NDArray[np.bool_]) -> Self:
        """Return the same place at some of the moments, [T] bool."""
        return self.at(self.timeline.only(chosen))

    def track(self, target: Target, field: str) -> Array:
        """Return where a target is [T, 3], in the world; ``camera`` is the eye.

        Raises InputError, naming ``field`` (of the move: ``towards``), for a point too far off.
        """
        if target == CAMERA and CAMERA not in self.shot.inputs.entities:
            return self.shot.camera(self.timeline).eye_m
        if isinstance(target, str):
            return self.shot.middle_m(target, self.timeline)
        track = np.tile(np.asarray(target, np.float64), (len(self.timeline.at), 1))
        require_near(track, timeline=self.timeline, field=f"{self.field}.{field}")
        return track

    def height_m(self, name: str) -> Array:
        """Return how tall an entity is [T], in the world: its mesh's own height, as it is scaled at that moment."""
        return self.shot.height_m(name, self.timeline)


@dataclass(frozen=True, eq=False)
class CameraHere(Here):
    """The place of a camera move.

    Attributes:
        so_far: Returns the camera as the moves before it leave it, at any moments.
    """

    so_far: Callable[[Timeline], CameraPath]


@dataclass(frozen=True, eq=False)
class EntityHere(Here):
    """The place of an entity's edit.

    Attributes:
        name: The entity.
        so_far: Returns the entity as the edits before it leave it, at any moments.
    """

    name: str
    so_far: Callable[[Timeline], EntityPath]
