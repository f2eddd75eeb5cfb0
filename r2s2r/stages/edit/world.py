"""World: the whole shot as a pure function of time. What is asked for again at the same moments is remembered."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

import numpy as np

from r2s2r.errors import InputError
from r2s2r.geometry.mesh import Mesh
from r2s2r.geometry.transforms import Array
from r2s2r.spec.edit import EditSpec, placing
from r2s2r.stages.edit.camera.moves import moved
from r2s2r.stages.edit.camera.path import CameraPath
from r2s2r.stages.edit.entities.edits import edited
from r2s2r.stages.edit.entities.extents import Extents, extents
from r2s2r.stages.edit.entities.motions import Played, motion_edit, played, recording
from r2s2r.stages.edit.entities.path import EntityPath
from r2s2r.stages.edit.entities.shapes import Shape
from r2s2r.stages.edit.here import CameraHere, EntityHere
from r2s2r.stages.edit.inputs import EditInputs
from r2s2r.stages.edit.recorded import Recorded
from r2s2r.stages.edit.targets import in_world
from r2s2r.stages.edit.timeline import Timeline

_State = TypeVar("_State")


class World:
    """The camera and the entities of a shot. See ``Surroundings`` for what moves and edits read of it.

    Attributes:
        spec: What was asked for.
        inputs: What the shot is made of.
        meshes: Entity -> its mesh, in sorted order.
    """

    def __init__(self, spec: EditSpec, inputs: EditInputs) -> None:
        self.spec, self.inputs = spec, inputs
        self.meshes: Mapping[str, Mesh] = {name: inputs.entities[name].mesh() for name in sorted(inputs.entities)}
        self.recorded = Recorded(spec, inputs, self.meshes)
        self._known: dict[tuple[object, ...], object] = {}
        self._asking: list[str] = []

    def entity(self, name: str, timeline: Timeline) -> EntityPath:
        """Return where an entity is after all its edits.

        Raises:
            InputError: An edit that leads nowhere, or entities that wait for each other; names the edit and the frame.
        """
        return self._entity(name, timeline, len(self.spec.edits.get(name, ())))

    def camera(self, timeline: Timeline) -> CameraPath:
        """Return where the camera is after all its moves. Raises InputError as ``entity`` does."""
        return self._camera(timeline, len(self.spec.camera))

    def played(self, name: str, timeline: Timeline) -> Played | None:
        """Return how an entity moves by itself; None of one that stands."""
        recorded = self.remember(("recording", name), lambda: recording(name, self.spec, self.inputs, self.meshes))
        if recorded is None:
            return None
        edit = motion_edit(self.spec.edits.get(name, ()))
        return self.remember(("played", name, timeline.at.tobytes()), lambda: played(recorded, edit, timeline))

    def shape(self, name: str, timeline: Timeline) -> Shape:
        """Return an entity's vertices in its own frame, by its motion and by all that deforms it."""
        rest, edits = self.meshes[name].vertices, self.spec.edits.get(name, ())
        known = ("shape", name, timeline.at.tobytes())
        return self.remember(known, lambda: Shape.of(rest, self.played(name, timeline), edits, timeline))

    def room(self, name: str, timeline: Timeline) -> Extents:
        """Return how much room an entity's mesh takes, in its own frame."""
        known = ("room", name, timeline.at.tobytes())
        return self.remember(known, lambda: extents(self.shape(name, timeline), len(timeline.at)))

    def middle_m(self, name: str, timeline: Timeline) -> Array:
        """Return the middle [T, 3] of an entity's mesh, in the world. It waits for no edit that leaves it in place."""
        path = self._entity(name, timeline, placing(self.spec.edits.get(name, ())))
        return in_world(self.room(name, timeline).middle_m, path.world_from_entity)

    def height_m(self, name: str, timeline: Timeline) -> Array:
        """Return how tall an entity is [T], in the world: its own height as it is scaled; waits as ``middle_m``."""
        path = self._entity(name, timeline, placing(self.spec.edits.get(name, ())))
        return path.height_m(self.box_m(name))

    def box_m(self, name: str) -> Array:
        """Return lowest and highest corner [2, 3] of an entity's mesh at the reference frame, in its own frame."""
        vertices = self.meshes[name].vertices.astype(np.float64)
        return np.stack([vertices.min(axis=0), vertices.max(axis=0)])

    def _entity(self, name: str, timeline: Timeline, count: int) -> EntityPath:
        field = f"edits.{name}"
        path = self.remember(("entity", name, timeline.at.tobytes(), 0), lambda: self._started(name, timeline))
        for index, edit in enumerate(self.spec.edits.get(name, ())[:count]):
            here = EntityHere(self, timeline, f"{field}[{index}]", name, partial(self._entity, name, count=index))
            known = ("entity", name, timeline.at.tobytes(), index + 1)
            with self._waiting(f"{field}[{index}]"):
                path = self.remember(known, partial(edited, path, edit, here))
        return path

    def _camera(self, timeline: Timeline, count: int) -> CameraPath:
        path = self.remember(("camera", timeline.at.tobytes(), 0), lambda: self.recorded.camera(timeline))
        for index, move in enumerate(self.spec.camera[:count]):
            here = CameraHere(self, timeline, f"camera[{index}]", partial(self._camera, count=index))
            known = ("camera", timeline.at.tobytes(), index + 1)
            with self._waiting(f"camera[{index}]"):
                path = self.remember(known, partial(moved, path, move, here))
        return path

    def _started(self, name: str, timeline: Timeline) -> EntityPath:
        """Return an entity as a file has it, else as it stands or moves by itself."""
        placement = self.inputs.entities[name].world_from_entity
        given = self.recorded.entity(name, placement, timeline)
        if given is not None:
            return given
        motion = self.played(name, timeline)
        if motion is None:
            return EntityPath.resting(placement, timeline)
        return EntityPath.moving(placement, motion.reference_from_entity)

    def remember(self, known: tuple[object, ...], evaluate: Callable[[], _State]) -> _State:
        """Return what ``evaluate`` does, from memory where the same was asked for before."""
        if known not in self._known:
            self._known[known] = evaluate()
        return self._known[known]  # type: ignore[return-value]  # one kind of value for each kind of key

    @contextmanager
    def _waiting(self, field: str) -> Iterator[None]:
        """Refuse what waits for itself. An edit that asks for its own entity earlier in the list is no such case."""
        if field in self._asking:
            circle = " -> ".join([*self._asking[self._asking.index(field) :], field])
            raise InputError(f"waits for itself, {circle}: one of them has to stand alone", field=field)
        self._asking.append(field)
        try:
            yield
        finally:
            self._asking.pop()
